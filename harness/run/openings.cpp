#include "harness/run/openings.hpp"

#include <utility>

namespace gateproof {

namespace asio = boost::asio;

Openings::Openings(const asio::any_io_executor& executor, std::size_t most_at_once,
                   std::chrono::milliseconds overdue_after)
    : most_(most_at_once), overdue_(overdue_after), waiting_(executor), oldest_overdue_(executor) {}

asio::awaitable<Place> Openings::enter(WaitingLine::At at) {
    if (waiting_.empty() && has_room()) {
        co_return take();
    }
    WaitingLine::Waiter waiter(waiting_, at);
    pump();
    Place place = co_await waiter.place();
    co_return place;
}

bool Openings::has_room() {
    const Clock::time_point prompt = Clock::now() - overdue_;
    while (!begun_.empty() && begun_.begin()->second <= prompt) {
        begun_.erase(begun_.begin());
    }
    return begun_.size() < most_;
}

Place Openings::take() {
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
        waiting_.serve(take());
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
