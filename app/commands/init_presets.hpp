// The presets of services that `gateproof init` is asked for.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "harness/profile/service_preset.hpp"

namespace gateproof::cli {

/// Those of these names, each once: from `folder` (empty: none) where it has NAME.json, else from the program. Throws
/// Unusable for an unknown name, and for a preset that is wrong.
std::vector<ServicePreset> load_services(const std::vector<std::string>& names, const std::string& folder);

/// How many rows of the profile's test report templates are asked, how many are left to somebody, and whether `whole`,
/// the profile with all of its parts, asks more. Empty where it has no templates.
std::string rows_told(const nlohmann::ordered_json& profile, const nlohmann::ordered_json& whole);

}  // namespace gateproof::cli
