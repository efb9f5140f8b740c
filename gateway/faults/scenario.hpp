// What can go wrong with what test report templates try of a service.
#pragma once

#include <array>

#include "gateway/faults/fault.hpp"

namespace gateproof::gateway {

inline constexpr auto scenario_faults = std::to_array<Fault>({
    {.name = "any-nzbn-taken",
     .title = "the validation of IRD numbers takes another company's NZBN",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "person-never-matched",
     .title = "the validation of IRD numbers never says that the data are a person's",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
});

}  // namespace gateproof::gateway
