// Turns PEM and PKCS#12 into an Identity, and says which part is wrong when it cannot.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof {

struct IdentityLoad {
    /// The part of the profile that the fault is about.
    enum class Part { certificate, key, chain, passphrase, pkcs12 };

    std::shared_ptr<const Identity> identity;  ///< null when there is a fault
    Part part = Part::certificate;
    std::string fault;  ///< what was found and what to do
};

struct PemIdentity {
    std::string role;
    std::string certificate;                ///< leaf first, intermediates may follow; or a PKCS#11 URI
    std::string key;                        ///< PKCS#8 or traditional, possibly encrypted; or a PKCS#11 URI
    std::string chain;                      ///< further intermediates; may be empty
    std::optional<std::string> passphrase;  ///< of an encrypted key; PIN of a token
};

IdentityLoad identity_from_pem(const PemIdentity& pem);
IdentityLoad identity_from_pkcs12(const std::string& role, std::string_view pkcs12,
                                  const std::optional<std::string>& passphrase);

/// Certificates of a PEM text, or what is wrong with it ("holds a private key but no certificate" ...).
struct CertificatesLoad {
    std::vector<Certificate> certificates;
    std::string fault;
};
CertificatesLoad certificates_from_pem(std::string_view pem);

/// Every "-----BEGIN ... PRIVATE KEY-----" block of a text, for redaction.
std::vector<std::string> private_key_blocks(std::string_view pem);

}  // namespace gateproof
