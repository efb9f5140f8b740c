// The reference client as a trigger: in a thread of its own, without the cost of a program's start.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/profile/profile.hpp"
#include "harness/trigger/trigger.hpp"

namespace gateproof::selfproof {

/// Broken in these ways (names of client/faults/table.hpp); throws std::invalid_argument for an unknown one.
std::unique_ptr<Trigger> embedded_client(const Profile& profile, std::vector<std::string> faults = {});

}  // namespace gateproof::selfproof
