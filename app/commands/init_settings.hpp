// What `gateproof init --set` gives: values of presets of services, and texts at places of the profile.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/profile/service_preset.hpp"

namespace CLI {
class App;
}

namespace gateproof::cli {

struct InitSettings {
    std::vector<std::string>
        given;  ///< NAME=TEXT, as the options have them; the rest is what read_settings makes of them
    std::map<std::string, std::string> values;                ///< InitAnswers::values
    std::vector<std::pair<std::string, std::string>> places;  ///< JSON pointer, and what stands there
    std::set<std::string> parts;                              ///< of init_parts(): those that a place is in
};

void declare_settings(CLI::App& app, InitSettings& settings);

/// `from_profile` makes of a reference to a file, as seen from here, one as seen from the profile. Throws Unusable for
/// what is no NAME=TEXT, or names neither a value of the services nor a place.
void read_settings(InitSettings& settings, const std::vector<ServicePreset>& services,
                   const std::function<std::string(const std::string&)>& from_profile);

/// Throws Unusable where the profile has nothing around a place.
void apply_settings(const InitSettings& settings, nlohmann::ordered_json& profile);

}  // namespace gateproof::cli
