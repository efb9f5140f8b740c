#include "harness/probe/forge/mould.hpp"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "harness/identity/openssl_handles.hpp"
#include "harness/probe/forge/keys.hpp"

namespace gateproof::forge {

namespace {

struct NameDeleter {
    void operator()(X509_NAME* name) const { X509_NAME_free(name); }
};
struct AltNamesDeleter {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
struct AltNameDeleter {
    void operator()(GENERAL_NAME* name) const { GENERAL_NAME_free(name); }
};
using Name = std::unique_ptr<X509_NAME, NameDeleter>;
using AltNames = std::unique_ptr<GENERAL_NAMES, AltNamesDeleter>;
using AltName = std::unique_ptr<GENERAL_NAME, AltNameDeleter>;

/// Positive and unpredictable (RFC 5280, 4.1.2.2).
bool set_random_serial(X509* certificate) {
    constexpr int bits = 127;
    const BignumHandle number(BN_new());
    return number && BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

/// Takes the bytes as they are: no length limit, no character set, NUL too.
bool add_attribute(X509_NAME* subject, int nid, std::string_view text, int place) {
    return text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
           X509_NAME_add_entry_by_NID(subject, nid, V_ASN1_UTF8STRING,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), place, 0) == 1;
}

bool add_common_name(X509_NAME* subject, std::string_view text, int place) {
    return add_attribute(subject, NID_commonName, text, place);
}

bool push(GENERAL_NAMES* names, AltName name) {
    if (sk_GENERAL_NAME_push(names, name.get()) <= 0) {
        return false;
    }
    static_cast<void>(name.release());
    return true;
}

AltName dns_name(std::string_view text) {
    AltName name(GENERAL_NAME_new());
    ASN1_IA5STRING* value = ASN1_IA5STRING_new();
    if (!name || value == nullptr || ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) != 1) {
        ASN1_IA5STRING_free(value);
        return nullptr;
    }
    GENERAL_NAME_set0_value(name.get(), GEN_DNS, value);
    return name;
}

AltName directory_name(std::string_view common_name) {
    AltName name(GENERAL_NAME_new());
    Name value(X509_NAME_new());
    if (!name || !value || !add_common_name(value.get(), common_name, -1)) {
        return nullptr;
    }
    GENERAL_NAME_set0_value(name.get(), GEN_DIRNAME, value.release());
    return name;
}

}  // namespace

Mould::Mould(CertificateHandle handle) : made_(std::move(handle)), good_(made_ != nullptr) {
    need(good_ && X509_set_version(made_.get(), X509_VERSION_3) == 1);
    need(good_ && set_random_serial(made_.get()));
}

Mould::Mould(const Certificate& model) : Mould(CertificateHandle(X509_dup(model.get()))) {}

Mould Mould::authority(const X509_NAME* subject, const Certificate& model) {
    Mould mould{CertificateHandle(X509_new())};
    if (mould.good_) {
        X509* made = mould.made_.get();
        mould.need(X509_set_subject_name(made, subject) == 1);
        mould.need(X509_set1_notBefore(made, X509_get0_notBefore(model.get())) == 1);
        mould.need(X509_set1_notAfter(made, X509_get0_notAfter(model.get())) == 1);
        mould.set(NID_basic_constraints, "critical,CA:TRUE");
        mould.set(NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    return mould;
}

Mould Mould::blank(std::string_view common_name) {
    Mould mould{CertificateHandle(X509_new())};
    const Name subject(X509_NAME_new());
    mould.need(subject && add_common_name(subject.get(), common_name, -1));
    mould.need(mould.good_ && X509_set_subject_name(mould.made_.get(), subject.get()) == 1);
    return mould;
}

void Mould::set_common_names(const std::vector<std::string>& names) {
    if (!good_) {
        return;
    }
    const Name subject(X509_NAME_dup(X509_get_subject_name(made_.get())));
    need(subject != nullptr);
    if (!good_) {
        return;
    }
    const int first = X509_NAME_get_index_by_NID(subject.get(), NID_commonName, -1);
    for (int at = first; at >= 0; at = X509_NAME_get_index_by_NID(subject.get(), NID_commonName, -1)) {
        X509_NAME_ENTRY_free(X509_NAME_delete_entry(subject.get(), at));
    }
    int place = first;
    for (const std::string& name : names) {
        need(add_common_name(subject.get(), name, place));
        place = place < 0 ? place : place + 1;
    }
    need(X509_set_subject_name(made_.get(), subject.get()) == 1);
}

void Mould::surround_subject(const std::vector<NameAttribute>& before, const std::vector<NameAttribute>& behind) {
    if (!good_ || (before.empty() && behind.empty())) {
        return;
    }
    const Name subject(X509_NAME_dup(X509_get_subject_name(made_.get())));
    need(subject != nullptr);
    int place = 0;
    for (const NameAttribute& attribute : before) {
        need(good_ && add_attribute(subject.get(), attribute.nid, attribute.value, place++));
    }
    for (const NameAttribute& attribute : behind) {
        need(good_ && add_attribute(subject.get(), attribute.nid, attribute.value, -1));
    }
    need(good_ && X509_set_subject_name(made_.get(), subject.get()) == 1);
}

void Mould::set_subject_alt_name(std::string_view name) {
    if (!good_) {
        return;
    }
    const AltNames names(GENERAL_NAMES_new());
    AltName directory = directory_name(name);
    need(names && directory);
    // dNSName is an IA5String (RFC 5280, 4.2.1.6).
    const bool ascii =
        std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
    if (good_ && ascii) {
        AltName dns = dns_name(name);
        need(dns && push(names.get(), std::move(dns)));
    }
    need(good_ && push(names.get(), std::move(directory)));
    // It must be critical where the subject is empty (RFC 5280, 4.2.1.6).
    const int critical = X509_NAME_entry_count(X509_get_subject_name(made_.get())) == 0 ? 1 : 0;
    remove(NID_subject_alt_name);
    need(good_ && X509_add1_ext_i2d(made_.get(), NID_subject_alt_name, names.get(), critical, X509V3_ADD_DEFAULT) == 1);
}

void Mould::set_dns_names(const std::vector<std::string>& names) {
    remove(NID_subject_alt_name);
    const AltNames all(GENERAL_NAMES_new());
    need(all != nullptr);
    for (const std::string& name : names) {
        AltName dns = dns_name(name);
        need(good_ && dns && push(all.get(), std::move(dns)));
    }
    need(good_ && X509_add1_ext_i2d(made_.get(), NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1);
}

void Mould::remove(int extension) {
    if (!good_) {
        return;
    }
    for (int at = X509_get_ext_by_NID(made_.get(), extension, -1); at >= 0;
         at = X509_get_ext_by_NID(made_.get(), extension, -1)) {
        X509_EXTENSION_free(X509_delete_ext(made_.get(), at));
    }
}

void Mould::set(int extension, const std::string& value) {
    remove(extension);
    add(extension, value, made_.get());
}

void Mould::add(int extension, const std::string& value, X509* issuer) {
    if (!good_) {
        return;
    }
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, made_.get(), nullptr, nullptr, 0);
    X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, extension, value.c_str());
    need(made != nullptr && X509_add_ext(made_.get(), made, -1) == 1);
    X509_EXTENSION_free(made);
}

void Mould::set_lifetime(int from_days, int to_days) {
    need(good_ && X509_time_adj_ex(X509_getm_notBefore(made_.get()), from_days, 0, nullptr) != nullptr);
    need(good_ && X509_time_adj_ex(X509_getm_notAfter(made_.get()), to_days, 0, nullptr) != nullptr);
}

void Mould::set_end(std::chrono::seconds from_now) {
    need(good_ &&
         X509_time_adj_ex(X509_getm_notAfter(made_.get()), 0, static_cast<long>(from_now.count()), nullptr) != nullptr);
}

void Mould::set_period(std::chrono::seconds from, std::chrono::seconds to) {
    need(good_ &&
         X509_time_adj_ex(X509_getm_notBefore(made_.get()), 0, static_cast<long>(from.count()), nullptr) != nullptr);
    set_end(to);
}

void Mould::add_unknown_critical() {
    // Below the number that IANA keeps for examples (RFC 5612).
    ASN1_OBJECT* type = OBJ_txt2obj("1.3.6.1.4.1.32473.1", 1);
    ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
    static constexpr unsigned char null[] = {V_ASN1_NULL, 0};
    X509_EXTENSION* made = nullptr;
    if (good_ && type != nullptr && value != nullptr && ASN1_OCTET_STRING_set(value, null, sizeof null) == 1) {
        made = X509_EXTENSION_create_by_OBJ(nullptr, type, 1, value);
    }
    need(made != nullptr && X509_add_ext(made_.get(), made, -1) == 1);
    X509_EXTENSION_free(made);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(type);
}

std::optional<Certificate> Mould::sign(EVP_PKEY* key, const Certificate* issuer, EVP_PKEY* issuer_key) {
    X509* made = made_.get();
    X509* signer = issuer == nullptr ? made : issuer->get();
    need(good_ && key != nullptr && issuer_key != nullptr);
    need(good_ && X509_set_pubkey(made, key) == 1);
    need(good_ && X509_set_issuer_name(made, X509_get_subject_name(signer)) == 1);
    if (!keeps_key_identifiers_) {
        set(NID_subject_key_identifier, "hash");
        remove(NID_authority_key_identifier);
        // The issuer's name and serial number stand in where it has no key identifier.
        add(NID_authority_key_identifier, "keyid,issuer", signer);
    }
    need(good_ && X509_sign(made, issuer_key, digest_ != nullptr ? digest_ : digest_for(issuer_key, made)) > 0);
    if (!good_) {
        return std::nullopt;
    }
    // From its bytes, as the peer will read it: nothing that OpenSSL remembers of the model is left.
    return Certificate::from_der(Certificate(std::move(made_)).der());
}

}  // namespace gateproof::forge
