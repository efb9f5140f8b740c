// Certificates of the embedded gateway, minted in memory at start: nothing secret is ever shipped or written.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/faults/fault_set.hpp"

namespace gateproof::gateway {

using CertificatePtr = std::shared_ptr<X509>;
using KeyPtr = std::shared_ptr<EVP_PKEY>;
using CrlPtr = std::shared_ptr<X509_CRL>;

/// A certificate with its key and what is sent along with it.
struct Credential {
    CertificatePtr certificate;
    KeyPtr key;
    std::vector<CertificatePtr> chain;  ///< intermediates, nearest the leaf first; the root is not among them
    std::string ocsp;                   ///< DER of the OCSP response to staple; empty: none

    /// Leaf and intermediates, in the order of the wire.
    [[nodiscard]] std::string certificates_pem() const;
    /// PKCS #8, unencrypted.
    [[nodiscard]] std::string key_pem() const;
};

/// What a certificate is to say. Times are days from now.
struct CertificateSpec {
    std::string common_name;
    std::string key_usage = "critical,digitalSignature";
    std::string extended_key_usage;          ///< OpenSSL words, "serverAuth"; empty: no such extension
    std::string alternative_names;           ///< "DNS:localhost,IP:127.0.0.1"; empty: no such extension
    std::string authority_information = {};  ///< "OCSP;URI:http://ocsp.test/"; empty: no such extension
    int valid_from = -1;
    int valid_to = 90;
    int valid_from_minutes = 0;  ///< added to valid_from
    bool authority = false;
    bool sha1 = false;            ///< signed with SHA-1 instead of SHA-256
    unsigned rsa_bits = 0;        ///< 0: the key is EC
    bool explicit_curve = false;  ///< the EC key spells its curve out instead of naming it
};

/// The authorities and client identities of one gateway. P-256 throughout.
class Pki {
public:
    /// `faults`: some concern what is issued.
    explicit Pki(const FaultSet& faults = FaultSet());

    /// The root that a client of this gateway trusts.
    [[nodiscard]] const Credential& server_root() const { return server_root_; }
    /// The root and the issuing authority of client certificates, and its revocation list.
    [[nodiscard]] const Credential& client_root() const { return client_root_; }
    [[nodiscard]] const Credential& client_authority() const { return client_authority_; }
    [[nodiscard]] const CrlPtr& client_crl() const { return client_crl_; }
    /// Client identities by role: enrolled, second, unenrolled, expired, not_yet_valid, revoked, wrong_eku,
    /// other_environment; of rotations rotated_old and rotated_new, both enrolled, and retired, cut over; tds.
    [[nodiscard]] const std::map<std::string, Credential, std::less<>>& identities() const { return identities_; }
    /// The common names that this gateway has enrolled, the role `enrolled` first.
    [[nodiscard]] const std::vector<std::string>& enrolled_names() const { return enrolled_names_; }
    /// True for exactly these names, byte by byte.
    [[nodiscard]] bool is_enrolled(std::string_view common_name) const;
    /// True for what is enrolled for transaction data: `second` and `tds`, and not `enrolled`.
    [[nodiscard]] bool may_use_tds(std::string_view common_name) const;

    /// PEM behind a profile's "embedded:NAME" reference: "client-ca.crt.pem", "enrolled.crt.pem", "enrolled.key.pem"
    /// and so for every role; empty for an unknown name.
    [[nodiscard]] std::optional<std::string> reference(std::string_view name) const;

    /// A conforming server certificate's content.
    [[nodiscard]] static CertificateSpec server_spec();
    /// A self-signed certificate to sign JWTs with, issued an hour ago.
    [[nodiscard]] static Credential signing_certificate(const std::string& common_name);
    /// Issues a server certificate, with the OCSP response for it.
    [[nodiscard]] Credential issue_server(const CertificateSpec& spec) const;

private:
    void add_enrolled(const FaultSet& faults);
    void add_rotations(const FaultSet& faults);

    Credential server_root_;
    Credential server_authority_;
    Credential client_root_;
    Credential client_authority_;
    CrlPtr client_crl_;
    std::map<std::string, Credential, std::less<>> identities_;
    std::vector<std::string> enrolled_names_;
    std::string tds_name_;
};

}  // namespace gateproof::gateway
