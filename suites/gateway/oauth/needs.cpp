#include "suites/gateway/oauth/needs.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

/// What `enough` says of the authority; without one there is not enough of anything.
Need of_authority(std::string_view name, std::string_view lack, std::function<bool(const Authority&)> enough) {
    return need(name, lack, [enough = std::move(enough)](const Profile& profile) {
        return profile.authority && enough(*profile.authority);
    });
}

}  // namespace

Need oauth_authority() {
    return {"OAuth authority", [](const Profile& profile) {
                return profile.authority
                           ? secret_unmet(profile, profile.authority->endpoint)
                           : "needs the OAuth authority; give oauth with its URL and client in the profile";
            }};
}

Need user_login() {
    return {
        "login of a user", [](const Profile& profile) {
            if (profile.authority && profile.authority->by_human) {
                return "";
            }
            if (!profile.authority || !profile.authority->automated) {
                return "needs a user to be logged in; describe the login form in oauth.login, or log in yourself in a "
                       "browser when the run asks for it: gateproof run --interactive";
            }
            return profile.authority->users.contains("user")
                       ? ""
                       : "needs a user to log in; give oauth.users.user with name and password, or log in "
                         "yourself: gateproof run --interactive";
        }};
}

Need login_by_program() {
    return of_authority("login by the program",
                        "needs a login by the program, which a human's browser cannot stand for; run it without "
                        "--interactive where oauth.login describes the form",
                        [](const Authority& authority) { return !authority.by_human; });
}

Need begun_login() {
    return {"login that begins", [](const Profile&) { return std::string(); }};
}

bool has_human_steps(const Check& check) {
    return std::ranges::any_of(check.needs, [](const Need& need) {
        return need.name == begun_login().name || need.name == user_login().name || need.name == readable_token().name;
    });
}

Need second_client() {
    return of_authority("second client", "needs another client of the authority; give oauth.second_client",
                        [](const Authority& authority) { return authority.second_client.has_value(); });
}

Need introspection_endpoint() {
    return of_authority("introspection endpoint",
                        "needs the introspection endpoint; oauth.paths.introspect says that there is none",
                        [](const Authority& authority) { return !authority.introspect_path.empty(); });
}

Need revocation_endpoint() {
    return of_authority("revocation endpoint",
                        "needs the revocation endpoint; oauth.paths.revoke says that there is none",
                        [](const Authority& authority) { return !authority.revoke_path.empty(); });
}

Need confidential_client() {
    Need kind = of_authority("confidential client", "needs a client with a secret; oauth.client is a public one",
                             [](const Authority& authority) { return authority.client.confidential(); });
    kind.skip = Skip::not_applicable;  // clients are of the one kind or the other
    return kind;
}

Need public_client() {
    Need kind = of_authority("public client", "needs a native client without a secret; oauth.client has one",
                             [](const Authority& authority) { return !authority.client.confidential(); });
    kind.skip = Skip::not_applicable;  // clients are of the one kind or the other
    return kind;
}

Need registered_port() {
    return of_authority("registered port",
                        "needs a registered port; oauth.client.redirect_uri is no loopback address that names one",
                        [](const Authority& authority) {
                            const auto loopback = oauth::parse_loopback_uri(authority.client.redirect_uri);
                            return loopback && loopback->port != 0;
                        });
}

Need readable_token() {
    return {"readable access token", [](const Profile& profile) {
                return profile.authority && profile.authority->access_token.opaque
                           ? "needs access tokens that can be read; oauth.access_token.format says that they are opaque"
                           : token_unmet(profile, "user");
            }};
}

Need code_lifetime() {
    return of_authority("wait for a code to expire",
                        "needs leave to wait until a code expires; add \"code_lifetime_ms\": 600000 to oauth (ten "
                        "minutes are published)",
                        [](const Authority& authority) { return authority.code_lifetime.count() > 0; });
}

Need refresh_tokens() {
    return of_authority("refresh tokens",
                        "needs a client that gets refresh tokens; oauth.refresh_tokens says that this one does not",
                        [](const Authority& authority) { return authority.refresh_tokens; });
}

Need no_refresh_tokens() {
    return of_authority("no refresh tokens",
                        "needs a client that gets no refresh tokens; oauth.refresh_tokens says that this one does",
                        [](const Authority& authority) { return !authority.refresh_tokens; });
}

}  // namespace gateproof::suites
