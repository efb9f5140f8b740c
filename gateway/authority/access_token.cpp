#include "gateway/authority/access_token.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <nlohmann/json.hpp>

#include <array>
#include <stdexcept>

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

using nlohmann::json;

constexpr const char* issuer = "urn:gateproof:embedded:authority";
constexpr const char* audience = "urn:gateproof:embedded:gateway";
constexpr std::size_t longest_token = std::size_t{8} * 1024;
constexpr unsigned key_bits = 2048;

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::int64_t seconds(std::chrono::system_clock::time_point moment) {
    return std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count();
}

json object_of(std::string_view part) {
    const std::optional<std::string> text = from_base64url(part);
    json value = text ? json::parse(*text, nullptr, false) : json();
    return value.is_object() ? value : json();
}

std::optional<AccessClaims> claims_of(const json& payload) {
    AccessClaims claims;
    const std::array<std::pair<const char*, std::string*>, 7> texts{{{"iss", &claims.issuer},
                                                                     {"aud", &claims.audience},
                                                                     {"sub", &claims.subject},
                                                                     {"client_id", &claims.client_id},
                                                                     {"scope", &claims.scope},
                                                                     {"env", &claims.environment},
                                                                     {"jti", &claims.id}}};
    for (const auto& [name, text] : texts) {
        const auto found = payload.find(name);
        if (found == payload.end() || !found->is_string()) {
            return std::nullopt;
        }
        *text = found->get<std::string>();
    }
    for (const auto& [name, number] : {std::pair{"nbf", &claims.not_before}, std::pair{"iat", &claims.issued_at},
                                       std::pair{"exp", &claims.expires_at}}) {
        const auto found = payload.find(name);
        if (found == payload.end() || !found->is_number_integer()) {
            return std::nullopt;
        }
        *number = found->get<std::int64_t>();
    }
    return claims;
}

}  // namespace

AccessTokens::AccessTokens(WallClock clock, TokenStyle style)
    : clock_(std::move(clock)), style_(std::move(style)), key_(new_key()) {}

AccessTokens::AccessTokens(std::shared_ptr<EVP_PKEY> key)
    : clock_(std::chrono::system_clock::now), key_(std::move(key)) {}

std::shared_ptr<EVP_PKEY> AccessTokens::new_key() {
    std::shared_ptr<EVP_PKEY> key(EVP_RSA_gen(key_bits), EVP_PKEY_free);
    if (!key) {
        throw std::runtime_error("no key for access tokens");
    }
    return key;
}

AccessClaims AccessTokens::claims_for(std::string user, std::string client_id, std::string scope) const {
    AccessClaims claims;
    claims.issuer = issuer;
    claims.audience = audience;
    claims.subject = std::move(user);
    claims.client_id = std::move(client_id);
    claims.scope = std::move(scope);
    claims.environment = embedded_environment;
    claims.id = random_token(16);
    claims.issued_at = seconds(now());
    claims.not_before = claims.issued_at - style_.before.count();
    claims.expires_at = claims.issued_at + std::chrono::seconds(lifetime).count();
    return claims;
}

std::string AccessTokens::sign(const AccessClaims& claims) const {
    const json header{{"alg", style_.algorithm}, {"typ", style_.type}};
    const json payload{{"iss", claims.issuer},    {"aud", claims.audience},
                       {"sub", claims.subject},   {"client_id", claims.client_id},
                       {"scope", claims.scope},   {"env", claims.environment},
                       {"jti", claims.id},        {"nbf", claims.not_before},
                       {"iat", claims.issued_at}, {"exp", claims.expires_at}};
    std::string token = base64url(header.dump()) + '.' + base64url(payload.dump());
    const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(token.data());
    std::size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, digest(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, token.size()) != 1) {
        throw std::runtime_error("an access token cannot be signed");
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, token.size()) !=
        1) {
        throw std::runtime_error("an access token cannot be signed");
    }
    signature.resize(size);
    return token + '.' + base64url(signature);
}

bool AccessTokens::verify(std::string_view signed_text, std::string_view signature) const {
    const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const bool good =
        context && EVP_DigestVerifyInit(context.get(), nullptr, digest(), nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                         reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size()) == 1;
    ERR_clear_error();
    return good;
}

const EVP_MD* AccessTokens::digest() const {
    return style_.algorithm == "RS256" ? EVP_sha256() : EVP_sha512();
}

TokenReading AccessTokens::read(std::string_view token, const TokenDemands& demands) const {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (token.size() > longest_token || second == std::string_view::npos) {
        return {};
    }
    const json header = object_of(token.substr(0, first));
    std::optional<AccessClaims> claims = claims_of(object_of(token.substr(first + 1, second - first - 1)));
    const std::optional<std::string> signature = from_base64url(token.substr(second + 1));
    const auto algorithm = header.find("alg");
    if (!claims || !signature || algorithm == header.end() || !algorithm->is_string()) {
        return {};
    }
    const auto refused = [](TokenFault fault) { return TokenReading{std::nullopt, fault}; };
    const bool unsigned_passes = *algorithm == "none" && !demands.algorithm;
    if (*algorithm != style_.algorithm && !unsigned_passes) {
        return refused(TokenFault::algorithm);
    }
    if (demands.signature && !unsigned_passes && !verify(token.substr(0, second), *signature)) {
        return refused(TokenFault::signature);
    }
    const std::int64_t now = seconds(clock_());
    if (demands.expiry && claims->expires_at <= now) {
        return refused(TokenFault::expired);
    }
    if (demands.expiry && claims->not_before > now) {
        return refused(TokenFault::not_yet_valid);
    }
    if (demands.environment && claims->environment != embedded_environment) {
        return refused(TokenFault::environment);
    }
    if (demands.environment && claims->issuer != issuer) {
        return refused(TokenFault::issuer);
    }
    if (demands.audience && claims->audience != audience) {
        return refused(TokenFault::audience);
    }
    const auto revoked = revoked_.find(claims->id);
    if (demands.revocation && revoked != revoked_.end() && revoked->second <= clock_()) {
        return refused(TokenFault::revoked);
    }
    return {std::move(claims), TokenFault::none};
}

}  // namespace gateproof::gateway
