// Keys and certificates that stay in a PKCS#11 token (a smart card, an HSM), named by URI (RFC 7512).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/identity/identity.hpp"

namespace gateproof {

bool is_pkcs11_uri(std::string_view text);

/// What is wrong with the spelling; empty: nothing. A pin-value is a secret given inline, and is not repeated.
std::string pkcs11_uri_fault(std::string_view uri);

struct TokenKey {
    PrivateKeyHandle key;  ///< signs inside the token
    std::string fault;     ///< what to do, when there is no key
};
/// `pin` opens the token; a PIN is tried once, because tokens lock themselves. Never asks at the terminal.
TokenKey key_from_token(const std::string& uri, const std::optional<std::string>& pin);

struct TokenCertificate {
    std::optional<Certificate> certificate;
    std::string fault;
};
TokenCertificate certificate_from_token(const std::string& uri, const std::optional<std::string>& pin);

}  // namespace gateproof
