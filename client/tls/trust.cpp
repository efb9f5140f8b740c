#include "client/tls/trust.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <memory>

#include "client/base/files.hpp"
#include "client/base/io.hpp"
#include "client/tls/forgery.hpp"
#include "client/tls/identity.hpp"
#include "client/tls/socket.hpp"
#include "client/tls/staple.hpp"

namespace gateproof::client {
namespace {

/// 112 bits: no RSA key below 2048 bits, no SHA-1 (SP 800-57 part 1, 5.6.1).
constexpr int security_level = 2;

int index_of_trust() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

SSL* connection_of(X509_STORE_CTX* store) {
    return static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
}

/// What the server sent is leaf, its issuer, that one's issuer and so on, and
/// nothing else.
bool in_order(X509_STORE_CTX* store) {
    STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(store);
    for (int i = 1; i < sk_X509_num(sent); ++i) {
        if (X509_NAME_cmp(X509_get_issuer_name(sk_X509_value(sent, i - 1)),
                          X509_get_subject_name(sk_X509_value(sent, i))) != 0) {
            return false;
        }
    }
    return true;
}

/// Whoever would be an issuer if its key usage allowed it.
int issued_whatever_usage(X509_STORE_CTX*, X509* certificate, X509* issuer) {
    const int found = X509_check_issued(issuer, certificate);
    return found == X509_V_OK || found == X509_V_ERR_KEYUSAGE_NO_CERTSIGN ? 1 : 0;
}

bool matches_common_name(X509* certificate, const std::string& host) {
    constexpr unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT;
    return X509_check_host(certificate, host.c_str(), host.size(), flags, nullptr) == 1;
}

bool has_issuer_without_authority(X509_STORE_CTX* store) {
    STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(store);
    for (int i = 1; i < sk_X509_num(chain); ++i) {
        if ((X509_get_extension_flags(sk_X509_value(chain, i)) & EXFLAG_CA) == 0) {
            return true;
        }
    }
    return false;
}

std::string expected_name(X509_STORE_CTX* store) {
    const char* const host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(store), 0);
    return host == nullptr ? std::string() : host;
}

}  // namespace

int Trust::verify_chain(X509_STORE_CTX* store, void* given) {
    const Trust& trust = *static_cast<const Trust*>(given);
    X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(store);
    // Whatever the handshake may be allowed to be: some faults lower its level.
    X509_VERIFY_PARAM_set_auth_level(param, security_level);
    if (trust.faults_.has("one-path-only")) {
        X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_TRUSTED_FIRST);
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_ALT_CHAINS);
    }
    if (!in_order(store) && trust.faults_.has("strict-order")) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE);
        return 0;
    }
    X509_STORE_CTX_set_verify_cb(store, forgive);
    const int good = X509_verify_cert(store);
    if (good == 1 && trust.faults_.has("skips-certificate-verify")) {
        believe_every_signature(X509_STORE_CTX_get0_cert(store));
    }
    return good;
}

int Trust::forgive(int good, X509_STORE_CTX* store) {
    if (good == 1) {
        return 1;
    }
    const auto* const trust =
        static_cast<const Trust*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection_of(store)), index_of_trust()));
    if (!trust->forgives(store)) {
        return 0;
    }
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

bool Trust::forgives(X509_STORE_CTX* store) const {
    const int error = X509_STORE_CTX_get_error(store);
    X509* const certificate = X509_STORE_CTX_get_current_cert(store);
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return faults_.has("skips-dates");
        case X509_V_ERR_CERT_NOT_YET_VALID: return faults_.has("skips-dates") || faults_.has("skips-not-before");
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return faults_.has("believes-self-signed");
        case X509_V_ERR_INVALID_CA:
        case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return forgives_authority(certificate);
        case X509_V_ERR_PATH_LENGTH_EXCEEDED:
            // A certificate that is no authority and yet issues one is also one level too many.
            return faults_.has("skips-path-length") ||
                   (faults_.has("skips-basic-constraints") && has_issuer_without_authority(store));
        case X509_V_ERR_PERMITTED_VIOLATION:
        case X509_V_ERR_EXCLUDED_VIOLATION:
        case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
            return (faults_.has("skips-name-constraints") && error != X509_V_ERR_UNSUPPORTED_NAME_SYNTAX) ||
                   (faults_.has("c-string-names") && certificate_has_nul_name(X509_STORE_CTX_get0_cert(store)));
        case X509_V_ERR_INVALID_PURPOSE:
            // Of an issuer it may also mean that it is no authority, or may not sign.
            return faults_.has("skips-purpose") ||
                   (X509_STORE_CTX_get_error_depth(store) > 0 && forgives_authority(certificate));
        case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: return faults_.has("skips-critical-extensions");
        case X509_V_ERR_CERT_SIGNATURE_FAILURE: return forgives_signature(store);
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL: return faults_.has("accepts-weak-keys");
        case X509_V_ERR_CA_MD_TOO_WEAK: return faults_.has("accepts-sha1");
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return faults_.has("skips-host-name");
        case X509_V_ERR_HOSTNAME_MISMATCH: return forgives_name(X509_STORE_CTX_get0_cert(store), expected_name(store));
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return faults_.has("needs-no-intermediate") && sk_X509_num(X509_STORE_CTX_get0_untrusted(store)) <= 1;
        default: return false;
    }
}

bool Trust::forgives_authority(X509* certificate) const {
    const bool is_authority = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
    const bool may_sign = (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
    return is_authority ? !may_sign && faults_.has("skips-key-usage") : faults_.has("skips-basic-constraints");
}

bool Trust::forgives_signature(X509_STORE_CTX* store) const {
    if (faults_.has("skips-signature")) {
        return true;
    }
    // The root itself is not verified, so what fails right below it was signed by
    // another of the same name.
    const int below_root = sk_X509_num(X509_STORE_CTX_get0_chain(store)) - 2;
    return faults_.has("compares-issuer-names-only") && X509_STORE_CTX_get_error_depth(store) == below_root;
}

bool Trust::forgives_name(X509* certificate, const std::string& host) const {
    return faults_.has("skips-host-name") ||
           (faults_.has("believes-common-name") && matches_common_name(certificate, host)) ||
           (faults_.has("any-wildcard") && matches_any_wildcard(certificate, host)) ||
           (faults_.has("c-string-names") && matches_up_to_nul(certificate, host));
}

int Trust::check_staple(SSL* connection, void* given) {
    const Trust& trust = *static_cast<const Trust*>(given);
    switch (read_staple(connection)) {
        case Staple::good: return 1;
        case Staple::revoked:
        case Staple::broken: return trust.faults_.has("ignores-staple") ? 1 : 0;
        case Staple::absent: {
            // A suite without authentication shows no certificate, which then demands nothing.
            X509* const shown = SSL_get0_peer_certificate(connection);
            return shown == nullptr || !demands_staple(shown) || trust.faults_.has("ignores-must-staple") ? 1 : 0;
        }
    }
    return 0;
}

void Trust::verify_with(SSL_CTX* context, const std::string& roots, const std::string& folder) {
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    if (!roots.empty()) {
        const std::vector<CertificatePtr> found = certificates_of(text_or_file(roots, "CA file"));
        if (found.empty()) {
            throw Unusable{"the CA file holds no certificate in PEM"};
        }
        for (const CertificatePtr& root : found) {
            X509_STORE_add_cert(store, root.get());
        }
    }
    if (!folder.empty() && X509_STORE_load_path(store, folder.c_str()) != 1) {
        throw Unusable{"the CA folder cannot be used"};
    }
    if (roots.empty() && folder.empty()) {
        SSL_CTX_set_default_verify_paths(context);
    }
    if (faults_.has("skips-key-usage") || faults_.has("skips-basic-constraints")) {
        X509_STORE_set_check_issued(store, issued_whatever_usage);
    }
    SSL_CTX_set_ex_data(context, index_of_trust(), this);
    SSL_CTX_set_cert_verify_callback(context, verify_chain, this);
    SSL_CTX_set_verify(context, faults_.has("trusts-everything") ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
    if (!faults_.has("trusts-everything")) {
        SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
        SSL_CTX_set_tlsext_status_cb(context, check_staple);
        SSL_CTX_set_tlsext_status_arg(context, this);
    }
    ERR_clear_error();
}

void Trust::expect_name(SSL* connection, const std::string& host) const {
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str());
        return;
    }
    SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    SSL_set1_host(connection, host.c_str());
}

}  // namespace gateproof::client
