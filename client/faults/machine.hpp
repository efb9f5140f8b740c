// What can go wrong with a machine's JWT.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

inline constexpr auto machine_faults = std::to_array<Fault>({
    {.name = "bearer-word",
     .title = "Bearer stands in front of the JWT",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.bare"},
    {.name = "padded",
     .title = "the parts of the JWT are padded",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.compact-form"},
    {.name = "der-signature",
     .title = "an ECDSA signature is DER",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.signature"},
    {.name = "lower-case-thumbprint",
     .title = "the thumbprint is in lower case",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.thumbprint"},
    {.name = "other-certificate",
     .title = "the thumbprint is that of the TLS certificate",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.thumbprint"},
    {.name = "no-kid",
     .title = "the header has no kid",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.header"},
    {.name = "alg-none",
     .title = "the JWT is not signed, and says so",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.header client-m2m.signature"},
    {.name = "nine-hours",
     .title = "the JWT lasts nine hours",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.lifetime"},
    {.name = "iat-ahead",
     .title = "the JWT is issued an hour from now",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.issued-at"},
    {.name = "reuses-expired",
     .title = "the first JWT is used for ever, and has expired a minute ago",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.lifetime client-m2m.not-past-expiry"},
    {.name = "jwt-to-authority",
     .title = "the JWT goes to the authority as well",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.to-the-gateway-alone"},
    {.name = "machine-loops-on-401",
     .title = "a JWT that is refused is signed anew again and again",
     .requirements = "CLIENT-M2M",
     .caught_by = "client-m2m.refused-once"},
});

}  // namespace gateproof::client
