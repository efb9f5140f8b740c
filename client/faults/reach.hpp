// What can go wrong on the way to the gateway.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

inline constexpr auto reach_faults = std::to_array<Fault>({
    {.name = "dials-443",
     .title = "the port of the base URL is ignored, and 443 is called",
     .requirements = "CLIENT-REACH",
     .caught_by = "client-reach.declared-port",
     .ends_service = true},
    {.name = "falls-back-to-443",
     .title = "port 443 is tried where the declared port does not answer",
     .requirements = "CLIENT-REACH",
     .caught_by = "client-reach.no-other-port"},
    {.name = "falls-back-to-http",
     .title = "a request goes out in clear after TLS has failed",
     .requirements = "CLIENT-REACH",
     .caught_by = "client-reach.never-in-clear client-tls.clear-answer-refused client-tls.downgrade-noticed "
                  "client-trust.wrong-host-refused client-trust.common-name-alone-refused "
                  "client-trust.expired-refused client-trust.not-yet-valid-refused "
                  "client-trust.self-signed-refused client-trust.unknown-authority-refused "
                  "client-trust.look-alike-authority-refused client-trust.leaf-as-authority-refused "
                  "client-trust.wrong-purpose-refused client-trust.tampered-refused "
                  "client-trust.unknown-critical-extension-refused client-trust.missing-intermediate-refused "
                  "client-tls.refuses-ssl3 client-tls.unoffered-suite-refused "
                  "client-trust.expired-intermediate-refused "
                  "client-trust.authority-without-certsign-refused "
                  "client-trust.path-length-refused client-trust.name-constraint-refused "
                  "client-trust.every-connection client-trust.authority-host "
                  "client-trust.proof-of-possession client-trust.weak-key-refused "
                  "client-trust.wildcard-refused client-trust.nul-in-name-refused client-trust.sha1-refused "
                  "client-trust.revoked-staple-heeded client-trust.must-staple-heeded "
                  "client-tls.unsolicited-extension-refused"},
    {.name = "no-server-name",
     .title = "the ClientHello names no server",
     .requirements = "CLIENT-NAMES",
     .caught_by = "client-reach.server-name"},
    {.name = "server-name-of-another",
     .title = "the ClientHello names another server",
     .requirements = "CLIENT-NAMES",
     .caught_by = "client-reach.server-name"},
    {.name = "host-without-port",
     .title = "the Host field lacks the port",
     .requirements = "CLIENT-NAMES",
     .caught_by = "client-reach.host-field"},
    {.name = "first-address-only",
     .title = "of several addresses the first alone is tried",
     .requirements = "CLIENT-NAMES",
     .caught_by = "client-reach.next-address"},
});

}  // namespace gateproof::client
