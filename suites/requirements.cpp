// The published requirements in our own words. Sources: SE "Service endpoints" (2021-04-28), IA the Identity and
// Access build pack, MA "Mutual Authentication and Cipher Support" (both of Access, 2024-06-18), TDS the repository
// Transaction-data-services, SM "Security measures".
#include "suites/requirements.hpp"

namespace gateproof::suites {
namespace {

const std::vector<Channel> cloud{Channel::cloud};
const std::vector<Channel> desktop{Channel::desktop};

}  // namespace

std::vector<Requirement> requirements() {
    return {
        {.id = "CERT-FIT",
         .sentence = "The enrolled client certificate is current, for TLS clients, of the assigned name, from an "
                     "approved authority, complete and strong.",
         .source = "MA and IA 3.2 (Access, 2024-06-18); RFC 5280 4.2.1.12, RFC 5480 2.1.1, RFC 8446 4.4.2",
         .channels = cloud},
        {.id = "CERT-ASKED-FOR",
         .sentence = "The cloud endpoint asks for certificates of the authorities that it accepts them from.",
         .source = "RFC 8446 4.2.4, RFC 5246 7.4.4",
         .level = Level::should,
         .channels = cloud},
        {.id = "CERT-TDS-SEPARATE",
         .sentence = "Summary and batch requests of TDS are made with a client certificate of their own.",
         .source = "TDS README (required) and build pack 2.8 (recommended), June 2024",
         .level = Level::should,
         .channels = cloud},
        {.id = "CLOUD-TLS-MIN",
         .sentence = "The cloud endpoint negotiates nothing below TLS 1.2.",
         .source = "SE, cloud endpoint; RFC 8996, RFC 7507, RFC 8446 4.1.3",
         .channels = cloud},
        {.id = "DESK-TLS-MIN",
         .sentence = "The desktop endpoint negotiates nothing below TLS 1.2.",
         .source = "SE, native desktop endpoint; RFC 8996, RFC 7507, RFC 8446 4.1.3",
         .channels = desktop},
        {.id = "TLS-CIPHERS",
         .sentence = "Only the published AEAD cipher suites with ephemeral key exchange are accepted.",
         .source = "IA 3.1"},
        {.id = "TLS-HYGIENE",
         .sentence = "The endpoint has none of the known weaknesses of the TLS protocol.",
         .source = "RFC 5746, RFC 7627, RFC 7685, RFC 8446 4.2.1, 5.1, RFC 8701, BCP 195 (RFC 9325)"},
        {.id = "SERVER-CERT",
         .sentence = "The server proves who it is with a complete, current and strong certificate chain.",
         .source = "SE, server-side TLS; RFC 5280, RFC 8446 4.4.2.2, RFC 9325 3.9, RFC 9525"},
        {.id = "CLOUD-MTLS-REQUIRED",
         .sentence = "The cloud endpoint serves only sources that present a client certificate.",
         .source = "SE, cloud endpoint, mutual TLS; RFC 8446 2.2, 4.6.1; RFC 9325 3.4, 3.7",
         .channels = cloud},
        {.id = "CLOUD-MTLS-ENROLLED",
         .sentence = "Access to the cloud endpoint is limited to enrolled client certificates.",
         .source = "SE, cloud endpoint, certificate enrolment",
         .channels = cloud},
        {.id = "CLOUD-MTLS-IDENTIFIES",
         .sentence =
             "The client certificate alone says which software provider calls and which web service it may use.",
         .source = "SE, cloud endpoint, certificate enrolment; IA, mutual authentication; RFC 6066 3, RFC 8446 4.6.1",
         .channels = cloud},
        {.id = "GEN-CERT-PER-ENV",
         .sentence = "A client certificate opens the environment that it was exchanged for, and no other.",
         .source = "SE, certificates are exchanged for each environment",
         .channels = cloud},
        {.id = "MOCK-NO-MTLS",
         .sentence = "The mock environment serves allow-listed addresses without a client certificate.",
         .source = "SM, mock environment",
         .channels = cloud,
         .environments = {Environment::mock}},
        {.id = "DESK-ONE-WAY",
         .sentence = "The desktop endpoint uses server-side TLS only and needs no client certificate.",
         .source = "SE, native desktop endpoint",
         .channels = desktop},
        {.id = "CLOUD-PORT",
         .sentence = "The cloud endpoint is served over TLS on port 4046, and only there.",
         .source = "SE, cloud endpoint, port",
         .channels = cloud},
        {.id = "DESK-PORT",
         .sentence = "The desktop endpoint is served over TLS on port 443, the default https port.",
         .source = "SE, native desktop endpoint, port",
         .channels = desktop},
        {.id = "DESK-INFORMATIVE",
         .sentence =
             "The desktop endpoint is less scalable, under tighter security controls, and less able to shield its "
             "users from one another.",
         .source = "SE, native desktop endpoint",
         .level = Level::should,
         .channels = desktop,
         .not_testable =
             "a statement about how the service is run, relative to another service; nothing that is sent from "
             "outside can prove or refute it"},
        {.id = "OAUTH-USER",
         .sentence = "End users log in and consent at the authority, and their applications get a bearer token by the "
                     "code flow.",
         .source = "IA 2.1; RFC 6749, RFC 7636, RFC 8252, RFC 9700"},
        {.id = "CLOUD-REFRESH",
         .sentence = "Cloud applications refresh their tokens; refresh tokens rotate, and one that is used twice "
                     "revokes its whole set.",
         .source = "IA 2.1.4; RFC 6749 6, RFC 9700 4.14",
         .channels = cloud},
        {.id = "DESK-NO-REFRESH",
         .sentence = "Native applications get no refresh tokens.",
         .source = "IA 2.1.4, native applications; RFC 8252",
         .channels = desktop},
        {.id = "TOKEN-CHECKED",
         .sentence = "Every request for a customer's data is authenticated by a token that is current, unaltered and "
                     "of this environment.",
         .source = "IA 2.1, 5; RFC 6750, RFC 8725"},
        {.id = "CLOUD-M2M",
         .sentence = "A machine says on whose behalf it calls by a JWT that a registered certificate signed.",
         .source = "IA 2.4; RFC 7515, RFC 7519, RFC 8725",
         .channels = cloud},
        {.id = "DELEG-SCOPE",
         .sentence = "A user gets the data of those customers that the credential may access, and of no other.",
         .source = "SE, delegated access; IA 5"},
        {.id = "DELEG-ERROR",
         .sentence = "A request beyond the delegations is answered with the documented error, which gives nothing of "
                     "the customer away.",
         .source = "SE, delegated access; Return Service build packs 5.1; CWE-204, CWE-208"},
        {.id = "FW-NONPROD",
         .sentence = "Endpoints that are not production serve allow-listed source addresses alone.",
         .source = "SE, firewall; SM, allow-listing",
         .environments = {Environment::embedded, Environment::sandbox, Environment::mock, Environment::test}},
        {.id = "FW-PROD",
         .sentence = "Production restricts no source address; certificate enrolment limits access.",
         .source = "SE, firewall",
         .environments = {Environment::production}},
        {.id = "TIMEOUT",
         .sentence = "What takes longer than the gateway's timeout, typically 60 s, is cut.",
         .source = "SE, timeouts; RFC 9110 15.5.9, 15.6.5; RFC 9112 9.5"},
        {.id = "CLOUD-THROTTLE",
         .sentence = "Heavy use by one DSP can be throttled, at the declared limit and in the declared way.",
         .source = "SE, cloud endpoint, throttling",
         .channels = cloud},
        {.id = "CLOUD-THROTTLE-ISOLATION",
         .sentence = "Other DSPs are shielded from the heavy use of one, who is known by its client certificate.",
         .source = "SE, cloud endpoint, throttling",
         .channels = cloud},
        {.id = "ROTATION",
         .sentence =
             "After a certificate or a signing key is rotated the same DSP is recognised, and the old one is not.",
         .source = "SE, certificates are exchanged; Access, client certificates; IA 2.4; RFC 8446 4.6.1"},
    };
}

}  // namespace gateproof::suites
