#include "harness/run/politeness.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Politeness::Waiter::Waiter(const asio::any_io_executor& executor) : wake(executor, Clock::time_point::max()) {}

Politeness::Politeness(asio::any_io_executor executor, const Limits& limits)
    : executor_(std::move(executor)),
      limits_(limits),
      next_token_(executor_),
      tokens_(std::max(1.0, limits.connections_per_second)),
      refilled_(Clock::now()) {}

asio::awaitable<Permit> Politeness::acquire(Priority priority) {
    if (limits_.requests > 0 && used_ >= limits_.requests) {
        throw RequestBudgetSpent{};
    }
    ++used_;
    bool granted = waiting_.empty() && take();
    if (!granted) {
        Waiter waiter(executor_);
        if (priority == Priority::control) {
            waiting_.push_front(&waiter);
        } else {
            waiting_.push_back(&waiter);
        }
        pump();
        if (!waiter.granted) {
            co_await waiter.wake.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        granted = waiter.granted;
        std::erase(waiting_, &waiter);
    }
    if (!granted) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return Permit(static_cast<void*>(this), [this](void*) { release(); });
}

asio::awaitable<Permit> Politeness::acquire_idle() {
    bool granted = idle_ < limits_.idle_connections;
    if (granted) {
        ++idle_;
    } else {
        Waiter waiter(executor_);
        waiting_idle_.push_back(&waiter);
        co_await waiter.wake.async_wait(asio::as_tuple(asio::use_awaitable));
        granted = waiter.granted;  // and counted, by who made room
        std::erase(waiting_idle_, &waiter);
    }
    if (!granted) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    Permit idle(static_cast<void*>(this), [this](void*) { release_idle(); });
    const Permit slot = co_await acquire(Priority::check);
    co_return idle;
}

void Politeness::release_idle() {
    --idle_;
    if (!waiting_idle_.empty()) {
        Waiter* const next = waiting_idle_.front();
        waiting_idle_.pop_front();
        ++idle_;
        next->granted = true;
        next->wake.cancel();
    }
}

bool Politeness::take() {
    refill();
    const bool slot = limits_.concurrent_connections <= 0 || open_ < limits_.concurrent_connections;
    const bool rated = limits_.connections_per_second > 0;
    if (!slot || (rated && tokens_ < 1)) {
        return false;
    }
    ++open_;
    if (rated) {
        tokens_ -= 1;
    }
    return true;
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

void Politeness::pump() {
    while (!waiting_.empty() && take()) {
        Waiter* next = waiting_.front();
        waiting_.pop_front();
        next->granted = true;
        next->wake.cancel();
    }
    const bool slot = limits_.concurrent_connections <= 0 || open_ < limits_.concurrent_connections;
    if (waiting_.empty() || !slot || token_timer_set_) {
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
