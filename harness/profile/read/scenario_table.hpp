// Test report templates, as presets of services have them under `scenarios`.
#pragma once

#include <vector>

#include "harness/json/reader.hpp"
#include "harness/model/scenario.hpp"

namespace gateproof {

/// Every template of the list. Two of one name, a column that holds nothing known and a row that is not applicable
/// without saying why are problems. A null field gives nothing.
std::vector<ScenarioTable> read_scenario_tables(const JsonField& field, Problems& problems);

}  // namespace gateproof
