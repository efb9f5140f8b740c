// What can be wrong with the enrolled client certificate itself, and with what the gateway asks for.
#pragma once

#include <array>

#include "gateway/faults/fault.hpp"

namespace gateproof::gateway {

inline constexpr auto certificate_faults = std::to_array<Fault>({
    {.name = "enrolled-expired",
     .title = "the enrolled client certificate has expired, and is refused for it",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.validity mtls.enrolled-served",
     .listener = Listener::cloud,
     .ends_service = true},
    {.name = "enrolled-not-yet-valid",
     .title = "the enrolled client certificate is not valid before the day after tomorrow, and is refused for it",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.validity mtls.enrolled-served",
     .listener = Listener::cloud,
     .ends_service = true},
    {.name = "enrolled-expires-soon",
     .title = "the enrolled client certificate expires in ten days",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.validity",
     .listener = Listener::cloud},
    {.name = "enrolled-without-client-auth",
     .title = "the enrolled client certificate is one for servers alone, and is refused for it",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.client-auth mtls.enrolled-served",
     .listener = Listener::cloud,
     .ends_service = true},
    {.name = "enrolled-other-form-of-name",
     .title = "the enrolled client certificate bears a name of another form than the assigned one",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.common-name",
     .listener = Listener::cloud},
    {.name = "enrolled-unapproved-authority",
     .title = "the authority that issues client certificates is not one of the approved",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.authority certificate.tds-separate rotation.new-certificate-fit",
     .listener = Listener::cloud},
    {.name = "authority-ends-client-auth",
     .title =
         "the authority that issues client certificates stops putting clientAuth into them before the next renewal",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.renewal certificate.tds-separate",
     .listener = Listener::cloud},
    {.name = "enrolled-explicit-curve",
     .title =
         "the key of the enrolled client certificate spells out its curve instead of naming it, and is refused for it",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.strength mtls.enrolled-served",
     .listener = Listener::cloud,
     .ends_service = true},
    {.name = "enrolled-without-chain",
     .title = "the file of the enrolled client certificate lacks the one of its issuing authority, and it is refused",
     .requirements = "CERT-FIT",
     .caught_by = "certificate.chain certificate.intermediates mtls.enrolled-served",
     .listener = Listener::cloud,
     .ends_service = true},
    {.name = "tds-certificate-is-the-general-one",
     .title = "the client certificate for TDS is the one for everything else",
     .requirements = "CERT-TDS-SEPARATE",
     .caught_by = "certificate.tds-separate",
     .listener = Listener::cloud},
    {.name = "asks-for-other-authorities",
     .title = "the cloud asks for certificates of authorities that none of its clients has one from",
     .requirements = "CERT-ASKED-FOR",
     .caught_by = "certificate.issuer-asked-for",
     .listener = Listener::cloud},
});

}  // namespace gateproof::gateway
