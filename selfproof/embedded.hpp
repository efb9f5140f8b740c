// The embedded gateway as a target: where the harness and the gateway, which share nothing but the wire, meet.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/gateway.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/plan.hpp"

namespace gateproof::selfproof {

struct EmbeddedTargets {
    std::vector<Profile> profiles;     ///< embedded-cloud, -desktop, -mock and -production
    std::vector<std::string> secrets;  ///< for the Redactor
};

/// The built-in embedded profiles with every "embedded:NAME" reference answered by this gateway. Throws
/// std::logic_error when a built-in profile does not load, which is a defect of this program.
EmbeddedTargets embedded_targets(const gateway::Gateway& gateway);
/// The same of whoever answers those references; `reference` is given NAME.
EmbeddedTargets embedded_targets(const std::function<std::optional<std::string>(std::string_view)>& reference);

/// Every check of these profiles; of the production profile, whose listener is the cloud profile's too, only what is
/// asked of production alone.
Plan embedded_plan(const Catalogue& catalogue, std::vector<Profile> profiles);

}  // namespace gateproof::selfproof
