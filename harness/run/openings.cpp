#include "harness/run/openings.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace gateproof {

namespace asio = boost::asio;

struct Openings::Waiter {
    explicit Waiter(const asio::any_io_executor& executor) : wake(executor, Clock::time_point::max()) {}
    asio::steady_timer wake;
    std::shared_ptr<void> place;
};

Openings::Openings(asio::any_io_executor executor, std::size_t most_at_once, std::chrono::milliseconds overdue_after)
    : executor_(std::move(executor)), most_(most_at_once), overdue_(overdue_after), oldest_overdue_(executor_) {}

asio::awaitable<std::shared_ptr<void>> Openings::enter() {
    if (waiting_.empty() && has_room()) {
        co_return take();
    }
    Waiter waiter(executor_);
    waiting_.push_back(&waiter);
    pump();
    if (!waiter.place) {
        co_await waiter.wake.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!waiter.place) {
        std::erase(waiting_, &waiter);
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return std::move(waiter.place);
}

bool Openings::has_room() {
    const Clock::time_point prompt = Clock::now() - overdue_;
    while (!begun_.empty() && begun_.begin()->second <= prompt) {
        begun_.erase(begun_.begin());
    }
    return begun_.size() < most_;
}

std::shared_ptr<void> Openings::take() {
    const std::uint64_t number = next_number_++;
    begun_.emplace(number, Clock::now());
    return {static_cast<void*>(this), [this, number](void*) { leave(number); }};
}

void Openings::leave(std::uint64_t number) {
    begun_.erase(number);
    pump();
}

void Openings::pump() {
    while (!waiting_.empty() && has_room()) {
        Waiter* const next = waiting_.front();
        waiting_.pop_front();
        next->place = take();
        next->wake.cancel();
    }
    oldest_overdue_.cancel();
    if (waiting_.empty()) {
        return;
    }
    oldest_overdue_.expires_at(begun_.begin()->second + overdue_);
    oldest_overdue_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            pump();
        }
    });
}

}  // namespace gateproof
