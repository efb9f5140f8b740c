// One profile's endpoint in one run: what its checks share.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "harness/journal/redact.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/clock.hpp"
#include "harness/run/control.hpp"
#include "harness/run/human/steps.hpp"
#include "harness/run/openings.hpp"
#include "harness/run/politeness.hpp"
#include "harness/run/run_target.hpp"
#include "harness/run/tokens.hpp"

namespace gateproof {

class TargetRun : public RunTarget {
public:
    TargetRun(boost::asio::any_io_executor executor, const Profile& profile, HttpClient& http, Openings& openings,
              Redactor& redactor, HumanSteps& human)
        : executor_(std::move(executor)),
          profile_(profile),
          http_(http),
          openings_(openings),
          redactor_(redactor),
          human_(human),
          politeness_(executor_, profile.limits),
          controls_(executor_, profile, http, openings, politeness_),
          clock_(executor_, profile, openings, politeness_),
          tokens_(executor_, profile, http, redactor, politeness_, human) {
        controls_.on_recovery([this] { tokens_.forget_failures(); });
    }

    std::unique_ptr<CheckRun> begin(const PlannedCheck& planned, std::uint64_t seed) override;
    void cancel() override;

    [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }
    [[nodiscard]] const Profile& profile() const { return profile_; }
    [[nodiscard]] HttpClient& http() { return http_; }
    [[nodiscard]] Openings& openings() { return openings_; }
    [[nodiscard]] Redactor& redactor() { return redactor_; }
    [[nodiscard]] HumanSteps& human() { return human_; }
    [[nodiscard]] Politeness& politeness() { return politeness_; }
    [[nodiscard]] ControlService& controls() { return controls_; }
    [[nodiscard]] ClockService& clock() { return clock_; }
    [[nodiscard]] TokenService& tokens() { return tokens_; }

private:
    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    HttpClient& http_;
    Openings& openings_;
    Redactor& redactor_;  ///< of the whole run; it learns the secrets that the run obtains
    HumanSteps& human_;
    Politeness politeness_;
    ControlService controls_;
    ClockService clock_;
    TokenService tokens_;
};

}  // namespace gateproof
