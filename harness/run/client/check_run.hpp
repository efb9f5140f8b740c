// A check of client software as the runner has it.
#pragma once

#include <string>

#include "harness/run/check_run.hpp"
#include "harness/run/client/context.hpp"

namespace gateproof {

class ClientCheckRun : public CheckRun {
public:
    ClientCheckRun(ClientTarget& target, const PlannedCheck& planned);

    [[nodiscard]] const PlannedCheck& planned() const override { return context_.planned(); }
    [[nodiscard]] const Profile& profile() const override { return context_.profile(); }
    [[nodiscard]] Evidence& evidence() override { return context_.evidence(); }
    [[nodiscard]] std::chrono::milliseconds deadline() const override { return context_.deadline(); }
    boost::asio::awaitable<bool> control_before() override;
    boost::asio::awaitable<Verdict> work() override;
    boost::asio::awaitable<bool> control_after() override;
    [[nodiscard]] bool flaky() const override { return flaky_; }
    [[nodiscard]] Clock::duration waited() const override;
    [[nodiscard]] std::string control_failed() const override;
    [[nodiscard]] Verdict not_served() const override;

private:
    boost::asio::awaitable<bool> control_since(Clock::time_point moment, std::string_view phase);

    ClientTarget& target_;
    ClientContext context_;
    std::string control_summary_;
    std::string advice_;
    bool lacks_version_ = false;
    bool flaky_ = false;
};

}  // namespace gateproof
