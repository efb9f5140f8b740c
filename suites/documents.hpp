// The documents that requirements and facts come from, and the edition that was read.
#pragma once

#include <vector>

#include "harness/model/requirement.hpp"

namespace gateproof::suites {

/// Who publishes the gateway's documents; the others are standards.
inline constexpr std::string_view inland_revenue = "Inland Revenue";

/// Those of Inland Revenue first.
std::vector<Document> documents();

}  // namespace gateproof::suites
