// One check as the runner has it: the check itself, and around it what is the runner's alone.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <string>

#include "harness/model/clock.hpp"
#include "harness/model/evidence.hpp"
#include "harness/model/verdict.hpp"
#include "harness/run/plan.hpp"

namespace gateproof {

/// The same for checks of both sides: an endpoint that is called, and client software that calls.
class CheckRun {
public:
    using Clock = std::chrono::steady_clock;

    CheckRun() = default;
    virtual ~CheckRun() = default;
    CheckRun(const CheckRun&) = delete;
    CheckRun& operator=(const CheckRun&) = delete;

    [[nodiscard]] virtual const PlannedCheck& planned() const = 0;
    [[nodiscard]] virtual const Profile& profile() const = 0;
    [[nodiscard]] virtual Evidence& evidence() = 0;
    [[nodiscard]] virtual std::chrono::milliseconds deadline() const = 0;
    [[nodiscard]] Clock::time_point started() const { return started_; }

    /// The control before the check, shared with others that began lately. False: not served.
    virtual boost::asio::awaitable<bool> control_before() = 0;
    /// Runs the check itself.
    virtual boost::asio::awaitable<Verdict> work() = 0;
    /// The control after the check: waits a little for others that are about to end, to share it with them.
    virtual boost::asio::awaitable<bool> control_after() = 0;
    /// A control of this target's run was served.
    [[nodiscard]] virtual bool has_served() const { return false; }
    /// How often this target's run was held back since the endpoint did not serve us for a while.
    [[nodiscard]] virtual std::size_t holds() const { return 0; }
    /// A control was served only after a failed attempt.
    [[nodiscard]] virtual bool flaky() const = 0;
    /// Time spent waiting for its turn so far, the current wait included; not counted in the deadline.
    [[nodiscard]] virtual Clock::duration waited() const = 0;

    /// What its last control came to, for a sentence: "the control operation 'status' was not served beside it:
    /// connection refused".
    [[nodiscard]] virtual std::string control_failed() const = 0;
    /// The verdict of a check that could not look, because its control fails.
    [[nodiscard]] virtual Verdict not_served() const = 0;

    /// What was kept back from a server that had not proved itself, as a sentence; empty: nothing.
    [[nodiscard]] virtual const std::string& withheld() const;
    /// How endpoint.proxy stood in the way, or may have, as a sentence; empty: it did not.
    [[nodiscard]] virtual const std::string& proxy_failure() const;
    /// Controls of this target's run whose connection was reset.
    [[nodiscard]] virtual std::size_t control_resets() const { return 0; }
    /// It has sent something with a time in it, so that clocks that differ take back what it fails on.
    [[nodiscard]] virtual bool sends_times() const { return false; }
    /// How this machine's clock stands to the endpoint's.
    virtual boost::asio::awaitable<ClockReading> clock();

private:
    Clock::time_point started_ = Clock::now();
};

/// The check's verdict, as far as the controls around it bear it out.
boost::asio::awaitable<Verdict> judge(CheckRun& run);

}  // namespace gateproof
