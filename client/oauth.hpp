// OAuth 2.0 as a client sees it: the code flow with PKCE, refreshing, revoking
// (RFC 6749, 7636, 7009).
#pragma once

#include <string>

#include "client/faults/fault_set.hpp"
#include "client/http/http.hpp"
#include "client/retry.hpp"
#include "client/tokens.hpp"

namespace gateproof::client {

struct OAuthSettings {
    std::string client_id;
    std::string client_secret;  ///< empty: a public client
    std::string scope = "MYIR.Services";
    std::string redirect_uri;  ///< as registered; empty: http://127.0.0.1:PORT/callback
};

/// What one login is bound to.
struct LoginRequest {
    std::string url;  ///< for the browser
    std::string state;
    std::string verifier;
    std::string redirect_uri;
};

/// `port` is the redirect listener's.
LoginRequest begin_login(const Url& authority, const OAuthSettings& settings, std::uint16_t port,
                         const FaultSet& faults);

struct Granted {
    Tokens tokens;
    std::string problem;        ///< empty: they are good
    bool login_needed = false;  ///< the authority does not take the grant any more
};

/// The token endpoint. `base` of the requests is the authority's.
class TokenEndpoint {
public:
    TokenEndpoint(Http& http, const OAuthSettings& settings, const RetryPolicy& retries, const FaultSet& faults,
                  const Stop& stop)
        : http_(http), settings_(settings), retries_(retries), faults_(faults), stop_(stop) {}

    Granted exchange_code(const std::string& code, const LoginRequest& login);
    Granted refresh(const std::string& refresh_token);
    /// Empty: the token is worth nothing any more.
    std::string revoke(const std::string& token);

private:
    /// `again`: the authority has not done it when it puts it off, so it may be
    /// asked later.
    Exchange post(const std::string& path, const std::string& form);
    Granted read(const Exchange& exchange);
    /// The tokens that the form is good for.
    Granted ask(const std::string& form);

    Http& http_;
    const OAuthSettings& settings_;
    const RetryPolicy& retries_;
    const FaultSet& faults_;
    const Stop& stop_;
};

}  // namespace gateproof::client
