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
    };
}

}  // namespace gateproof::suites
