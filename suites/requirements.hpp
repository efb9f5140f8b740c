// The requirement catalogue as data.
#pragma once

#include <vector>

#include "harness/model/requirement.hpp"

namespace gateproof::suites {

/// In the order that reports show. A requirement appears here when its first check exists.
std::vector<Requirement> requirements();

/// Parts of requirements(), in files of their own.
std::vector<Requirement> authority_requirements();  ///< OAuth, tokens, machine-to-machine JWTs, delegations
std::vector<Requirement> timing_requirements();     ///< firewall, timeouts, throttling
std::vector<Requirement> rotation_requirements();   ///< certificate rotation

}  // namespace gateproof::suites
