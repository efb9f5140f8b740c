// What the oauth checks need of a profile.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// oauth, and a CA where its secrets are sent.
Need oauth_authority();
/// oauth.login and oauth.users.user: somebody whom the program can log in
Need user_login();
/// oauth.second_client
Need second_client();
/// oauth.paths.introspect
Need introspection_endpoint();
/// oauth.paths.revoke
Need revocation_endpoint();
/// oauth.client has a secret,
Need confidential_client();
/// or has none: a native application.
Need public_client();
/// oauth.refresh_tokens says that the client gets some,
Need refresh_tokens();
/// or that it gets none.
Need no_refresh_tokens();

}  // namespace gateproof::suites
