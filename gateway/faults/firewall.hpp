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
    {.name = "desktop-no-allow-list",
     .title = "The desktop endpoint serves every source address, though it is not production",
     .requirements = "FW-NONPROD",
     .caught_by = "firewall.other-source-blocked",
     .listener = Listener::desktop},
    {.name = "network-exempt-from-certificates",
     .title = "A network from which the cloud serves whoever shows no client certificate",
     .requirements = "FW-NONPROD",
     .caught_by = "firewall.other-source-blocked",
     .listener = Listener::cloud},
    {.name = "allow-list-forgets-a-source",
     .title = "One of the allow-listed addresses is blocked",
     .requirements = "FW-NONPROD",
     .caught_by = "firewall.allowed-source-served",
     .listener = Listener::mock},
    {.name = "cloud-restricted-by-address",
     .title = "The cloud endpoint serves some source addresses alone",
     .requirements = "FW-NONPROD FW-PROD",
     .caught_by = "firewall.allowed-source-served firewall.production-any-source",
     .listener = Listener::cloud},
});

}  // namespace gateproof::gateway
