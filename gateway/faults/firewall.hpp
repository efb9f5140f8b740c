// What can go wrong with allow-listing.
#pragma once

#include <array>

#include "gateway/faults/fault.hpp"

namespace gateproof::gateway {

inline constexpr auto firewall_faults = std::to_array<Fault>({
    {.name = "no-allow-list",
     .title = "The mock environment serves every source address",
     .requirements = "FW-NONPROD",
     .caught_by = "firewall.other-source-blocked",
     .listener = Listener::mock},
    {.name = "allow-list-forgets-a-source",
     .title = "One of the allow-listed addresses is blocked",
     .requirements = "FW-NONPROD",
     .caught_by = "firewall.allowed-source-served",
     .listener = Listener::mock},
    {.name = "production-restricted-by-address",
     .title = "The production endpoint serves some source addresses alone",
     .requirements = "FW-PROD",
     .caught_by = "firewall.production-any-source",
     .listener = Listener::cloud},
});

}  // namespace gateproof::gateway
