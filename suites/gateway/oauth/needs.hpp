// What the oauth checks need of a profile.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// oauth, and a CA where its secrets are sent.
Need oauth_authority();
/// oauth.login and oauth.users.user: somebody whom the program can log in; or a human who logs in himself
Need user_login();
/// A login by this program, which types what it likes and sees every page.
Need login_by_program();
/// Nothing of the profile: the check begins a login, which a human may have to go through.
Need begun_login();
/// The check asks a human for steps where one logs in (Authority::by_human).
bool has_human_steps(const Check& check);
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
/// The redirect URI is a loopback address with a port.
Need registered_port();
/// An access token of oauth.users.user or oauth.tokens.user, and one that can be read.
Need readable_token();
/// oauth.code_lifetime_ms: leave to wait so long.
Need code_lifetime();
/// oauth.refresh_tokens says that the client gets some,
Need refresh_tokens();
/// or that it gets none.
Need no_refresh_tokens();

}  // namespace gateproof::suites
