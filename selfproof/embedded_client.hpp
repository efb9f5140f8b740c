// The reference client as a trigger: in a thread of its own, without the cost of a program's start.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/profile/profile.hpp"
#include "harness/trigger/trigger.hpp"

namespace gateproof::selfproof {

/// What clients had to do with: the faults that they asked themselves for, whether they had them or not.
struct FaultsAsked {
    /// By profile and check, as name_of(Cell) has it; what a control did is by the name of its twin,
    /// "embedded-client-cloud control-conforming".
    std::map<std::string, std::set<std::string_view>> by_check;
    std::size_t running = 0;  ///< of them nothing is noted yet
};

/// Broken in these ways (names of client/faults/table.hpp); throws std::invalid_argument for an unknown one.
std::unique_ptr<Trigger> embedded_client(const Profile& profile, std::vector<std::string> faults = {},
                                         std::shared_ptr<FaultsAsked> asked = {});

}  // namespace gateproof::selfproof
