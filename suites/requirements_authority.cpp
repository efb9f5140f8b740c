#include "suites/requirements.hpp"

namespace gateproof::suites {

std::vector<Requirement> authority_requirements() {
    return {
        {.id = "OAUTH-USER",
         .sentence = "End users log in and consent at the authority, and their applications get a bearer token by the "
                     "code flow.",
         .source = "IA 2.1; RFC 6749, RFC 7636, RFC 8252, RFC 9700"},
        {.id = "CLOUD-REFRESH",
         .sentence = "Cloud applications refresh their tokens; refresh tokens rotate, and one that is used twice "
                     "revokes its whole set.",
         .source = "IA 2.1.4; RFC 6749 6, RFC 9700 4.14",
         .channels = {Channel::cloud}},
        {.id = "DESK-NO-REFRESH",
         .sentence = "Native applications get no refresh tokens.",
         .source = "IA 2.1.4, native applications; RFC 8252",
         .channels = {Channel::desktop}},
        {.id = "TOKEN-CHECKED",
         .sentence = "Every request for a customer's data is authenticated by a token that is current, unaltered and "
                     "of this environment.",
         .source = "IA 2.1, 5; RFC 6750, RFC 8725"},
        {.id = "CLOUD-M2M",
         .sentence = "A machine says on whose behalf it calls by a JWT that a registered certificate signed.",
         .source = "IA 2.4; RFC 7515, RFC 7519, RFC 8725",
         .channels = {Channel::cloud}},
        {.id = "DELEG-SCOPE",
         .sentence = "A user gets the data of those customers that the credential may access, and of no other.",
         .source = "SE, delegated access; IA 5"},
        {.id = "DELEG-ERROR",
         .sentence = "A request beyond the delegations is answered with the documented error, which gives nothing of "
                     "the customer away.",
         .source = "SE, delegated access; Return Service build packs 5.1; CWE-204, CWE-208"},
    };
}

}  // namespace gateproof::suites
