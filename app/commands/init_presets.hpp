// The presets of services that `gateproof init` is asked for.
#pragma once

#include <string>
#include <vector>

#include "harness/profile/service_preset.hpp"

namespace gateproof::cli {

/// Those of these names, each once: from `folder` (empty: none) where it has NAME.json, else from the program. Throws
/// Unusable for an unknown name, and for a preset that is wrong.
std::vector<ServicePreset> load_services(const std::vector<std::string>& names, const std::string& folder);

}  // namespace gateproof::cli
