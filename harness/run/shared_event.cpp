#include "harness/run/shared_event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace gateproof {

namespace asio = boost::asio;

asio::awaitable<void> SharedEvent::wait(std::chrono::steady_clock::time_point latest) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto waiter = waiting_.emplace(waiting_.end(), executor, latest);
    co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
    waiting_.erase(waiter);
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
}

void SharedEvent::wake_all() {
    for (asio::steady_timer& waiter : waiting_) {
        waiter.cancel();
    }
}

}  // namespace gateproof
