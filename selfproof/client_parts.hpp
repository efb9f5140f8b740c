// What the runner needs to judge client software, made of the embedded gateway's services and the reference client.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/run/client/parts.hpp"
#include "harness/run/run_target.hpp"

namespace gateproof::selfproof {

/// `faults`: of the reference client (client/faults/table.hpp), for profiles that ask for it.
ClientTargetFactory embedded_client_targets(std::vector<std::string> faults = {});
/// What such targets are played with, for whoever makes a ClientTarget of its own.
std::shared_ptr<const ClientParts> embedded_client_parts(std::vector<std::string> faults = {});

}  // namespace gateproof::selfproof
