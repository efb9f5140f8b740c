// Access tokens of the embedded gateway: JWTs (RFC 7519) as they are published (MS): type at-JWT, RS512, good from 300
// s before they are issued. Signed by a key that is minted at start.
#pragma once

#include <openssl/evp.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gateproof::gateway {

/// Tells the time; tests bring their own.
using WallClock = std::function<std::chrono::system_clock::time_point()>;

/// What a token says. Times are seconds since 1970.
struct AccessClaims {
    std::string issuer;
    std::string audience;
    std::string subject;  ///< name of the user who logged in
    std::string client_id;
    std::string scope;
    std::string environment;
    std::string id;  ///< jti, by which it is revoked
    std::int64_t not_before = 0;
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;
};

/// How tokens are made; faults make them otherwise.
struct TokenStyle {
    std::string type = "at-JWT";
    std::string algorithm = "RS512";  ///< or RS256
    std::chrono::seconds before{300};
};

/// Why a token is not good.
enum class TokenFault {
    none,
    malformed,  ///< not three base64url parts of JSON with every claim
    algorithm,  ///< not that of the style
    signature,
    expired,
    not_yet_valid,
    issuer,
    audience,
    environment,
    revoked,
};

/// What is demanded of a token; a fault of the gateway forgets one of them.
struct TokenDemands {
    bool signature = true;
    bool algorithm = true;  ///< false: alg "none" passes too, unsigned
    bool expiry = true;
    bool audience = true;
    bool environment = true;  ///< and the issuer, which belongs to the environment
    bool revocation = true;
};

struct TokenReading {
    std::optional<AccessClaims> claims;  ///< only of a good token
    TokenFault fault = TokenFault::malformed;
};

class AccessTokens {
public:
    static constexpr std::chrono::hours lifetime{8};
    static constexpr const char* embedded_environment = "embedded";

    explicit AccessTokens(WallClock clock = std::chrono::system_clock::now, TokenStyle style = {});
    /// Signed by this key of RSA, so that many gateways in one process need not each make one.
    explicit AccessTokens(std::shared_ptr<EVP_PKEY> key);
    /// A key as the first constructor makes it. Throws std::runtime_error.
    [[nodiscard]] static std::shared_ptr<EVP_PKEY> new_key();

    /// What a good token of this user and client says from now on; a new id each time.
    [[nodiscard]] AccessClaims claims_for(std::string user, std::string client_id, std::string scope) const;
    /// Signs whatever the claims say.
    [[nodiscard]] std::string sign(const AccessClaims& claims) const;

    [[nodiscard]] TokenReading read(std::string_view token, const TokenDemands& demands = {}) const;

    /// `at`: the moment from which it counts.
    void revoke(const std::string& id, std::chrono::system_clock::time_point at) { revoked_.try_emplace(id, at); }
    void revoke(const std::string& id) { revoke(id, clock_()); }
    [[nodiscard]] std::chrono::system_clock::time_point now() const { return clock_(); }

private:
    [[nodiscard]] bool verify(std::string_view signed_text, std::string_view signature) const;
    [[nodiscard]] const EVP_MD* digest() const;

    WallClock clock_;
    TokenStyle style_;
    std::shared_ptr<EVP_PKEY> key_;
    std::unordered_map<std::string, std::chrono::system_clock::time_point> revoked_;  ///< by jti: since when
};

}  // namespace gateproof::gateway
