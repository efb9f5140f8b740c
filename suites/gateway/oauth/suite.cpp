#include "suites/gateway/oauth/suite.hpp"

#include "suites/gateway/oauth/needs.hpp"

namespace gateproof::suites {

CheckFamily oauth_family() {
    return {.requirements = {decides("OAUTH-USER")},
            .intrusiveness = Intrusiveness::active,
            .control = Control::none,
            .needs = {oauth_authority()}};
}

Suite oauth_suite() {
    Suite suite{"oauth", "OAuth 2.0: login, consent, tokens", {}};
    for (const auto& part :
         {oauth_authorize_checks(), oauth_code_checks(), oauth_code_lifetime_checks(), oauth_token_request_checks(),
          oauth_token_checks(), oauth_introspection_checks(), oauth_refresh_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
