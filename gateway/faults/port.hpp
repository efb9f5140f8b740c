// What can go wrong with ports.
#pragma once

#include <array>

#include "gateway/faults/fault.hpp"

namespace gateproof::gateway {

inline constexpr auto port_faults = std::to_array<Fault>({
    {.name = "declares-another-port",
     .title = "onboarding declares another port than the URL has",
     .requirements = "CLOUD-PORT DESK-PORT",
     .caught_by = "port.declared"},
    {.name = "port-closed",
     .title = "nothing listens on the port",
     .requirements = "CLOUD-PORT DESK-PORT",
     .caught_by = "port.open",
     .ends_service = true},
    {.name = "no-tls",
     .title = "the port speaks HTTP in clear instead of TLS",
     .requirements = "CLOUD-PORT DESK-PORT",
     .caught_by = "port.speaks-tls port.plaintext-refused",
     .ends_service = true},
    {.name = "plaintext-served-on-tls-port",
     .title = "an HTTP request in clear is served on the TLS port",
     .requirements = "CLOUD-PORT DESK-PORT",
     .caught_by = "port.plaintext-refused"},
    {.name = "bare-answer-on-tls-port",
     .title = "an HTTP request in clear is answered on the TLS port with the service's body alone (HTTP/0.9)",
     .requirements = "CLOUD-PORT DESK-PORT",
     .caught_by = "port.plaintext-refused"},
    {.name = "plain-service-on-port-80",
     .title = "the service is offered without TLS on the plain HTTP port",
     .requirements = "DESK-PORT",
     .caught_by = "port.http-80-gives-no-service",
     .listener = Listener::desktop},
    {.name = "redirects-to-other-port",
     .title = "paths above an operation, such as / and /gateway, redirect to port 8443",
     .requirements = "CLOUD-PORT DESK-PORT",
     .caught_by = "port.redirects-stay"},
    {.name = "cloud-service-on-desktop-port",
     .title = "the cloud paths are served on the desktop port, without a client certificate",
     .requirements = "CLOUD-PORT",
     .caught_by = "port.no-cloud-service-on-443",
     .listener = Listener::cloud},
    {.name = "desktop-asks-certificate",
     .title = "the desktop listener asks for a client certificate, and serves without one",
     .requirements = "DESK-PORT DESK-ONE-WAY",
     .caught_by = "port.no-client-certificate-asked mtls.desktop-does-not-request",
     .listener = Listener::desktop},
    {.name = "desktop-requires-certificate",
     .title = "the desktop listener serves nobody without a client certificate",
     .requirements = "DESK-PORT DESK-ONE-WAY",
     .caught_by =
         "port.no-client-certificate-asked mtls.desktop-does-not-request mtls.desktop-served-without-certificate",
     .listener = Listener::desktop,
     .ends_service = true},
});

}  // namespace gateproof::gateway
