// The certificate that the client shows, with its key.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace gateproof::client {

using CertificatePtr = std::shared_ptr<X509>;
using KeyPtr = std::shared_ptr<EVP_PKEY>;

/// Where it comes from: PEM texts or the names of PEM files, or a PKCS#12 file
/// that holds both.
struct IdentitySource {
    std::string certificate = {};    ///< the leaf first, then its intermediates
    std::string key = {};            ///< may be empty where the certificate's file holds it as well
    std::string pkcs12 = {};         ///< instead of both
    std::string password_file = {};  ///< whose first line opens key or PKCS#12; empty: they are open

    [[nodiscard]] bool empty() const { return certificate.empty() && pkcs12.empty(); }
};

struct Identity {
    CertificatePtr certificate;
    KeyPtr key;
    std::vector<CertificatePtr> chain;  ///< intermediates, in the order of the file
};

/// Throws Unusable, saying what is missing or does not fit.
Identity load_identity(const IdentitySource& source);

/// The certificates of a PEM text, in order.
std::vector<CertificatePtr> certificates_of(const std::string& pem);
/// DER.
std::string der_of(X509* certificate);

}  // namespace gateproof::client
