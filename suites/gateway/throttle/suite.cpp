#include "suites/gateway/throttle/suite.hpp"

#include "harness/profile/profile.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

Need throttle_limit() {
    return need("declared limit", "needs the declared limit of heavy use; give throttle in the profile",
                [](const Profile& profile) { return profile.throttle.has_value(); });
}

Need load_beyond_limit() {
    return need("load beyond the limit",
                "needs load well beyond the declared limit; give throttle.load.requests_per_second of twice the limit "
                "and 10 more in the profile",
                [](const Profile& profile) {
                    constexpr double control_and_others = 10;
                    return profile.throttle && profile.throttle->load.requests_per_second >=
                                                   2 * profile.throttle->rate() + control_and_others;
                });
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

Need provable_for_tokens() {
    return {"proof of the endpoint for throttle.tokens", [](const Profile& profile) {
                return profile.throttle && !profile.throttle->tokens.empty() ? secret_unmet(profile, profile.endpoint)
                                                                             : std::string();
            }};
}

CheckFamily throttle_family(Bearing bearing) {
    return {.requirements = {bearing},
            .intrusiveness = Intrusiveness::load,
            .control = Control::none,
            .channels = {Channel::cloud},
            .environments = mtls_environments(),
            .needs = {enrolled_identity(), throttle_limit(), load_beyond_limit()},
            .deadline = deadline,
            .sends = sent};
}

Suite throttle_suite() {
    Suite suite{"throttle", "Throttling and isolation", {}};
    for (const auto& part : {throttle_limit_checks(), throttle_evasion_checks(), throttle_isolation_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
