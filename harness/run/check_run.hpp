// One check as the runner has it: what the check may touch, and around it what is the runner's alone.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/model/verdict.hpp"
#include "harness/run/context.hpp"

namespace gateproof {

class CheckRun {
public:
    using Clock = std::chrono::steady_clock;

    CheckRun(TargetRun& target, const PlannedCheck& planned, std::uint64_t seed);

    [[nodiscard]] Context& context() { return context_; }
    [[nodiscard]] const Context& context() const { return context_; }
    [[nodiscard]] Clock::time_point started() const { return started_; }

    /// The control before the check, shared with others that began lately. False: not served.
    boost::asio::awaitable<bool> control_before();
    /// Runs the check itself.
    boost::asio::awaitable<Verdict> work();
    /// The control after the check: waits a little for others that are about to end, to share it with them.
    boost::asio::awaitable<bool> control_after();
    /// A control of this target's run was served.
    [[nodiscard]] bool has_served() const;
    /// How often this target's run was held back since the endpoint did not serve us for a while.
    [[nodiscard]] std::size_t holds() const;
    /// Controls of this target's run whose connection was reset.
    [[nodiscard]] std::size_t control_resets() const;
    /// How this machine's clock stands to the endpoint's.
    boost::asio::awaitable<ClockReading> clock();
    /// A control was served only after a failed attempt.
    [[nodiscard]] bool flaky() const { return context_.control_retried(); }
    /// Time spent waiting for politeness so far, the current wait included; not counted in the deadline.
    [[nodiscard]] Clock::duration waited() const;

private:
    TargetRun& target_;
    Context context_;
    Clock::time_point started_ = Clock::now();
};

/// The check's verdict, as far as the controls around it bear it out.
boost::asio::awaitable<Verdict> judge(CheckRun& run);

}  // namespace gateproof
