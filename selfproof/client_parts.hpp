// What the runner needs to judge client software, made of the embedded gateway's services and the reference client.
#pragma once

#include <string>
#include <vector>

#include "harness/run/run_target.hpp"

namespace gateproof::selfproof {

/// `faults`: of the reference client (client/faults/table.hpp), for profiles that ask for it.
ClientTargetFactory embedded_client_targets(std::vector<std::string> faults = {});

}  // namespace gateproof::selfproof
