// What can go wrong with who the client says it is.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

inline constexpr auto identity_faults = std::to_array<Fault>({
    {.name = "shows-nothing",
     .title = "no certificate is shown",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.presented",
     .ends_service = true},
    {.name = "shows-another",
     .title = "a certificate that is not enrolled is shown",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.presented",
     .ends_service = true,
     .needs = "another"},
    {.name = "leaf-alone",
     .title = "the certificate is shown without its intermediates",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.chain-sent"},
    {.name = "name-in-other-case",
     .title = "a certificate is shown whose common name is in other case",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.name-as-enrolled",
     .ends_service = true,
     .needs = "other-case"},
    {.name = "expired-own",
     .title = "an expired certificate is shown",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.fit",
     .ends_service = true,
     .needs = "expired"},
    {.name = "needs-ca-match",
     .title = "no certificate is shown where the server's list of authorities "
              "lacks its direct issuer",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.any-authority-list"},
    {.name = "late-refusal-is-empty-answer",
     .title = "a connection that is refused after the handshake is an empty "
              "answer, and good",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.late-refusal-noticed client-writes.doubt-told"},
    {.name = "late-refusal-loops",
     .title = "a connection that is refused after the handshake is made again "
              "and again",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.late-refusal-noticed client-writes.once client-writes.asks-first"},
    {.name = "html-400-is-data",
     .title = "whatever page comes instead of an answer is good",
     .requirements = "CLIENT-IDENTITY",
     .caught_by = "client-identity.http-refusal-noticed"},
    {.name = "desktop-shows-certificate",
     .title = "a native application shows a certificate",
     .requirements = "CLIENT-NO-IDENTITY",
     .caught_by = "client-identity.desktop-none"},
    {.name = "shows-it-to-everyone",
     .title = "the certificate is shown to the authority and to redirect "
              "targets as well",
     .requirements = "CLIENT-IDENTITY-ONLY",
     .caught_by = "client-identity.not-shown-elsewhere"},
    {.name = "one-for-all-environments",
     .title = "the certificate of another environment is shown",
     .requirements = "CLIENT-IDENTITY-ONLY",
     .caught_by = "client-identity.own-for-each-environment",
     .ends_service = true,
     .needs = "other-environment"},
});

}  // namespace gateproof::client
