// Reads the preset of a service as strictly as a profile.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/problems.hpp"
#include "harness/profile/service_preset.hpp"

namespace gateproof {

struct LoadedPreset {
    std::optional<ServicePreset> preset;  ///< empty when there is any problem
    std::vector<ProfileProblem> problems;
};

/// Unknown keys, a control that is no operation of the preset and a "value:NAME" without its value are problems; what
/// operations and cases hold is judged where the profile is read that is made of them. `file` stands in messages.
LoadedPreset load_service_preset_text(std::string_view text, const std::string& file);
LoadedPreset load_service_preset(const std::filesystem::path& file);

}  // namespace gateproof
