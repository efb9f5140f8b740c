// CLOUD-THROTTLE and CLOUD-THROTTLE-ISOLATION: heavy use is limited, and the limit shields everybody else.
#pragma once

#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/profile/throttle_limits.hpp"

namespace gateproof::suites {

Suite throttle_suite();

/// The parts of throttle_suite(), in the order that reports show.
std::vector<Check> throttle_limit_checks();
std::vector<Check> throttle_evasion_checks();
std::vector<Check> throttle_isolation_checks();
std::vector<Check> concurrency_checks();

/// What the checks of one requirement have in common: load, of the cloud alone, with a deadline that its caps and the
/// declared recovery set. Control::none: each proves service by its own requests, and beside its load.
CheckFamily throttle_family(Bearing bearing);
/// The same for the declared limit of calls at once.
CheckFamily concurrency_family(Bearing bearing);
/// Why the load must not be made: its operation counts queries of an IRD number over a day, and none is set aside for
/// it. Empty: it may.
std::string used_up_unasked(const Profile& profile, const ThrottleLimits& limits);
/// Of a check that sends throttle.tokens: the endpoint can prove itself first.
Need provable_for_tokens();

}  // namespace gateproof::suites
