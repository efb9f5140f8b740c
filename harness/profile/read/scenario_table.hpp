// Test report templates, as profiles and presets of services have them under `scenarios`.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "harness/json/reader.hpp"
#include "harness/model/scenario.hpp"

namespace gateproof {

/// What is made of the key `ask` of a row, where there is one: `table` is the number of its template.
using ReadAsk = std::function<void(const JsonField& ask, std::size_t table, const ScenarioRow& row)>;

/// Who has the templates: a preset says of each in which environments it is handed in too (`environments`).
enum class TemplatesOf { profile, preset };

/// Every template of the list. Two of one name, a column that holds nothing known, a row that is not applicable
/// without saying why, and rows that would be filed as the same case are problems. A null field gives nothing.
std::vector<ScenarioTable> read_scenario_tables(const JsonField& field, Problems& problems, TemplatesOf owner,
                                                const ReadAsk& read_ask);

}  // namespace gateproof
