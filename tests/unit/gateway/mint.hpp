// Client certificates that tests make for themselves, genuine and forged.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/gateway.hpp"

namespace gateproof::gateway::test {

/// A certificate, what is sent with it, and the key that signs for it.
struct Minted {
    std::shared_ptr<X509> leaf;
    std::shared_ptr<EVP_PKEY> key;
    std::vector<std::shared_ptr<X509>> chain;
};

struct MintSpec {
    std::vector<std::string> common_names;
    std::string alternative_name{};  ///< a DNS name; empty: none
    std::string extended_key_usage = "clientAuth";
    std::string key_usage = "critical,digitalSignature";
    int valid_from = -1;
    int valid_to = 30;
    bool authority = false;
};

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
/// What the gateway's embedded reference of this name holds.
BioPtr text_bio(const Gateway& gateway, const std::string& name);

/// The gateway's own identity of this role: "enrolled", "client-ca" ...
Minted identity_of(const Gateway& gateway, const std::string& role);
/// Issued by `issuer`, whose certificate and chain are sent along; null: self-signed.
Minted mint(const MintSpec& spec, const Minted* issuer);
/// The same certificate and public key with another private key.
Minted stolen(const Minted& genuine);
/// One bit of the signature changed.
Minted tampered(const Minted& genuine);
std::string common_name(const Minted& minted);

}  // namespace gateproof::gateway::test
