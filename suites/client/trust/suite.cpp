#include "suites/client/trust/suite.hpp"

#include <utility>

#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using Spec = stage::ServerSpec;

constexpr std::string_view verify_chain =
    "verify the server's certificate on every connection: chain, dates, purpose and name (curl: -k off; requests: verify=True; Node: rejectUnauthorized; Java: no TrustManager of your own; Go: InsecureSkipVerify false)";
constexpr std::string_view verify_name =
    "compare the name in the server's certificate with the host that was asked for (requests: verify=True; Node: no checkServerIdentity of your own; Java: no HostnameVerifier of your own; Go: InsecureSkipVerify false)";

/// The twin with a certificate of this kind.
SceneChange shown_certificate(Spec spec) {
    return [spec = std::move(spec)](stage::Scene& scene, const ClientContext& ctx) { scene.shown = ctx.server(spec); };
}

/// RFC 9525 6: names below the profile's host keep within the name constraints of the test root.
SceneChange another_name(bool host_as_common_name) {
    return [host_as_common_name](stage::Scene& scene, const ClientContext& ctx) {
        Spec spec;
        spec.names = {"other." + ctx.client().host};
        if (host_as_common_name) {
            spec.common_name = ctx.client().host;
        }
        scene.shown = ctx.server(spec);
    };
}

void foreign_key(stage::Scene& scene, const ClientContext&) {
    scene.handshake.kind = stage::HandshakeAct::Kind::foreign_signature;
}

/// RFC 5246 7.4.3, RFC 8446 4.4.3.
std::vector<ShownCase> without_key() {
    return {
        {"tls-1.2", "TLS 1.2: ServerKeyExchange signed with another key than the certificate's", Twin::tls_1_2,
         &foreign_key},
        {"tls-1.3", "TLS 1.3: CertificateVerify by another key than the certificate's", Twin::tls_1_3, &foreign_key}};
}

}  // namespace

Suite client_trust_suite() {
    return {
        "client-trust", "Whom client software believes",
        checks(
            {.requirements = {decides("CLIENT-SERVER-CERT")},
             .intrusiveness = Intrusiveness::active,
             .needs = {able_to(ClientAct::read)}},
            {{.id = "client-trust.wrong-host-refused",
              .title = "A certificate for another host is refused",
              .run = refuses({"a certificate for another host", verify_name}, another_name(false))},
             {.id = "client-trust.common-name-alone-refused",
              .title = "A certificate whose common name alone is the host is refused",
              .run =
                  refuses({"a certificate with the host in its common name alone", verify_name}, another_name(true))},
             {.id = "client-trust.expired-refused",
              .title = "An expired certificate is refused",
              .run = refuses({"an expired certificate", verify_chain},
                             shown_certificate({.valid_from_hours = -90 * 24, .valid_to_hours = -24}))},
             {.id = "client-trust.not-yet-valid-refused",
              .title = "A certificate that is not valid yet is refused",
              .run = refuses({"a certificate that is not valid yet", verify_chain},
                             shown_certificate({.valid_from_hours = 24}))},
             {.id = "client-trust.self-signed-refused",
              .title = "A self-signed certificate is refused",
              .run = refuses({"a self-signed certificate", verify_chain},
                             shown_certificate({.issuer = Spec::Issuer::itself}))},
             {.id = "client-trust.unknown-authority-refused",
              .title = "A certificate of an unknown authority is refused",
              .run = refuses({"a certificate of an unknown authority", verify_chain},
                             shown_certificate({.issuer = Spec::Issuer::nobody}))},
             {.id = "client-trust.look-alike-authority-refused",
              .title = "A certificate of an authority that only looks like the trusted one is refused",
              .run =
                  refuses({"a certificate of an authority of the trusted one's name, with another key", verify_chain},
                          shown_certificate({.issuer = Spec::Issuer::look_alike}))},
             {.id = "client-trust.leaf-as-authority-refused",
              .title = "A certificate that another server's certificate issued is refused",
              .run =
                  refuses({"a certificate issued by a server's certificate, which is no authority (RFC 5280 4.2.1.9)",
                           verify_chain},
                          shown_certificate({.issuer = Spec::Issuer::leaf}))},
             {.id = "client-trust.wrong-purpose-refused",
              .title = "A certificate for clients alone is refused",
              .run = refuses({"a certificate for clients alone (RFC 5280 4.2.1.12)", verify_chain},
                             shown_certificate({.extended_key_usage = "clientAuth"}))},
             {.id = "client-trust.tampered-refused",
              .title = "A certificate whose signature is wrong is refused",
              .run = refuses({"a certificate with one bit of its signature changed", verify_chain},
                             shown_certificate({.tampered = true}))},
             {.id = "client-trust.unknown-critical-extension-refused",
              .title = "A certificate with a critical extension that nobody knows is refused",
              .run = refuses({"a certificate with an unknown critical extension (RFC 5280 4.2)", verify_chain},
                             shown_certificate({.unknown_critical = true}))},
             {.id = "client-trust.missing-intermediate-refused",
              .title = "A certificate without its intermediate is refused",
              .run = refuses({"a certificate without its intermediate", verify_chain},
                             shown_certificate({.without_issuers = true}))},
             {.id = "client-trust.proof-of-possession",
              .title = "A server without the key of its certificate is refused",
              .run = refuses_each({"a signature by another key than the certificate's", verify_chain}, without_key()),
              .cases = cases_of(without_key())},
             {.id = "client-trust.weak-key-refused",
              .title = "A certificate of an RSA key of 1024 bits is refused",
              .run = should_refuse(
                  {"a certificate of an RSA key of 1024 bits",
                   "demand keys of 2048 bits or more (OpenSSL: security level 2; Java: jdk.certpath.disabledAlgorithms)"},
                  shown_certificate({.key = stage::KeyKind::rsa_1024}), Twin::rsa)}})};
}

}  // namespace gateproof::suites
