// JSON Web Tokens in compact form (RFC 7515, 7518, 7519), signed and verified by OpenSSL.
#pragma once

#include <openssl/types.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace gateproof::jwt {

/// RFC 7518 3.1: RSASSA-PKCS1-v1_5 and ECDSA, what IA 2.4 lets a machine sign with.
enum class Algorithm { rs256, rs384, rs512, es256, es384, es512 };

std::string_view to_string(Algorithm algorithm);  ///< "RS256"
std::optional<Algorithm> algorithm_from(std::string_view name);
/// Whether the key can make the signature: RSA of at least 2048 bits (RFC 7518 3.3), or the algorithm's own curve.
bool fits(Algorithm algorithm, EVP_PKEY* key);
/// RS256, or the one algorithm of the key's curve; nothing for other kinds of keys.
std::optional<Algorithm> algorithm_for(EVP_PKEY* key);

/// Header and claims keep the order in which they were written.
using Json = nlohmann::ordered_json;

/// `BASE64URL(header).BASE64URL(claims)`, what is signed (RFC 7515 5.1).
std::string signing_input(const Json& header, const Json& claims);

/// The signature as it stands in a JWS: for ECDSA r and s of fixed width behind one another (RFC 7518 3.4). Nothing
/// when the key does not fit or refuses to sign (a token without its PIN).
std::optional<std::string> sign(Algorithm algorithm, EVP_PKEY* key, std::string_view input);
bool verify(Algorithm algorithm, EVP_PKEY* key, std::string_view input, std::string_view signature);
/// HMAC with SHA-256, for tokens that pretend that a public key is a shared secret.
std::string hmac_sha256(std::string_view secret, std::string_view input);

std::string compact(std::string_view input, std::string_view signature);
/// A signed token; nothing as with sign(). `header` is used as it is, also where its "alg" says something else.
std::optional<std::string> make(Algorithm algorithm, EVP_PKEY* key, const Json& header, const Json& claims);

/// What a token says, not whether it is true.
struct Token {
    Json header;
    Json claims;
    std::string input;      ///< the bytes that were signed
    std::string signature;  ///< decoded
};
inline constexpr std::size_t max_token_bytes = std::size_t{64} * 1024;
/// Nothing unless it is three base64url parts, the first two JSON objects of bounded size and depth.
std::optional<Token> decode(std::string_view text);

}  // namespace gateproof::jwt
