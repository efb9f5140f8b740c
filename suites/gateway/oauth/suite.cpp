#include "suites/gateway/oauth/suite.hpp"

#include "harness/profile/profile.hpp"

namespace gateproof::suites {

Check oauth_check(std::string_view id, std::string_view title, CheckFunction run, UnmetFunction unmet,
                  Intrusiveness intrusiveness) {
    Check made;
    made.id = id;
    made.title = title;
    made.requirements = {"OAUTH-USER"};
    made.run = run;
    made.unmet = unmet;
    made.intrusiveness = intrusiveness;
    // The authority is another server than the endpoint: what proves it alive is that it serves us meanwhile.
    made.control = Control::none;
    return made;
}

std::string needs_authority(const Profile& profile) {
    return profile.authority ? secret_unmet(profile, profile.authority->endpoint)
                             : "needs the OAuth authority; give oauth with its URL and client in the profile";
}

std::string needs_login(const Profile& profile) {
    std::string unmet = needs_authority(profile);
    if (!unmet.empty()) {
        return unmet;
    }
    if (!profile.authority->automated) {
        return "needs a user to be logged in by the program; describe the login form in oauth.login";
    }
    return profile.authority->users.contains("user")
               ? ""
               : "needs a user to log in; give oauth.users.user with name and password";
}

std::string needs_second_client(const Profile& profile) {
    const std::string unmet = needs_login(profile);
    return !unmet.empty() || profile.authority->second_client
               ? unmet
               : "needs another client of the authority; give oauth.second_client";
}

std::string needs_introspection(const Profile& profile) {
    const std::string unmet = needs_login(profile);
    return !unmet.empty() || !profile.authority->introspect_path.empty()
               ? unmet
               : "needs the introspection endpoint; oauth.paths.introspect says that there is none";
}

std::string needs_revocation(const Profile& profile) {
    const std::string unmet = needs_introspection(profile);
    return !unmet.empty() || !profile.authority->revoke_path.empty()
               ? unmet
               : "needs the revocation endpoint; oauth.paths.revoke says that there is none";
}

std::string needs_secret(const Profile& profile) {
    const std::string unmet = needs_login(profile);
    return !unmet.empty() || profile.authority->client.confidential()
               ? unmet
               : "needs a client with a secret; oauth.client is a public one";
}

std::string needs_public_client(const Profile& profile) {
    const std::string unmet = needs_login(profile);
    return !unmet.empty() || !profile.authority->client.confidential()
               ? unmet
               : "needs a native client, which has no secret; oauth.client has one";
}

std::string needs_refresh_tokens(const Profile& profile) {
    const std::string unmet = needs_login(profile);
    return !unmet.empty() || profile.authority->refresh_tokens
               ? unmet
               : "needs a client that gets refresh tokens; oauth.refresh_tokens says that this one does not";
}

std::string needs_refresh_and_second_client(const Profile& profile) {
    const std::string unmet = needs_refresh_tokens(profile);
    return unmet.empty() ? needs_second_client(profile) : unmet;
}

std::string needs_no_refresh_tokens(const Profile& profile) {
    const std::string unmet = needs_login(profile);
    return !unmet.empty() || !profile.authority->refresh_tokens
               ? unmet
               : "needs a client that gets no refresh tokens; oauth.refresh_tokens says that this one does";
}

Suite oauth_suite() {
    Suite suite{"oauth", "OAuth 2.0: login, consent, tokens", {}};
    for (const auto& part :
         {oauth_authorize_checks(), oauth_code_checks(), oauth_token_checks(), oauth_refresh_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
