// Verification of JSON Web Signatures in compact form (RFC 7515) for the algorithms that IA 2.4 lists.
#pragma once

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace gateproof::gateway {

/// The parts of a token, decoded; nothing of it is verified yet.
struct Jws {
    nlohmann::json header;
    nlohmann::json claims;
    std::string_view signed_text;  ///< into the token that was read
    std::string signature;

    /// A string of the header; empty when it is something else or absent.
    [[nodiscard]] std::string header_text(const char* name) const;
};
/// Nothing unless both are JSON objects of bounded size and depth, without a name twice.
std::optional<Jws> read_jws(std::string_view token);

/// RS256, RS384, RS512, ES256, ES384 or ES512 by the kind of key that each names; false for everything else.
bool verify_jws(const std::string& algorithm, EVP_PKEY* key, std::string_view signed_text, std::string_view signature);

}  // namespace gateproof::gateway
