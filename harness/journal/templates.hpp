// Test report templates of a target, as the journal writes them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <vector>

#include "harness/model/scenario.hpp"

namespace gateproof::journal {

nlohmann::ordered_json templates_json(const std::vector<ScenarioTable>& templates);
/// Of the key `templates` of a target; none where it is absent. What has the wrong type ends it (members.hpp).
std::vector<ScenarioTable> read_templates(const nlohmann::ordered_json& target);

}  // namespace gateproof::journal
