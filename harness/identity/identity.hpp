// A client identity: certificate chain and private key, parsed once and shared by every connection.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

struct X509Deleter {
    void operator()(X509* certificate) const;
};
struct PrivateKeyDeleter {
    void operator()(EVP_PKEY* key) const;
};
using CertificateHandle = std::unique_ptr<X509, X509Deleter>;
using PrivateKeyHandle = std::unique_ptr<EVP_PKEY, PrivateKeyDeleter>;

/// An X.509 certificate, shared and immutable.
class Certificate {
public:
    explicit Certificate(CertificateHandle handle);

    [[nodiscard]] X509* get() const { return handle_.get(); }
    [[nodiscard]] std::string subject() const;             ///< RFC 2253
    [[nodiscard]] std::string issuer() const;              ///< RFC 2253
    [[nodiscard]] std::string common_name() const;         ///< first CN of the subject, UTF-8; empty without one
    [[nodiscard]] std::string sha256_fingerprint() const;  ///< upper-case hex, no colons
    [[nodiscard]] std::string sha1_fingerprint() const;    ///< what proxies hand on, likewise
    [[nodiscard]] std::string der() const;

    /// Every certificate of a PEM text, in order. Empty when there is none or one does not parse.
    static std::vector<Certificate> all_from_pem(std::string_view pem);
    /// A certificate from DER bytes; empty when they do not parse.
    static std::optional<Certificate> from_der(std::string_view der);

private:
    std::shared_ptr<X509> handle_;
};

/// A client identity as a profile gives it. The private key never leaves this object in any other form.
struct Identity {
    std::string role;  ///< "enrolled"
    Certificate leaf;
    std::vector<Certificate> chain;  ///< intermediates, nearest the leaf first
    std::shared_ptr<EVP_PKEY> key;
};
using IdentityPtr = std::shared_ptr<const Identity>;  ///< null: no client certificate

/// The private test CA of a sandbox that the profile lends: it can issue what a gateway must refuse.
struct Issuer {
    Certificate certificate;
    std::vector<Certificate> chain;  ///< above it, without the root
    std::shared_ptr<EVP_PKEY> key;
};

}  // namespace gateproof
