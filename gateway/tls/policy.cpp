#include "gateway/tls/policy.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "gateway/tls/server.hpp"

namespace gateproof::gateway {
namespace {

using StackPtr = std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)>;

bool is_authority(X509* certificate) {
    return X509_check_ca(certificate) != 0;
}

bool is_issued_by_name(const X509* leaf, const X509* issuer) {
    return X509_NAME_cmp(X509_get_issuer_name(leaf), X509_get_subject_name(issuer)) == 0;
}

bool is_signed_by(X509* leaf, X509* issuer) {
    const bool good = X509_verify(leaf, X509_get0_pubkey(issuer)) == 1;
    ERR_clear_error();
    return good;
}

bool is_in_time(const X509* certificate) {
    return X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
           X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

/// By length, not up to a NUL: "name\0other" is not "name".
std::string utf8(const ASN1_STRING* text) {
    unsigned char* bytes = nullptr;
    const int size = ASN1_STRING_to_UTF8(&bytes, text);
    if (size < 0) {
        ERR_clear_error();
        return {};
    }
    std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
}

std::vector<std::string> common_names(const X509* certificate) {
    std::vector<std::string> names;
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    int at = -1;
    while ((at = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(subject), NID_commonName, at)) >= 0) {
        names.push_back(utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
    }
    return names;
}

std::vector<std::string> alternative_dns_names(X509* certificate) {
    std::vector<std::string> names;
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> found(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    for (int i = 0; found && i < sk_GENERAL_NAME_num(found.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(found.get(), i);
        if (name->type == GEN_DNS) {
            names.push_back(utf8(name->d.dNSName));
        }
    }
    return names;
}

/// The whole subject on one line, where a slash in a value looks like the next attribute.
std::string subject_line(const X509* certificate) {
    const std::unique_ptr<char, void (*)(char*)> line(X509_NAME_oneline(X509_get_subject_name(certificate), nullptr, 0),
                                                      [](char* text) { OPENSSL_free(text); });
    return line ? std::string(line.get()) : std::string();
}

/// Any attribute of the subject, whatever its type.
bool has_attribute(const X509* certificate, const std::string& value) {
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    for (int at = 0; at < X509_NAME_entry_count(subject); ++at) {
        if (utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))) == value) {
            return true;
        }
    }
    return false;
}

bool may_sign_handshakes(X509* certificate) {
    return (X509_get_key_usage(certificate) & X509v3_KU_DIGITAL_SIGNATURE) != 0;
}

template <class Condition>
bool any_of(STACK_OF(X509) * certificates, Condition condition) {
    for (int i = 0; i < sk_X509_num(certificates); ++i) {
        if (condition(sk_X509_value(certificates, i))) {
            return true;
        }
    }
    return false;
}

/// "0123...ef.irdgws.dsp.example": the shape that names of this environment have.
bool has_shape_of(std::string_view name, std::string_view model) {
    const std::size_t dot = model.find('.');
    return name.size() == model.size() && name.substr(dot) == model.substr(dot) &&
           name.substr(0, dot).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

ClientPolicy::ClientPolicy(const Pki& pki, const FaultSet& faults)
    : pki_(pki), faults_(faults), store_(X509_STORE_new(), X509_STORE_free) {
    if (!store_ || X509_STORE_add_cert(store_.get(), pki.client_root().certificate.get()) != 1 ||
        X509_STORE_add_crl(store_.get(), pki.client_crl().get()) != 1 ||
        X509_STORE_set_flags(store_.get(), X509_V_FLAG_CRL_CHECK) != 1) {
        throw std::runtime_error("TLS set-up: client trust");
    }
}

int ClientPolicy::verify(X509* leaf, STACK_OF(X509) * sent) const {
    return !faults_.empty() && waved_through(leaf, sent) ? X509_V_OK : verify_chain(leaf, sent);
}

int ClientPolicy::verify_again(X509* leaf) const {
    const StackPtr authorities(sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
    if (!authorities || sk_X509_push(authorities.get(), pki_.client_authority().certificate.get()) <= 0) {
        return X509_V_ERR_OUT_OF_MEM;
    }
    return verify(leaf, authorities.get());
}

int ClientPolicy::verify_chain(X509* leaf, STACK_OF(X509) * sent) const {
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                                  X509_STORE_CTX_free);
    if (!context || X509_STORE_CTX_init(context.get(), store_.get(), leaf, sent) != 1 ||
        X509_STORE_CTX_set_default(context.get(), "ssl_client") != 1 ||
        X509_STORE_CTX_set_app_data(context.get(), const_cast<ClientPolicy*>(this)) != 1) {
        return X509_V_ERR_OUT_OF_MEM;
    }
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context.get()), 2);
    X509_STORE_CTX_set_verify_cb(context.get(), &ClientPolicy::on_problem);
    if (X509_verify_cert(context.get()) != 1) {
        ERR_clear_error();
        const int reason = X509_STORE_CTX_get_error(context.get());
        return reason != X509_V_OK ? reason : X509_V_ERR_UNSPECIFIED;
    }
    // OpenSSL would take a CA certificate that may also sign handshakes for a client.
    if (is_authority(leaf)) {
        const bool taken =
            faults_.has("accepts-ca-as-leaf") || (faults_.has("accepts-ca-that-signs") && may_sign_handshakes(leaf));
        return taken ? X509_V_OK : X509_V_ERR_INVALID_CA;
    }
    return is_ours(X509_STORE_CTX_get0_chain(context.get())) ? X509_V_OK : X509_V_ERR_CERT_UNTRUSTED;
}

/// Enrolment is with this issuing authority, not with whatever its root may vouch for one day.
bool ClientPolicy::is_ours(STACK_OF(X509) * chain) const {
    return sk_X509_num(chain) > 1 && X509_cmp(sk_X509_value(chain, 1), pki_.client_authority().certificate.get()) == 0;
}

int ClientPolicy::on_problem(int good, X509_STORE_CTX* context) {
    const auto* const self = static_cast<const ClientPolicy*>(X509_STORE_CTX_get_app_data(context));
    return good == 1 || (!self->faults_.empty() && self->overlooks(context)) ? 1 : 0;
}

/// Faults that forgive one thing about the leaf, and nothing about what is above it.
bool ClientPolicy::overlooks(X509_STORE_CTX* context) const {
    if (X509_STORE_CTX_get_error_depth(context) != 0) {
        return false;
    }
    X509* const leaf = X509_STORE_CTX_get0_cert(context);
    const bool authority = faults_.has("accepts-ca-as-leaf") && is_authority(leaf);
    switch (X509_STORE_CTX_get_error(context)) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return faults_.has("no-expiry-check");
        case X509_V_ERR_CERT_NOT_YET_VALID: return faults_.has("no-not-before-check");
        case X509_V_ERR_CERT_REVOKED: return faults_.has("no-revocation-check");
        case X509_V_ERR_INVALID_PURPOSE: return faults_.has("no-client-eku-check") || authority;
        case X509_V_ERR_UNABLE_TO_GET_CRL: return authority;
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return faults_.has("no-signature-check") && is_ours(X509_STORE_CTX_get0_chain(context));
        default: return false;
    }
}

/// Faults under which a certificate is taken that no chain building would accept.
bool ClientPolicy::waved_through(X509* leaf, STACK_OF(X509) * sent) const {
    if (!is_in_time(leaf)) {
        return false;
    }
    if (faults_.has("accepts-self-signed") && is_issued_by_name(leaf, leaf) && is_signed_by(leaf, leaf)) {
        return true;
    }
    const X509* const ours = pki_.client_authority().certificate.get();
    if (faults_.has("trusts-any-ca") && is_issued_by_name(leaf, ours)) {
        // Any CA certificate of the right name will do, the client's own too.
        return any_of(sent, [leaf, ours](X509* issuer) {
            return X509_cmp(issuer, ours) != 0 && is_authority(issuer) && is_issued_by_name(leaf, issuer) &&
                   is_signed_by(leaf, issuer);
        });
    }
    return faults_.has("accepts-leaf-issued") && any_of(sent, [this, leaf, sent](X509* issuer) {
               return !is_authority(issuer) && is_issued_by_name(leaf, issuer) && is_signed_by(leaf, issuer) &&
                      verify_chain(issuer, sent) == X509_V_OK;
           });
}

std::string ClientPolicy::enrolled_name(X509* leaf) const {
    const std::vector<std::string> names = common_names(leaf);
    if (names.size() == 1 && pki_.is_enrolled(names.front())) {
        return names.front();
    }
    if (faults_.empty()) {
        return {};
    }
    for (const std::string& enrolled : pki_.enrolled_names()) {
        if (stands_for(leaf, enrolled)) {
            return enrolled;
        }
    }
    if (names.size() != 1) {
        return {};
    }
    const bool stranger = has_shape_of(names.front(), pki_.enrolled_names().front());
    const auto elsewhere = pki_.identities().find("other_environment");
    if ((faults_.has("accepts-unenrolled-cn") && stranger) ||
        (faults_.has("accepts-other-environment") && common_names(elsewhere->second.certificate.get()) == names) ||
        (faults_.has("accepts-ca-as-leaf") && is_authority(leaf))) {
        return names.front();
    }
    return {};
}

/// Faults that read the wrong name, or read it carelessly.
bool ClientPolicy::stands_for(X509* leaf, const std::string& enrolled) const {
    const std::vector<std::string> names = common_names(leaf);
    const std::string only = names.size() == 1 ? names.front() : std::string();
    if (faults_.has("identity-by-prefix") && only.compare(0, enrolled.size(), enrolled) == 0 &&
        only.find('\0') == std::string::npos) {
        return true;
    }
    if (faults_.has("cn-stops-at-nul") && only.substr(0, only.find('\0')) == enrolled) {
        return true;
    }
    if (faults_.has("identity-ignores-case") && lower_case(only) == lower_case(enrolled)) {
        return true;
    }
    if (faults_.has("identity-by-any-cn") && std::find(names.begin(), names.end(), enrolled) != names.end()) {
        return true;
    }
    if (resembles(only, enrolled)) {
        return true;
    }
    if (faults_.has("identity-by-one-line") &&
        (subject_line(leaf) + '/').find("/CN=" + enrolled + '/') != std::string::npos) {
        return true;
    }
    if (faults_.has("identity-by-any-attribute") && has_attribute(leaf, enrolled)) {
        return true;
    }
    const std::vector<std::string> alternative = alternative_dns_names(leaf);
    return faults_.has("identity-by-san") &&
           std::find(alternative.begin(), alternative.end(), enrolled) != alternative.end();
}

/// Faults that compare with less than every byte.
bool ClientPolicy::resembles(const std::string& only, const std::string& enrolled) const {
    const std::size_t last = only.find_last_not_of(' ');
    return (faults_.has("identity-trims-blanks") && only.substr(0, last + 1) == enrolled) ||
           (faults_.has("identity-ignores-trailing-dot") && only == enrolled + '.') ||
           (faults_.has("identity-before-at-sign") && only.substr(0, only.find('@')) == enrolled) ||
           (faults_.has("identity-takes-wildcards") && only.starts_with("*.") &&
            enrolled.ends_with(std::string_view(only).substr(1)));
}

}  // namespace gateproof::gateway
