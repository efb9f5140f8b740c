// What the runner needs to judge client software, made of the embedded gateway's services and the reference client.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/run/client/parts.hpp"
#include "harness/run/run_target.hpp"

namespace gateproof::selfproof {

struct FaultsAsked;

/// `faults`: of the reference client (client/faults/table.hpp), for profiles that ask for it. `asked`: of one run, and
/// whole when that has ended; null: nobody wants to know.
ClientTargetFactory embedded_client_targets(std::vector<std::string> faults = {},
                                            std::shared_ptr<FaultsAsked> asked = {});
/// What such targets are played with, for whoever makes a ClientTarget of its own.
std::shared_ptr<const ClientParts> embedded_client_parts(std::vector<std::string> faults = {},
                                                         std::shared_ptr<FaultsAsked> asked = {});

}  // namespace gateproof::selfproof
