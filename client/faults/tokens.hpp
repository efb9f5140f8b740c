// What can go wrong with where a token goes.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

inline constexpr auto tokens_faults = std::to_array<Fault>({
    {.name = "token-in-query",
     .title = "the access token stands in the URL",
     .requirements = "CLIENT-TOKEN",
     .caught_by = "client-tokens.in-the-header client-tokens.not-in-urls"},
    {.name = "token-in-cookie",
     .title = "the access token goes in a cookie as well",
     .requirements = "CLIENT-TOKEN",
     .caught_by = "client-tokens.in-the-header"},
    {.name = "token-follows-redirect",
     .title = "a redirect to another host is followed, with the access token",
     .requirements = "CLIENT-TOKEN",
     .caught_by = "client-tokens.not-to-another-host"},
    {.name = "token-in-clear",
     .title = "a redirect to http is followed, with the access token",
     .requirements = "CLIENT-TOKEN",
     .caught_by = "client-tokens.not-in-clear client-http.downgrade-redirect-refused"},
    {.name = "token-for-each-call",
     .title = "every call gets a new access token",
     .requirements = "CLIENT-TOKEN-KEPT",
     .caught_by = "client-tokens.kept-while-active"},
    {.name = "token-after-expiry",
     .title = "an access token is used after it has expired",
     .requirements = "CLIENT-TOKEN",
     .caught_by = "client-tokens.not-after-expiry"},
    {.name = "secret-to-gateway",
     .title = "the client secret goes to the gateway",
     .requirements = "CLIENT-TOKEN",
     .caught_by = "client-tokens.secret-to-the-authority-alone"},
    {.name = "strict-clock",
     .title = "an answer whose Date differs by more than a minute is refused",
     .requirements = "CLIENT-TOKEN",
     .caught_by = "client-tokens.clock-tolerant"},
});

}  // namespace gateproof::client
