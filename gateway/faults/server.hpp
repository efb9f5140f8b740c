// What can go wrong with the server's certificate.
#pragma once

#include <array>

#include "gateway/faults/fault.hpp"

namespace gateproof::gateway {

inline constexpr auto server_faults = std::to_array<Fault>({
    {.name = "incomplete-chain",
     .title = "the intermediate certificate is not sent",
     .requirements = "SERVER-CERT",
     .caught_by = "server.chain-valid rotation.server-certificate-rotated",
     .proves_nothing = true},
    {.name = "wrong-host-name",
     .title = "the certificate names another host",
     .requirements = "SERVER-CERT",
     .caught_by = "server.hostname rotation.server-certificate-rotated",
     .proves_nothing = true},
    {.name = "expired-server-certificate",
     .title = "the server certificate expired yesterday",
     .requirements = "SERVER-CERT",
     .caught_by = "server.validity rotation.server-certificate-rotated",
     .proves_nothing = true},
    {.name = "server-certificate-expires-soon",
     .title = "the server certificate expires in ten days",
     .requirements = "SERVER-CERT",
     .caught_by = "server.validity"},
    {.name = "sha1-server-certificate",
     .title = "the server certificate is signed with SHA-1",
     .requirements = "SERVER-CERT",
     .caught_by = "server.key-and-signature-strength"},
    {.name = "server-wrong-eku",
     .title = "the server certificate is for clients alone",
     .requirements = "SERVER-CERT",
     .caught_by = "server.eku",
     .proves_nothing = true},
    {.name = "server-certificate-cannot-sign",
     .title = "under TLS 1.3 the server certificate's key usage lacks digitalSignature",
     .requirements = "SERVER-CERT",
     .caught_by = "server.eku"},
    {.name = "rsa-certificate-expired",
     .title = "a second certificate, for clients that know RSA alone, expired yesterday",
     .requirements = "SERVER-CERT",
     .caught_by = "server.other-certificates"},
    {.name = "refuses-status-request",
     .title = "a ClientHello with status_request is answered by a bare close",
     .requirements = "SERVER-CERT",
     .caught_by = "server.ocsp-staple"},
    {.name = "no-ocsp-staple",
     .title = "no OCSP response is stapled though asked for",
     .requirements = "SERVER-CERT",
     .caught_by = "server.ocsp-staple"},
    {.name = "wrong-date",
     .title = "the Date header of the cloud listener is ten minutes behind, that of the authority is right",
     .requirements = "SERVER-DATE",
     .caught_by = "server.date",
     .listener = Listener::cloud},
    {.name = "alternating-certificate",
     .title = "two nodes with different certificates take turns",
     .requirements = "SERVER-CERT",
     .caught_by = "server.same-certificate-every-time"},
});

}  // namespace gateproof::gateway
