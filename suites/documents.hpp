// The documents that requirements and facts come from, and the edition that was read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/model/requirement.hpp"

namespace gateproof::suites {

/// Who publishes the gateway's documents; the others are standards.
inline constexpr std::string_view inland_revenue = "Inland Revenue";

/// Those of Inland Revenue first.
std::vector<Document> documents();

/// Where the public reads it; of Inland Revenue's packs and APIs that is their repository, whose folders move. Empty:
/// it is published nowhere.
std::string address_of(std::string_view document);

}  // namespace gateproof::suites
