// What `gateproof list --requirements` says: requirements, what is published behind them, and what no check looks at.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/model/check.hpp"

namespace gateproof::cli {

/// For a terminal.
std::string requirements_text(const Catalogue& catalogue);

/// An object: `catalogue` (versions, and the checks that are newer than the last), `documents`, `requirements`,
/// `facts`.
nlohmann::ordered_json requirements_json(const Catalogue& catalogue);

}  // namespace gateproof::cli
