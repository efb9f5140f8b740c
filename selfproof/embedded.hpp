// The embedded gateway as a target: where the harness and the gateway, which share nothing but the wire, meet.
#pragma once

#include <string>
#include <vector>

#include "gateway/gateway.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof::selfproof {

struct EmbeddedTargets {
    std::vector<Profile> profiles;     ///< embedded-cloud, embedded-desktop, embedded-mock
    std::vector<std::string> secrets;  ///< for the Redactor
};

/// The built-in embedded profiles with every "embedded:NAME" reference answered by this gateway. Throws
/// std::logic_error when a built-in profile does not load, which is a defect of this program.
EmbeddedTargets embedded_targets(const gateway::Gateway& gateway);

}  // namespace gateproof::selfproof
