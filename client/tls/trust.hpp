// Whom the client believes: how a server's certificate is verified.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "client/faults/fault_set.hpp"

namespace gateproof::client {

/// Lives as long as every connection that is verified with it.
class Trust {
public:
    explicit Trust(const FaultSet& faults) : faults_(faults) {}

    /// Chain, dates, purpose, strength and staple are verified by every
    /// connection of the context from now on. The roots are PEM text or a file,
    /// or a hashed folder; both empty: what the system trusts. Throws Unusable.
    void verify_with(SSL_CTX* context, const std::string& roots, const std::string& folder);
    /// The name that the certificate must have (RFC 9525 6.3).
    void expect_name(SSL* connection, const std::string& host) const;

private:
    static int verify_chain(X509_STORE_CTX* store, void* trust);
    static int forgive(int good, X509_STORE_CTX* store);
    static int check_staple(SSL* connection, void* trust);
    [[nodiscard]] bool forgives(X509_STORE_CTX* store) const;
    [[nodiscard]] bool forgives_authority(X509* certificate) const;
    [[nodiscard]] bool forgives_signature(X509_STORE_CTX* store) const;
    [[nodiscard]] bool forgives_name(X509* certificate, const std::string& host) const;

    const FaultSet& faults_;
};

}  // namespace gateproof::client
