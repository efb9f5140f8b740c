#include "harness/identity/load_identity.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "harness/identity/openssl_errors.hpp"
#include "harness/identity/openssl_handles.hpp"
#include "harness/identity/pkcs11.hpp"

namespace gateproof {

namespace {

using Part = IdentityLoad::Part;

struct Pkcs12Deleter {
    void operator()(PKCS12* store) const { PKCS12_free(store); }
};
struct StackDeleter {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using Pkcs12Handle = std::unique_ptr<PKCS12, Pkcs12Deleter>;
using StackHandle = std::unique_ptr<STACK_OF(X509), StackDeleter>;

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}
bool has_private_key(std::string_view pem) {
    return contains(pem, "PRIVATE KEY-----");
}
bool has_certificate(std::string_view pem) {
    return contains(pem, "BEGIN CERTIFICATE-----") || contains(pem, "BEGIN TRUSTED CERTIFICATE-----") ||
           contains(pem, "BEGIN X509 CERTIFICATE-----");
}
/// ASN.1 SEQUENCE of a long form length: DER, not PEM.
bool looks_like_der(std::string_view bytes) {
    return bytes.size() > 2 && bytes[0] == '\x30' && (bytes[1] & '\x80') != 0;
}

/// What people take for PEM, named for what it is; empty: none of these.
std::string foreign_kind(std::string_view text) {
    constexpr std::string_view signed_data("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9);  // 1.2.840.113549.1.7.2
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        return "is text in UTF-16, as some editors save it; convert it: iconv -f UTF-16 -t UTF-8 FILE > client.pem";
    }
    if (contains(text, "-----BEGIN PKCS7-----")) {
        return "holds PKCS#7 (.p7b), not PEM certificates; convert it: openssl pkcs7 -print_certs -in FILE -out client.pem";
    }
    if (looks_like_der(text) && contains(text.substr(0, 32), signed_data)) {
        return "holds PKCS#7 (.p7b) in DER (binary); convert it: openssl pkcs7 -inform der -print_certs -in FILE -out "
               "client.pem";
    }
    if (contains(text, "-----BEGIN OPENSSH PRIVATE KEY-----")) {
        return "holds a key in the format of OpenSSH; convert a copy of it: cp FILE client.key && ssh-keygen -p -m PKCS8 -f "
               "client.key";
    }
    return {};
}

IdentityLoad refuse(Part part, std::string fault) {
    IdentityLoad load;
    load.part = part;
    load.fault = std::move(fault);
    return load;
}

/// What the passphrase callback of one PEM read was asked and can answer.
struct PassphraseAnswer {
    const std::optional<std::string>* passphrase;
    bool asked = false;
};

int answer_passphrase(char* buffer, int size, int /*writing*/, void* user) {
    auto* answer = static_cast<PassphraseAnswer*>(user);
    answer->asked = true;
    if (!answer->passphrase->has_value()) {
        return -1;
    }
    const std::string& text = **answer->passphrase;
    if (size < 0 || text.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::ranges::copy(text, buffer);  // OpenSSL takes the length, no terminator
    return static_cast<int>(text.size());
}

struct KeyLoad {
    PrivateKeyHandle key;
    Part part = Part::key;
    std::string fault;
};

KeyLoad key_from_pem(const std::string& pem, const std::optional<std::string>& passphrase) {
    const OpensslErrorScope errors;
    KeyLoad load;
    if (!has_private_key(pem)) {
        load.fault = foreign_kind(pem);
        load.fault = !load.fault.empty() ? load.fault
                     : looks_like_der(pem)
                         ? "holds DER (binary); convert it: openssl pkey -inform der -in FILE -out client.key"
                     : has_certificate(pem)
                         ? "holds a certificate but no private key; give the file with -----BEGIN PRIVATE KEY-----"
                         : "holds no PEM private key; expected the text itself, -----BEGIN PRIVATE KEY-----";
        return load;
    }
    const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    PassphraseAnswer answer{&passphrase};
    load.key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, answer_passphrase, &answer));
    if (load.key) {
        return load;
    }
    if (answer.asked && !passphrase) {
        load.fault = "holds an encrypted private key; give \"passphrase\": \"env:NAME\" beside it";
    } else if (answer.asked) {
        load.part = Part::passphrase;
        load.fault =
            "the passphrase does not open the private key; check that it belongs to this key, and that the file is "
            "whole";
    } else {
        load.fault = foreign_kind(pem);
        load.fault =
            !load.fault.empty()
                ? load.fault
                : "holds a private key that cannot be read; it may be cut off or damaged, or of a kind that this OpenSSL "
                  "does not support";
    }
    return load;
}

KeyLoad key_from_uri(const std::string& uri, const std::optional<std::string>& pin) {
    KeyLoad load;
    load.fault = pkcs11_uri_fault(uri);
    if (load.fault.empty()) {
        TokenKey token = key_from_token(uri, pin);
        load.key = std::move(token.key);
        load.fault = std::move(token.fault);
    }
    return load;
}

CertificatesLoad certificates_from_uri(const std::string& uri, const std::optional<std::string>& pin) {
    CertificatesLoad load;
    load.fault = pkcs11_uri_fault(uri);
    if (load.fault.empty()) {
        TokenCertificate token = certificate_from_token(uri, pin);
        if (token.certificate) {
            load.certificates.push_back(std::move(*token.certificate));
        }
        load.fault = std::move(token.fault);
    }
    return load;
}

bool matches(const Certificate& certificate, EVP_PKEY* key) {
    const OpensslErrorScope errors;
    return X509_check_private_key(certificate.get(), key) == 1;
}

/// Puts the issuer of each certificate behind it, as TLS wants the chain (RFC 8446, 4.4.2); what does not belong to
/// the path keeps its order at the end. A PKCS#12 file promises no order.
std::vector<Certificate> in_path_order(const Certificate& leaf, std::vector<Certificate> chain) {
    const X509* last = leaf.get();
    for (auto place = chain.begin(); place != chain.end(); ++place) {
        const auto issuer = std::find_if(place, chain.end(), [&](const Certificate& one) {
            return X509_NAME_cmp(X509_get_subject_name(one.get()), X509_get_issuer_name(last)) == 0;
        });
        if (issuer == chain.end()) {
            break;
        }
        std::rotate(place, issuer, issuer + 1);
        last = place->get();
    }
    return chain;
}

IdentityLoad assemble(const std::string& role, std::vector<Certificate> certificates, PrivateKeyHandle key,
                      Part key_part) {
    const auto leaf = std::find_if(certificates.begin(), certificates.end(),
                                   [&](const Certificate& one) { return matches(one, key.get()); });
    if (leaf != certificates.begin()) {
        return leaf == certificates.end()
                   ? refuse(key_part,
                            fmt::format("the private key does not match the certificate of {}; give the key that "
                                        "its signing request was made with",
                                        certificates.front().subject()))
                   : refuse(Part::certificate,
                            "the private key matches a later certificate of this file; put the client's own "
                            "certificate first, "
                            "then the intermediates");
    }
    IdentityLoad load;
    std::vector<Certificate> chain(certificates.begin() + 1, certificates.end());
    load.identity = std::make_shared<const Identity>(
        Identity{role, certificates.front(), in_path_order(certificates.front(), std::move(chain)),
                 std::shared_ptr<EVP_PKEY>(key.release(), PrivateKeyDeleter{})});
    return load;
}

}  // namespace

CertificatesLoad certificates_from_pem(std::string_view pem) {
    CertificatesLoad load;
    if (const std::string kind = foreign_kind(pem); !kind.empty()) {
        load.fault = kind;
        return load;
    }
    load.certificates = Certificate::all_from_pem(pem);
    if (!load.certificates.empty()) {
        return load;
    }
    if (has_certificate(pem)) {
        load.fault = "holds a certificate that cannot be read; it may be cut off or damaged";
    } else if (has_private_key(pem)) {
        load.fault = "holds a private key but no certificate; expected -----BEGIN CERTIFICATE-----";
    } else if (contains(pem, "CERTIFICATE REQUEST-----")) {
        load.fault = "holds a signing request, not a certificate; give what the certificate authority sent back";
    } else if (looks_like_der(pem)) {
        load.fault = "holds DER (binary), not PEM; convert it: openssl x509 -inform der -in FILE -out client.pem";
    } else {
        load.fault = "holds no PEM certificate; expected the text itself, -----BEGIN CERTIFICATE-----";
    }
    return load;
}

IdentityLoad identity_from_pem(const PemIdentity& pem) {
    CertificatesLoad own = is_pkcs11_uri(pem.certificate) ? certificates_from_uri(pem.certificate, pem.passphrase)
                                                          : certificates_from_pem(pem.certificate);
    if (!own.fault.empty()) {
        return refuse(Part::certificate, std::move(own.fault));
    }
    if (!pem.chain.empty()) {
        CertificatesLoad chain = certificates_from_pem(pem.chain);
        if (!chain.fault.empty()) {
            return refuse(Part::chain, std::move(chain.fault));
        }
        own.certificates.insert(own.certificates.end(), chain.certificates.begin(), chain.certificates.end());
    }
    KeyLoad key =
        is_pkcs11_uri(pem.key) ? key_from_uri(pem.key, pem.passphrase) : key_from_pem(pem.key, pem.passphrase);
    if (!key.key) {
        return refuse(key.part, std::move(key.fault));
    }
    return assemble(pem.role, std::move(own.certificates), std::move(key.key), Part::key);
}

/// What a PKCS#12 store holds.
struct Opened {
    bool parsed = false;
    PrivateKeyHandle key = {};
    CertificateHandle leaf = {};
    StackHandle chain = {};
};

Opened opened_with(PKCS12* store, const std::optional<std::string>& passphrase) {
    EVP_PKEY* key = nullptr;
    X509* leaf = nullptr;
    STACK_OF(X509)* chain = nullptr;
    const int parsed = PKCS12_parse(store, passphrase ? passphrase->c_str() : "", &key, &leaf, &chain);
    return {parsed == 1, PrivateKeyHandle(key), CertificateHandle(leaf), StackHandle(chain)};
}

/// With the legacy provider, which has the RC2 that Windows and `openssl -legacy` write. A library context of its own:
/// in the program's own the provider would be there for TLS too. Null: this OpenSSL has none.
OSSL_LIB_CTX* legacy_library() {
    struct Deleter {
        void operator()(OSSL_LIB_CTX* library) const { OSSL_LIB_CTX_free(library); }
    };
    static const std::unique_ptr<OSSL_LIB_CTX, Deleter> loaded = [] {
        std::unique_ptr<OSSL_LIB_CTX, Deleter> library(OSSL_LIB_CTX_new());
        const bool both = library && OSSL_PROVIDER_load(library.get(), "legacy") != nullptr &&
                          OSSL_PROVIDER_load(library.get(), "default") != nullptr;
        return both ? std::move(library) : nullptr;
    }();
    return loaded.get();
}

/// As the program's own library has it: what the legacy one made belongs to that.
CertificateHandle taken_over(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    const unsigned char* at = der;
    CertificateHandle own(size > 0 ? d2i_X509(nullptr, &at, size) : nullptr);
    OPENSSL_free(der);
    return own;
}

PrivateKeyHandle taken_over(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PrivateKey(key, &der);
    const unsigned char* at = der;
    PrivateKeyHandle own(size > 0 ? d2i_AutoPrivateKey(nullptr, &at, size) : nullptr);
    OPENSSL_clear_free(der, size > 0 ? static_cast<std::size_t>(size) : 0);
    return own;
}

Opened opened_by_legacy(std::string_view pkcs12, const std::optional<std::string>& passphrase) {
    OSSL_LIB_CTX* const library = legacy_library();
    if (library == nullptr) {
        return {};
    }
    PKCS12* raw = PKCS12_init_ex(NID_pkcs7_data, library, nullptr);
    const auto* at = reinterpret_cast<const unsigned char*>(pkcs12.data());
    if (raw == nullptr || d2i_PKCS12(&raw, &at, static_cast<long>(pkcs12.size())) == nullptr) {
        PKCS12_free(raw);
        return {};
    }
    const Pkcs12Handle store(raw);
    const Opened foreign = opened_with(store.get(), passphrase);
    Opened own;
    own.parsed = foreign.parsed;
    own.key = foreign.key ? taken_over(foreign.key.get()) : nullptr;
    own.leaf = foreign.leaf ? taken_over(foreign.leaf.get()) : nullptr;
    own.chain.reset(sk_X509_new_null());
    for (int i = 0; foreign.chain && own.chain && i < sk_X509_num(foreign.chain.get()); ++i) {
        CertificateHandle one = taken_over(sk_X509_value(foreign.chain.get(), i));
        if (one && sk_X509_push(own.chain.get(), one.get()) > 0) {
            static_cast<void>(one.release());
        }
    }
    return own;
}

IdentityLoad identity_from_pkcs12(const std::string& role, std::string_view pkcs12,
                                  const std::optional<std::string>& passphrase) {
    const OpensslErrorScope errors;
    const auto* at = reinterpret_cast<const unsigned char*>(pkcs12.data());
    const Pkcs12Handle store(d2i_PKCS12(nullptr, &at, static_cast<long>(pkcs12.size())));
    if (!store) {
        return refuse(Part::pkcs12, contains(pkcs12, "-----BEGIN")
                                        ? "holds PEM, not PKCS#12; give it as \"certificate\" and \"key\""
                                        : "is no PKCS#12 file (.p12, .pfx), or it is damaged");
    }
    // Without a passphrase, "none at all" and "the empty one" are two different things in PKCS#12; both are tried.
    const bool empty = !passphrase || passphrase->empty();
    const bool opens = PKCS12_mac_present(store.get()) != 1 ||
                       (empty && PKCS12_verify_mac(store.get(), nullptr, 0) == 1) ||
                       PKCS12_verify_mac(store.get(), passphrase ? passphrase->c_str() : "", -1) == 1;
    if (!opens) {
        const bool unsupported = OpensslErrorScope::saw_unsupported();
        if (unsupported) {
            return refuse(Part::pkcs12, "is protected by an algorithm that this OpenSSL does not support");
        }
        return passphrase ? refuse(Part::passphrase,
                                   "the passphrase does not open the PKCS#12 file; check that it belongs to it")
                          : refuse(Part::pkcs12, "is protected; give \"passphrase\": \"env:NAME\" beside it");
    }
    Opened opened = opened_with(store.get(), passphrase);
    if (!opened.parsed && OpensslErrorScope::saw_unsupported()) {
        opened = opened_by_legacy(pkcs12, passphrase);
        if (!opened.parsed) {
            return refuse(
                Part::pkcs12,
                "is encrypted the old way (RC2 of PKCS#12), which takes OpenSSL's legacy provider: install it "
                "(Debian 13: openssl-provider-legacy), or rewrite the file: openssl pkcs12 -legacy -in FILE "
                "-nodes -out plain.pem && openssl pkcs12 -export -in plain.pem -out client.p12 && rm plain.pem");
        }
    }
    if (!opened.parsed) {
        return refuse(Part::pkcs12, "cannot be opened; it may be damaged");
    }
    PrivateKeyHandle& key = opened.key;
    CertificateHandle& leaf = opened.leaf;
    const StackHandle& chain = opened.chain;
    if (!key) {
        return refuse(Part::pkcs12, "holds no private key; export the certificate together with its key");
    }
    if (!leaf) {
        return refuse(Part::pkcs12, "holds no certificate that matches its private key");
    }
    std::vector<Certificate> certificates;
    certificates.emplace_back(std::move(leaf));
    for (int i = 0; chain && i < sk_X509_num(chain.get()); ++i) {
        X509* one = sk_X509_value(chain.get(), i);
        if (X509_up_ref(one) == 1) {
            certificates.emplace_back(CertificateHandle(one));
        }
    }
    return assemble(role, std::move(certificates), std::move(key), Part::pkcs12);
}

std::vector<std::string> private_key_blocks(std::string_view pem) {
    constexpr std::string_view end_mark = "PRIVATE KEY-----";
    std::vector<std::string> out;
    for (std::size_t at = pem.find("-----BEGIN "); at != std::string_view::npos; at = pem.find("-----BEGIN ", at + 1)) {
        const std::size_t line_end = pem.find('\n', at);
        if (!contains(pem.substr(at, std::min(line_end, pem.size()) - at), end_mark)) {
            continue;
        }
        const std::size_t end = pem.find("-----END ", at);
        const std::size_t last = end == std::string_view::npos ? end : pem.find(end_mark, end);
        const std::size_t stop = last == std::string_view::npos ? pem.size() : last + end_mark.size();
        out.emplace_back(pem.substr(at, stop - at));
    }
    return out;
}

}  // namespace gateproof
