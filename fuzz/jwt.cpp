// JSON Web Tokens as the harness and as the embedded gateway read them: what is read is canonical, no signature of a
// stranger is good, and where both readers take a token they take it for the same. An input is a token.
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdint>
#include <memory>
#include <string>

#include "fuzz/require.hpp"
#include "gateway/services/jws.hpp"
#include "harness/probe/jwt/jwt.hpp"
#include "harness/text/encoding.hpp"

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

void check_signature(const gateproof::jwt::Token& token) {
    static const Key curve(EVP_EC_gen("P-256"), EVP_PKEY_free);
    static const Key modulus(EVP_RSA_gen(2048), EVP_PKEY_free);
    for (EVP_PKEY* const key : {curve.get(), modulus.get()}) {
        for (const char* const name : {"RS256", "ES256", "ES384", "none", "HS256", ""}) {
            require(!gateproof::gateway::verify_jws(name, key, token.input, token.signature),
                    "the gateway takes a stranger's signature");
            const auto algorithm = gateproof::jwt::algorithm_from(name);
            require(!algorithm || !gateproof::jwt::verify(*algorithm, key, token.input, token.signature),
                    "a stranger's signature is good");
        }
    }
    require(ERR_peek_error() == 0, "an OpenSSL error is left for the next session to trip over");
}

void check_encoding(const std::string& text) {
    using gateproof::base64url;
    using gateproof::from_base64url;
    require(from_base64url(base64url(text)) == text, "bytes do not come back");
    const auto bytes = from_base64url(text);
    require(!bytes || base64url(*bytes) == text, "two spellings of the same bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_encoding(text);
    const auto token = gateproof::jwt::decode(text);
    const auto jws = gateproof::gateway::read_jws(text);
    if (token) {
        require(token->header.is_object() && token->claims.is_object(), "a token that is no two objects");
        require(gateproof::jwt::compact(token->input, token->signature) == text, "a token that reads as another one");
        check_signature(*token);
    }
    if (jws) {
        require(text.starts_with(jws->signed_text), "signed is what the token does not say");
    }
    if (token && jws) {
        require(nlohmann::json(token->header) == jws->header, "two headers");
        require(nlohmann::json(token->claims) == jws->claims, "two sets of claims");
        require(token->signature == jws->signature && token->input == jws->signed_text, "two signatures");
    }
    return 0;
}
