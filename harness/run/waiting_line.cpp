#include "harness/run/waiting_line.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace gateproof {

namespace asio = boost::asio;

void WaitingLine::serve(Place place) {
    Waiter* const first = waiters_.front();
    waiters_.pop_front();
    first->place_ = std::move(place);
    first->wake_.cancel();
}

WaitingLine::Waiter::Waiter(WaitingLine& line, At at)
    : line_(line), wake_(line.executor_, asio::steady_timer::time_point::max()) {
    if (at == At::front) {
        line_.waiters_.push_front(this);
    } else {
        line_.waiters_.push_back(this);
    }
}

WaitingLine::Waiter::~Waiter() {
    std::erase(line_.waiters_, this);
}

asio::awaitable<Place> WaitingLine::Waiter::place() {
    if (!place_) {
        co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!place_) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return std::move(place_);
}

}  // namespace gateproof
