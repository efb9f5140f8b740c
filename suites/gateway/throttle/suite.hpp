// CLOUD-THROTTLE and CLOUD-THROTTLE-ISOLATION: heavy use is limited, and the limit shields everybody else.
#pragma once

#include <string>
#include <vector>

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite throttle_suite();

/// The parts of throttle_suite(), in the order that reports show.
std::vector<Check> throttle_limit_checks();
std::vector<Check> throttle_evasion_checks();
std::vector<Check> throttle_isolation_checks();

/// A check of this suite: load, of the cloud alone, with a deadline that its caps and the declared recovery set.
Check throttle_check(std::string_view id, std::string_view title, std::string_view requirement, CheckFunction run);
/// The Check::unmet of one that sends throttle.tokens.
std::string throttle_tokens_unmet(const Profile& profile);

}  // namespace gateproof::suites
