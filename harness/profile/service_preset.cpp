#include "harness/profile/service_preset.hpp"

#include <algorithm>

namespace gateproof {

bool ServicePreset::offered_on(Channel channel) const {
    return std::ranges::find(channels, channel) != channels.end();
}

std::string_view ServicePreset::value_in(Environment environment, const std::string& value) const {
    const auto found = values.find(value);
    if (found == values.end()) {
        return {};
    }
    for (const std::string_view key : {to_string(environment), std::string_view("default")}) {
        if (const auto one = found->second.find(std::string(key)); one != found->second.end()) {
            return one->second;
        }
    }
    return {};
}

std::vector<std::string> ServicePreset::unknown_in(Environment environment) const {
    std::vector<std::string> unknown;
    for (const auto& [value, texts] : values) {
        if (value_in(environment, value).starts_with("FILL IN")) {
            unknown.push_back(value);
        }
    }
    return unknown;
}

}  // namespace gateproof
