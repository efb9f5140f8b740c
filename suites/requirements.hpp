// The requirement catalogue as data.
#pragma once

#include <vector>

#include "harness/model/requirement.hpp"

namespace gateproof::suites {

/// In the order that reports show. A requirement appears here when its first check exists.
std::vector<Requirement> requirements();
/// The same of client software.
std::vector<Requirement> client_requirements();

}  // namespace gateproof::suites
