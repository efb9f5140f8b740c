// OAuth 2.0 on the wire: authorization requests with PKCE, token requests, and a strict reading of what comes back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/probe/http/http.hpp"
#include "harness/profile/authority.hpp"

namespace gateproof::oauth {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// RFC 7636: the secret of one authorization, and what is shown of it beforehand.
struct Pkce {
    std::string verifier;
    std::string challenge;  ///< S256

    static Pkce from(std::string verifier);
    /// 32 bytes of the system's randomness.
    static Pkce fresh();
};

/// `bytes` bytes of the system's randomness in base64url.
std::string random_text(std::size_t bytes);
/// "a=1&b=2", names and values percent-encoded.
std::string form_encoded(const Parameters& parameters);
/// Parameters of a query or form; a broken escape stays as it is. At most 64.
Parameters parse_query(std::string_view query);

/// What the user's browser is sent to the authority with.
struct AuthorizationRequest {
    std::string client_id;
    std::string redirect_uri;
    std::string scope;
    std::string state;
    std::string response_type = "code";
    std::string code_challenge;  ///< empty: without PKCE
    std::string code_challenge_method = "S256";
    Parameters more;      ///< "prompt" and the like
    bool posted = false;  ///< as a form by POST (RFC 6749 3.1: an authority may take it)

    [[nodiscard]] Parameters parameters() const;
};

/// Origin-form target of the authorization request, prefix of the endpoint included.
std::string authorize_target(const Authority& authority, const AuthorizationRequest& request);

/// How a client says who it is at the token endpoint.
enum class ClientAuthentication {
    automatic,  ///< Basic when it has a secret, else client_id in the body
    none,       ///< not at all
    id_only,    ///< client_id in the body, as if it were public
};

/// A state that nobody can guess, of characters that the authority takes: letters and digits as far as it takes them.
std::string random_state(const Authority& authority, std::size_t length = 24);

HttpRequest token_request(const Authority& authority, const OAuthClient& client, Parameters parameters,
                          ClientAuthentication how = ClientAuthentication::automatic);
/// An empty `token` is left out.
HttpRequest introspection_request(const Authority& authority, const OAuthClient& client, std::string_view token,
                                  ClientAuthentication how = ClientAuthentication::automatic);
HttpRequest revocation_request(const Authority& authority, const OAuthClient& client, std::string_view token);

/// Parameters of a code exchange. Empty `verifier`: none is sent.
Parameters code_grant(const std::string& code, const std::string& redirect_uri, const std::string& verifier);
Parameters refresh_grant(const std::string& token);

/// What a token endpoint answered (RFC 6749 5.1 and 5.2), read strictly.
struct TokenAnswer {
    int status = 0;            ///< 0: no whole HTTP answer, see `failure`
    std::string failure;       ///< how the exchange itself failed
    std::string content_type;  ///< in lower case, without parameters
    bool no_store = false;     ///< Cache-Control says so
    std::string
        malformed;  ///< why the body is no JSON object as it should be (a duplicate key, too long); empty: it is
    std::map<std::string, std::string> texts;  ///< members that are strings
    std::map<std::string, std::int64_t> numbers;
    std::map<std::string, bool> flags;
    std::vector<std::string> names;  ///< of every member, in order

    [[nodiscard]] const std::string& text(const std::string& name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    /// expires_in, in seconds: a number (RFC 6749 5.1), or a string of digits, as Inland Revenue publishes it (OA).
    [[nodiscard]] std::optional<std::int64_t> lifetime() const;
    /// 200 with an access token; whether all else is right is another question.
    [[nodiscard]] bool granted() const { return status == 200 && !text("access_token").empty(); }
    /// A 4xx answer, or one that names an error, without a token.
    [[nodiscard]] bool refused() const {
        return text("access_token").empty() && ((status >= 400 && status < 500) || (status > 0 && has("error")));
    }
    /// "HTTP 400 invalid_grant", "HTTP 200 with a token", "connection refused"; never a token.
    [[nodiscard]] std::string summary() const;
};

TokenAnswer read_token_answer(const HttpOutcome& outcome);

/// Values in an answer of an authority that must appear in no output: codes in a Location, tokens in a body (even a
/// broken one), cookies.
std::vector<std::string> secrets_of(const HttpOutcome& outcome);

/// Words of a peer for our sentences: short, printable. One that does not fit is left out as a whole, because half a
/// token would not be recognised as the secret that it is.
std::string shown(std::string_view text);
/// Where a URL leads, for our sentences: never its query, which may hold a code; of a long one the server alone.
std::string shown_url(std::string_view url);

}  // namespace gateproof::oauth
