// A check of an endpoint as the runner has it.
#pragma once

#include <cstdint>

#include "harness/run/check_run.hpp"
#include "harness/run/context.hpp"

namespace gateproof {

class GatewayCheckRun : public CheckRun {
public:
    GatewayCheckRun(TargetRun& target, const PlannedCheck& planned, std::uint64_t seed);

    [[nodiscard]] const PlannedCheck& planned() const override { return context_.planned(); }
    [[nodiscard]] const Profile& profile() const override { return context_.profile(); }
    [[nodiscard]] Evidence& evidence() override { return context_.evidence(); }
    [[nodiscard]] std::chrono::milliseconds deadline() const override { return context_.deadline(); }
    boost::asio::awaitable<bool> control_before() override;
    boost::asio::awaitable<Verdict> work() override;
    boost::asio::awaitable<bool> control_after() override;
    [[nodiscard]] bool flaky() const override { return context_.control_retried(); }
    [[nodiscard]] Clock::duration waited() const override;
    [[nodiscard]] std::string control_failed() const override;
    [[nodiscard]] Verdict not_served() const override;
    [[nodiscard]] const std::string& withheld() const override { return context_.withheld(); }
    [[nodiscard]] const std::string& proxy_failure() const override { return context_.proxy_failure(); }
    [[nodiscard]] bool has_served() const override;
    [[nodiscard]] std::size_t holds() const override;
    [[nodiscard]] std::size_t control_resets() const override;
    [[nodiscard]] bool sends_times() const override { return context_.sends_times(); }
    boost::asio::awaitable<ClockReading> clock() override;

private:
    TargetRun& target_;
    Context context_;
};

}  // namespace gateproof
