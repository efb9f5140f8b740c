// What stands in the environment of client software that is started, or that a person starts by hand.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/trigger/trigger.hpp"

namespace gateproof {

/// "GATEPROOF_CA_BUNDLE" of "ca_bundle".
std::string variable_of(std::string_view placeholder);

/// All of them, by name: for its stack, each placeholder, and the profile's own, which override the others.
std::vector<std::pair<std::string, std::string>> variables_of(const ClientSoftware& client, const StartValues& values);

}  // namespace gateproof
