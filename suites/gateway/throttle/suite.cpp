#include "suites/gateway/throttle/suite.hpp"

#include "harness/profile/profile.hpp"
#include "suites/gateway/mtls/suite.hpp"

namespace gateproof::suites {
namespace {

std::string unmet(const Profile& profile) {
    if (!profile.throttle) {
        return "needs the declared limit of heavy use; give throttle in the profile";
    }
    const ThrottleLimits& limits = *profile.throttle;
    constexpr double control_and_others = 10;
    if (limits.load.requests_per_second < 2 * limits.rate() + control_and_others) {
        return "needs load well beyond the declared limit; give throttle.load.requests_per_second of twice the limit "
               "and 10 more in the profile";
    }
    return {};
}

/// Its own load, the waits for recovery before, within and after it, and slow answers.
std::chrono::milliseconds deadline(const Profile& profile) {
    const ThrottleLimits& limits = *profile.throttle;
    const auto refill =
        std::chrono::milliseconds(static_cast<std::int64_t>(1000 * static_cast<double>(limits.burst) / limits.rate()));
    return limits.load.duration + 4 * (limits.recovery + refill) + 3 * profile.limits.probe_timeout;
}

std::vector<const Operation*> sent(const Profile& profile) {
    // Its own control runs beside each load.
    return {&profile.operations.at(profile.throttle->operation), &profile.control_operation()};
}

}  // namespace

std::string throttle_tokens_unmet(const Profile& profile) {
    std::string reason = unmet(profile);
    return reason.empty() && !profile.throttle->tokens.empty() ? secret_unmet(profile, profile.endpoint) : reason;
}

Check throttle_check(std::string_view id, std::string_view title, std::string_view requirement, CheckFunction run) {
    Check check;
    check.id = id;
    check.title = title;
    check.requirements = {requirement};
    check.run = run;
    check.intrusiveness = Intrusiveness::load;
    check.control = Control::none;  // each proves service by its own requests, and beside its load
    check.channels = {Channel::cloud};
    check.environments = mtls_environments();
    check.needs = {Need::enrolled_identity};
    check.unmet = &unmet;
    check.deadline = &deadline;
    check.sends = &sent;
    return check;
}

Suite throttle_suite() {
    Suite suite{"throttle", "Throttling and isolation", throttle_limit_checks()};
    for (const auto& part : {throttle_evasion_checks(), throttle_isolation_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
