#include "harness/probe/tls/trust.hpp"

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>

#include <memory>
#include <new>
#include <span>

#include "harness/identity/openssl_handles.hpp"
#include "harness/probe/socket/literal.hpp"

namespace gateproof {
namespace {

constexpr std::size_t max_names_text = 512;

/// An intermediate beside its root in the profile's CA file must not hide that the server forgot to send it.
std::vector<Certificate> roots_of(const std::vector<Certificate>& anchors) {
    std::vector<Certificate> roots;
    std::copy_if(anchors.begin(), anchors.end(), std::back_inserter(roots), &is_self_signed);
    return roots;
}

/// The leaf's period is another check's matter; what is above it is part of the path.
int forgive_leaf_period(int ok, X509_STORE_CTX* context) {
    const int error = X509_STORE_CTX_get_error(context);
    const bool period = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID ||
                        error == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD ||
                        error == X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD;
    if (ok == 0 && period && X509_STORE_CTX_get_error_depth(context) == 0) {
        X509_STORE_CTX_set_error(context, X509_V_OK);
        return 1;
    }
    return ok;
}

std::optional<SystemTime> system_time_of(const ASN1_TIME* time) {
    std::tm broken{};
    if (ASN1_TIME_to_tm(time, &broken) != 1) {
        return std::nullopt;
    }
    // RFC 5280 4.1.2.5: 99991231235959Z stands for "no end", which the clock cannot count to in nanoseconds. What it is
    // cut to, the last second of 2199, is the last moment that a journal tells.
    constexpr std::time_t latest = 7'258'118'399;
    return std::chrono::system_clock::from_time_t(std::clamp<std::time_t>(timegm(&broken), 0, latest));
}

}  // namespace

X509_STORE* machine_store() {
    static const StoreHandle loaded = [] {
        StoreHandle store(X509_STORE_new());
        if (!store) {
            throw std::bad_alloc();
        }
        X509_STORE_set_default_paths(store.get());
        ERR_clear_error();
        return store;
    }();
    return loaded.get();
}

ChainVerdict verify_chain(const std::vector<Certificate>& chain, const Trust& trust, SystemTime now) {
    ChainVerdict verdict;
    if (chain.empty()) {
        verdict.error = X509_V_ERR_UNSPECIFIED;
        verdict.text = "the server sent no certificate";
        return verdict;
    }
    const BorrowedStack sent = borrowed_stack(std::span(chain).subspan(1));
    const std::vector<Certificate> roots = roots_of(trust.anchors);
    const BorrowedStack anchors = borrowed_stack(roots.empty() ? trust.anchors : roots);
    StoreHandle none;
    X509_STORE* store = nullptr;
    if (trust.anchors.empty() && trust.system) {
        store = machine_store();
    } else {
        none.reset(X509_STORE_new());
        store = none.get();
    }
    const StoreContextHandle context(X509_STORE_CTX_new());
    if (!sent || !anchors || !context || store == nullptr ||
        X509_STORE_CTX_init(context.get(), store, chain.front().get(), sent.get()) != 1) {
        throw std::bad_alloc();
    }
    if (!trust.anchors.empty()) {
        X509_STORE_CTX_set0_trusted_stack(context.get(), anchors.get());
    }
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(now));
    X509_VERIFY_PARAM_set_auth_level(parameters, 0);
    if (roots.empty() && !trust.anchors.empty()) {
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    }
    X509_STORE_CTX_set_verify_cb(context.get(), &forgive_leaf_period);
    const bool good = X509_verify_cert(context.get()) == 1;
    verdict.error = good ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
    verdict.depth = good ? 0 : X509_STORE_CTX_get_error_depth(context.get());
    verdict.text = X509_verify_cert_error_string(verdict.error);
    const STACK_OF(X509)* const path = X509_STORE_CTX_get0_chain(context.get());
    for (int i = 0; i < sk_X509_num(path); ++i) {
        X509* const certificate = sk_X509_value(path, i);
        X509_up_ref(certificate);
        verdict.path.emplace_back(CertificateHandle(certificate));
    }
    ERR_clear_error();
    return verdict;
}

bool matches_host(const Certificate& leaf, const std::string& host) {
    if (is_ip_literal(host)) {
        return X509_check_ip_asc(leaf.get(), host.c_str(), 0) == 1;
    }
    const unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
    return X509_check_host(leaf.get(), host.data(), host.size(), flags, nullptr) == 1;
}

std::string subject_alt_names(const Certificate& leaf) {
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf.get(), NID_subject_alt_name, nullptr, nullptr)),
        &GENERAL_NAMES_free);
    std::string text;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && text.size() < max_names_text; ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        std::string one;
        if (name->type == GEN_DNS) {
            one = "DNS:" + std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        } else if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
            boost::asio::ip::address_v4::bytes_type bytes;
            std::copy_n(ASN1_STRING_get0_data(name->d.iPAddress), bytes.size(), bytes.begin());
            one = "IP:" + boost::asio::ip::make_address_v4(bytes).to_string();
        } else if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 16) {
            boost::asio::ip::address_v6::bytes_type bytes;
            std::copy_n(ASN1_STRING_get0_data(name->d.iPAddress), bytes.size(), bytes.begin());
            one = "IP:" + boost::asio::ip::make_address_v6(bytes).to_string();
        } else {
            continue;
        }
        text += (text.empty() ? "" : ", ") + one;
    }
    if (text.size() > max_names_text) {
        text.resize(max_names_text);
        text += " ...";
    }
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    return text;
}

std::optional<Validity> validity_of(const Certificate& certificate) {
    const auto from = system_time_of(X509_get0_notBefore(certificate.get()));
    const auto to = system_time_of(X509_get0_notAfter(certificate.get()));
    if (!from || !to) {
        return std::nullopt;
    }
    return Validity{*from, *to};
}

KeyStrength strength_of(const Certificate& certificate) {
    KeyStrength strength;
    const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
    if (key != nullptr) {
        const char* type = EVP_PKEY_get0_type_name(key);
        strength.key_type = type == nullptr ? "" : type;
        strength.bits = EVP_PKEY_get_bits(key);
        char curve[80] = "";
        if (EVP_PKEY_get_group_name(key, curve, sizeof curve, nullptr) == 1) {
            strength.curve = curve;
        }
        int spelt_out = 0;
        strength.explicit_curve =
            EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &spelt_out) == 1 &&
            spelt_out == 1;
    }
    int digest = NID_undef;
    if (X509_get_signature_info(certificate.get(), &digest, nullptr, nullptr, nullptr) == 1 && digest != NID_undef) {
        const char* name = OBJ_nid2sn(digest);
        strength.signature_digest = name == nullptr ? "" : name;
    }
    ERR_clear_error();
    return strength;
}

std::string weakness_of(const KeyStrength& strength, bool judge_signature) {
    const std::string size = std::to_string(strength.bits) + " bits";
    if (strength.key_type.empty()) {
        return "a key of an unknown kind";
    }
    if ((strength.key_type == "RSA" || strength.key_type == "RSA-PSS") && strength.bits < 2048) {
        return "an RSA key of " + size;
    }
    if (strength.key_type == "EC" && strength.bits < 256) {
        return "an EC key of " + size;
    }
    if (strength.key_type == "DSA") {
        return "a DSA key";
    }
    const std::string& digest = strength.signature_digest;
    if (judge_signature && (digest == "MD5" || digest == "MD4" || digest == "MD2" || digest == "SHA1")) {
        return "a signature with " + digest;
    }
    return {};
}

bool is_self_signed(const Certificate& certificate) {
    return (X509_get_extension_flags(certificate.get()) & EXFLAG_SS) != 0;
}

ServerUsage server_usage(const Certificate& leaf) {
    const std::uint32_t flags = X509_get_extension_flags(leaf.get());
    if ((flags & EXFLAG_XKUSAGE) != 0 &&
        (X509_get_extended_key_usage(leaf.get()) & (XKU_SSL_SERVER | XKU_ANYEKU)) == 0) {
        return ServerUsage::no_server_auth;
    }
    // Encrypting keys is for suites without forward secrecy, which nobody may use.
    if ((flags & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(leaf.get()) & KU_DIGITAL_SIGNATURE) == 0) {
        return ServerUsage::key_usage;
    }
    if ((flags & EXFLAG_CA) != 0) {
        return ServerUsage::ca;
    }
    return ServerUsage::allowed;
}

}  // namespace gateproof
