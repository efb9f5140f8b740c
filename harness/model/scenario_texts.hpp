// The texts of a test report's row by name, for whoever goes through all of them.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "harness/model/scenario.hpp"

namespace gateproof {

/// Each by the name that columns of templates and the journal have for it. The id is none of them: it is never empty.
inline constexpr std::array<std::pair<std::string_view, std::string ScenarioRow::*>, 7> scenario_texts{
    {{"operation", &ScenarioRow::operation},
     {"method", &ScenarioRow::method},
     {"description", &ScenarioRow::description},
     {"type", &ScenarioRow::type},
     {"access", &ScenarioRow::access},
     {"expected", &ScenarioRow::expected},
     {"exclusion", &ScenarioRow::exclusion}}};

}  // namespace gateproof
