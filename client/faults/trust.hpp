// What can go wrong in believing a server.
#pragma once

#include <array>

#include "client/faults/fault.hpp"

namespace gateproof::client {

inline constexpr auto trust_faults = std::to_array<Fault>({
    {.name = "trusts-everything",
     .title = "no certificate of a server is verified",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.wrong-host-refused client-trust.unknown-critical-extension-refused "
                  "client-trust.missing-intermediate-refused client-trust.weak-key-refused "
                  "client-trust.common-name-alone-refused client-trust.expired-refused "
                  "client-trust.not-yet-valid-refused client-trust.self-signed-refused "
                  "client-trust.unknown-authority-refused "
                  "client-trust.look-alike-authority-refused "
                  "client-trust.leaf-as-authority-refused "
                  "client-trust.wrong-purpose-refused client-trust.tampered-refused "
                  "client-trust.expired-intermediate-refused "
                  "client-trust.authority-without-certsign-refused "
                  "client-trust.path-length-refused client-trust.name-constraint-refused "
                  "client-trust.every-connection client-trust.authority-host "
                  "client-trust.wildcard-refused client-trust.nul-in-name-refused "
                  "client-trust.sha1-refused"},
    {.name = "skips-host-name",
     .title = "the name in the server's certificate is not compared",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.wrong-host-refused "
                  "client-trust.common-name-alone-refused client-trust.wildcard-refused "
                  "client-trust.nul-in-name-refused client-trust.address-refused "
                  "client-trust.every-connection client-trust.authority-host"},
    {.name = "believes-common-name",
     .title = "the subject's common name counts as the host's name",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.common-name-alone-refused"},
    {.name = "skips-dates",
     .title = "neither end of a certificate's validity is looked at",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.expired-refused client-trust.not-yet-valid-refused "
                  "client-trust.expired-intermediate-refused"},
    {.name = "skips-not-before",
     .title = "a certificate is believed before its validity begins",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.not-yet-valid-refused"},
    {.name = "believes-self-signed",
     .title = "a certificate that signed itself is believed",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.self-signed-refused"},
    {.name = "compares-issuer-names-only",
     .title = "whoever has the trusted root's name may sign",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.look-alike-authority-refused"},
    {.name = "skips-basic-constraints",
     .title = "a certificate that is no authority may sign others",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.leaf-as-authority-refused"},
    {.name = "skips-key-usage",
     .title = "an authority whose key usage lacks keyCertSign may sign",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.authority-without-certsign-refused"},
    {.name = "skips-path-length",
     .title = "an authority may have more authorities below it than its path "
              "length says",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.path-length-refused"},
    {.name = "skips-name-constraints",
     .title = "an authority may name hosts outside its name constraints",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.name-constraint-refused"},
    {.name = "skips-purpose",
     .title = "a certificate that is not for servers is believed",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.wrong-purpose-refused"},
    {.name = "skips-signature",
     .title = "the signatures on certificates are not verified",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.tampered-refused "
                  "client-trust.look-alike-authority-refused"},
    {.name = "skips-certificate-verify",
     .title = "that the server has the certificate's key is not verified "
              "(ECDSA keys)",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.proof-of-possession"},
    {.name = "skips-critical-extensions",
     .title = "a critical extension that is not known is passed over",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.unknown-critical-extension-refused"},
    {.name = "any-wildcard",
     .title = "an asterisk stands for any text, however many labels",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.wildcard-refused"},
    {.name = "c-string-names",
     .title = "a name ends at its first NUL",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.nul-in-name-refused"},
    {.name = "verifies-first-connection-only",
     .title = "the certificate of the first connection alone is verified",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.every-connection"},
    {.name = "verifies-gateway-not-authority",
     .title = "the OAuth authority's certificate is not verified",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.authority-host"},
    {.name = "needs-no-intermediate",
     .title = "a certificate that comes alone is believed without a path to a "
              "trusted root",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.missing-intermediate-refused"},
    {.name = "accepts-weak-keys",
     .title = "RSA keys below 2048 bits are believed",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.weak-key-refused"},
    {.name = "accepts-sha1",
     .title = "signatures over SHA-1 are believed",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.sha1-refused"},
    {.name = "ignores-staple",
     .title = "a stapled revocation is passed over",
     .requirements = "CLIENT-REVOCATION",
     .caught_by = "client-trust.revoked-staple-heeded"},
    {.name = "ignores-must-staple",
     .title = "a certificate that demands a staple is believed without one",
     .requirements = "CLIENT-REVOCATION",
     .caught_by = "client-trust.must-staple-heeded"},
    {.name = "one-path-only",
     .title = "the certificates that the server sent are the only path that is "
              "tried",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.other-path-found"},
    {.name = "strict-order",
     .title = "certificates that are unrelated or out of order end the handshake",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.extra-certificates-tolerated"},
    {.name = "resumes-under-any-name",
     .title = "a session is resumed with whatever host comes next, unverified",
     .requirements = "CLIENT-SERVER-CERT",
     .caught_by = "client-trust.resumption-bound"},
});

}  // namespace gateproof::client
