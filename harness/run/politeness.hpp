// The caps of a profile: connections per second, connections at once, connections in all. A test is a guest.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

#include "harness/profile/profile.hpp"
#include "harness/run/waiting_line.hpp"

namespace gateproof {

/// The profile's cap on connections and requests is used up. Thrown through a check to the runner, which judges it
/// inconclusive: no check can do anything sensible about it.
struct RequestBudgetSpent {};

/// A connection slot.
using Permit = Place;

/// One target's caps. Waiters are served in order; controls go first, since every check waits for them.
class Politeness {
public:
    enum class Priority {
        check,
        control,
        past_hold,  ///< the control that a hold waits for
    };

    Politeness(const boost::asio::any_io_executor& executor, const Limits& limits);

    /// Waits for a free slot and the rate; throws RequestBudgetSpent. Cancellable.
    boost::asio::awaitable<Permit> acquire(Priority priority);

    /// A place among the connections that may be open and idle for long (limits.idle_connections). It covers the
    /// connection from then on: the rate and the cap on connections in all were asked too, but the slot went back at
    /// once, so that a minute's wait holds up nobody. Cancellable.
    boost::asio::awaitable<Permit> acquire_idle();

    /// While what it gives lives, nobody gets a slot but those who ask for one past the hold. One at a time.
    [[nodiscard]] std::shared_ptr<void> hold();

private:
    [[nodiscard]] Permit take();  ///< null: not both a slot and a token are there now
    [[nodiscard]] Permit take_idle();
    [[nodiscard]] bool has_slot() const;
    void refill();
    void release();
    void release_idle();
    void pump();

    const Limits& limits_;
    WaitingLine waiting_;
    WaitingLine waiting_past_hold_;
    bool held_ = false;
    WaitingLine waiting_idle_;
    int idle_ = 0;
    boost::asio::steady_timer next_token_;
    bool token_timer_set_ = false;
    double tokens_;
    std::chrono::steady_clock::time_point refilled_;
    int open_ = 0;
    std::int64_t used_ = 0;
};

}  // namespace gateproof
