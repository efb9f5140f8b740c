#include "harness/run/politeness.hpp"

#include <algorithm>
#include <utility>

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Politeness::Politeness(const asio::any_io_executor& executor, const Limits& limits)
    : limits_(limits),
      waiting_(executor),
      waiting_past_hold_(executor),
      waiting_idle_(executor),
      next_token_(executor),
      tokens_(std::max(1.0, limits.connections_per_second)),
      refilled_(Clock::now()) {}

asio::awaitable<Permit> Politeness::acquire(Priority priority) {
    if (limits_.requests > 0 && used_ >= limits_.requests) {
        throw RequestBudgetSpent{};
    }
    ++used_;
    const bool past_hold = priority == Priority::past_hold;
    if (past_hold || (waiting_.empty() && !held_)) {
        if (Permit permit = take()) {
            co_return permit;
        }
    }
    WaitingLine::Waiter waiter(past_hold ? waiting_past_hold_ : waiting_,
                               priority == Priority::control ? WaitingLine::At::front : WaitingLine::At::back);
    pump();
    Permit permit = co_await waiter.place();
    co_return permit;
}

asio::awaitable<Permit> Politeness::acquire_idle() {
    Permit idle = take_idle();
    if (!idle) {
        WaitingLine::Waiter waiter(waiting_idle_);
        idle = co_await waiter.place();
    }
    const Permit slot = co_await acquire(Priority::check);
    co_return idle;
}

Permit Politeness::take_idle() {
    if (idle_ >= limits_.idle_connections) {
        return nullptr;
    }
    ++idle_;
    return {static_cast<void*>(this), [this](void*) { release_idle(); }};
}

void Politeness::release_idle() {
    --idle_;
    if (!waiting_idle_.empty()) {
        waiting_idle_.serve(take_idle());
    }
}

bool Politeness::has_slot() const {
    return limits_.concurrent_connections <= 0 || open_ < limits_.concurrent_connections;
}

Permit Politeness::take() {
    refill();
    const bool rated = limits_.connections_per_second > 0;
    if (!has_slot() || (rated && tokens_ < 1)) {
        return nullptr;
    }
    ++open_;
    if (rated) {
        tokens_ -= 1;
    }
    return {static_cast<void*>(this), [this](void*) { release(); }};
}

void Politeness::refill() {
    const Clock::time_point now = Clock::now();
    const double rate = limits_.connections_per_second;
    tokens_ = std::min(std::max(1.0, rate), tokens_ + rate * std::chrono::duration<double>(now - refilled_).count());
    refilled_ = now;
}

void Politeness::release() {
    --open_;
    pump();
}

std::shared_ptr<void> Politeness::hold() {
    held_ = true;
    return {static_cast<void*>(this), [this](void*) {
                held_ = false;
                pump();
            }};
}

void Politeness::pump() {
    const auto next = [this] {
        return !waiting_past_hold_.empty() ? &waiting_past_hold_ : held_ || waiting_.empty() ? nullptr : &waiting_;
    };
    for (WaitingLine* line = next(); line != nullptr; line = next()) {
        Permit permit = take();
        if (!permit) {
            break;
        }
        line->serve(std::move(permit));
    }
    if (next() == nullptr || !has_slot() || token_timer_set_) {
        return;
    }
    // A slot is free, so the rate is what they wait for.
    token_timer_set_ = true;
    next_token_.expires_after(std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(std::max(0.001, (1 - tokens_) / limits_.connections_per_second))));
    next_token_.async_wait([this](const boost::system::error_code& error) {
        token_timer_set_ = false;
        if (!error) {
            pump();
        }
    });
}

}  // namespace gateproof
