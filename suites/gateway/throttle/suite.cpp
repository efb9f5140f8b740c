#include "suites/gateway/throttle/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/profile/profile.hpp"
#include "harness/text/ascii.hpp"
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

using DeclaredLimit = std::optional<ThrottleLimits> Profile::*;

Need number_set_aside(DeclaredLimit limit) {
    return {"an IRD number that may be used up", [limit](const Profile& profile) {
                return profile.*limit ? used_up_unasked(profile, *(profile.*limit)) : std::string();
            }};
}

Need concurrency_limit() {
    return need("declared limit of calls at once",
                "needs the declared limit of calls at once; give throttle.limit.concurrency in the profile",
                [](const Profile& profile) { return profile.concurrency.has_value(); });
}

Need calls_beyond_limit() {
    return need("calls beyond the limit",
                "needs more calls at once than the declared limit and its tolerance allow; give "
                "throttle.load.connections of 2 more than that in the profile",
                [](const Profile& profile) {
                    return profile.concurrency &&
                           profile.concurrency->load.connections >= profile.concurrency->most_at_once() + 2;
                });
}

/// The calls, the waits for recovery before, within and after them, and slow answers.
std::chrono::milliseconds deadline_at_once(const Profile& profile) {
    if (!profile.concurrency) {
        return profile.limits.check_deadline;  // it is not run
    }
    const ThrottleLimits& limits = *profile.concurrency;
    return limits.load.duration + 6 * limits.recovery + 3 * profile.limits.probe_timeout;
}

std::vector<const Operation*> sent_at_once(const Profile& profile) {
    return {&profile.operations.at(profile.concurrency->operation), &profile.control_operation()};
}

/// Its own load, the waits for recovery before, within and after it, and slow answers.
std::chrono::milliseconds deadline(const Profile& profile) {
    if (!profile.throttle) {
        return profile.limits.check_deadline;  // it is not run
    }
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
            .needs = {enrolled_identity(), throttle_limit(), number_set_aside(&Profile::throttle), load_beyond_limit()},
            .deadline = deadline,
            .sends = sent};
}

CheckFamily concurrency_family(Bearing bearing) {
    CheckFamily family = throttle_family(bearing);
    family.needs = {enrolled_identity(), concurrency_limit(), number_set_aside(&Profile::concurrency),
                    calls_beyond_limit()};
    family.deadline = deadline_at_once;
    family.sends = sent_at_once;
    return family;
}

std::string used_up_unasked(const Profile& profile, const ThrottleLimits& limits) {
    // IRD number validation counts the queries of each number over 24 hours and refuses more with IR003.
    const Operation& operation = profile.operations.at(limits.operation);
    const std::string path = lower_case(operation.path.substr(0, operation.path.find('?')));
    if (!path.ends_with("/validateird") || !limits.ird_set_aside.empty()) {
        return {};
    }
    return fmt::format(
        "operation '{}' is counted for each IRD number over 24 hours, so that load would lock its number for a day; name "
        "another one in throttle.operation, or a number that may be used up in throttle.ird_set_aside",
        limits.operation);
}

Suite throttle_suite() {
    Suite suite{"throttle", "Throttling and isolation", {}};
    for (const auto& part :
         {throttle_limit_checks(), throttle_evasion_checks(), throttle_isolation_checks(), concurrency_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
