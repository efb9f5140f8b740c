// OAuth 2.0: where the authority is, who the client is, and which users may be logged in without a human.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "harness/profile/endpoint.hpp"

namespace gateproof {

struct Operation;
struct Profile;

/// A client as it is registered with the authority.
struct OAuthClient {
    std::string id;
    std::string secret;  ///< empty: a public client, such as a native application (RFC 8252)
    std::string redirect_uri;

    [[nodiscard]] bool confidential() const { return !secret.empty(); }
    /// id and secret as HTTP Basic carries them (RFC 6749 2.3.1): each percent-encoded, together in base64.
    [[nodiscard]] std::string basic() const;
};

struct OAuthUser {
    std::string name;
    std::string password;
};

/// How the forms of the authority's pages are filled in. An empty name: found by what the field is.
struct LoginRecipe {
    std::string user_field;
    std::string password_field;
    /// Members that the consent form is sent with to agree and to refuse; empty: its submit buttons tell.
    std::map<std::string, std::string> consent;
    std::map<std::string, std::string> deny;
};

/// What an access token is as its authority makes it (MS). That it lasts `expires_in` from iat stands with that.
struct AccessTokenForm {
    bool opaque = false;              ///< nothing that a client could read; the rest says nothing then
    std::string type = "at-JWT";      ///< typ of its header
    std::string algorithm = "RS512";  ///< alg of its header
    std::int64_t not_before = 300;    ///< seconds before iat from which it is good (nbf)
};

struct Authority {
    Endpoint endpoint;
    std::string authorize_path = "/gateway3/oauth/authorize";
    std::string token_path = "/gateway3/oauth/token";
    std::string introspect_path = "/gateway3/oauth/introspect";  ///< empty: the authority has none
    std::string revoke_path = "/gateway3/oauth/revoke";          ///< empty: the authority has none
    std::string scope = "MYIR.Services";
    std::string offline_scope = "offline_access";  ///< what clients elsewhere ask for to get a refresh token
    OAuthClient client;
    std::optional<OAuthClient> second_client;
    std::map<std::string, OAuthUser> users;  ///< by role: "user" is the one whom the oauth suite logs in
    LoginRecipe recipe;
    bool automated = false;  ///< users may be logged in by filling in forms
    /// "user" is logged in by a human, in a browser of his own: that is how the run was started, no profile says so.
    bool by_human = false;
    /// Access tokens by role: of users, who then need no login, and "expired", "revoked", "other_environment" ...
    std::map<std::string, std::string> tokens;
    bool refresh_tokens = true;       ///< whether clients of this channel get refresh tokens
    std::int64_t expires_in = 28800;  ///< documented lifetime of an access token, in seconds
    AccessTokenForm access_token;
    /// How long a code is good; zero: nobody waits for one to expire.
    std::chrono::milliseconds code_lifetime{0};
    /// Text of the page that stands in front of the login for sources that are not allow-listed; empty: found.
    std::string splash_contains;
    /// Characters that a state may hold (OA); empty: any that can be printed (RFC 6749 A.5).
    std::string state_alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.?,:/\\+=$#'_";
    std::int64_t state_length = 199;  ///< characters that it may have at most (OA: "under 200")
    /// How long a revocation may take to be known everywhere (RFC 7009 2, RFC 7662 4); beyond it never was.
    std::chrono::milliseconds revocation_within{60'000};

    /// The token of this role stands in the profile, or a user of this role can be logged in.
    [[nodiscard]] bool supplies_token(const std::string& role) const;
};

/// Whether the peer at `endpoint` has to prove who it is before a password, token or other secret is sent to it
/// (RFC 6750 5.3, RFC 9700 2.1): wherever the profile gives a trust to prove it by; and where it gives none everywhere
/// but on this machine and in an environment of one's own. On this machine is what is named by a loopback address and
/// dialled at one: a name is where its resolver says, and behind `connect` may be a tunnel. `by_proxy`: another machine
/// dials, as it does where the endpoint has a proxy of its own.
bool must_prove_itself(const Profile& profile, const Endpoint& endpoint, bool by_proxy = false);
/// Why nothing secret may be sent to `endpoint` ("needs ..."): it must prove itself, and the profile knows no CA;
/// empty: it may. For a Need.
std::string secret_unmet(const Profile& profile, const Endpoint& endpoint);
/// The same for an operation and the secret that it carries; empty also where it carries none.
std::string secret_unmet(const Profile& profile, const Endpoint& endpoint, const Operation& operation);

/// Why no access token of this role can be had with this profile ("needs ..."), and what to give; empty: it can. For
/// a Need.
std::string token_unmet(const Profile& profile, const std::string& role);

}  // namespace gateproof
