// OAUTH-USER, CLOUD-REFRESH, DESK-NO-REFRESH: login and consent, codes, tokens.
#pragma once

#include <vector>

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite oauth_suite();

/// The suite's parts in files of their own.
std::vector<Check> oauth_authorize_checks();      ///< login, consent, redirects
std::vector<Check> oauth_code_checks();           ///< codes, PKCE, who may exchange them
std::vector<Check> oauth_code_lifetime_checks();  ///< how long codes are good
std::vector<Check> oauth_token_request_checks();  ///< how the token endpoint is asked
std::vector<Check> oauth_token_checks();          ///< what the token endpoint answers, introspection, revocation
std::vector<Check> oauth_introspection_checks();  ///< wrong requests for introspection
std::vector<Check> oauth_refresh_checks();        ///< refresh tokens: rotating on cloud, none on desktop

/// What the checks have in common. The authority is another server than the endpoint: what proves it alive is that it
/// serves us meanwhile.
CheckFamily oauth_family();

}  // namespace gateproof::suites
