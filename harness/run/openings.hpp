// Handshakes in progress, over all targets of a run.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

#include "harness/run/waiting_line.hpp"

namespace gateproof {

/// A thousand targets begin thousands of handshakes at once. Those that the processor cannot get to would only hold
/// their buffers (50 KiB each) and run into timeouts, so they wait their turn here. A place that is held for `overdue`
/// does not count any longer: its peer is slow, and nobody need wait for that.
class Openings {
public:
    static constexpr std::size_t most = 128;
    static constexpr std::chrono::milliseconds overdue{500};

    explicit Openings(const boost::asio::any_io_executor& executor, std::size_t most_at_once = most,
                      std::chrono::milliseconds overdue_after = overdue);

    /// A place, given back when it dies, which must be before this does. Cancellable.
    boost::asio::awaitable<Place> enter(WaitingLine::At at = WaitingLine::At::back);

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] bool has_room();
    Place take();
    void leave(std::uint64_t number);
    void pump();

    std::size_t most_;
    std::chrono::milliseconds overdue_;
    std::uint64_t next_number_ = 0;
    std::map<std::uint64_t, Clock::time_point> begun_;  ///< places that count, by number and so by age
    WaitingLine waiting_;
    boost::asio::steady_timer oldest_overdue_;
};

}  // namespace gateproof
