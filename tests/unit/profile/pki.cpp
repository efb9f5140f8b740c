#include "tests/unit/profile/pki.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>

#include "harness/identity/identity.hpp"

namespace gateproof::testing {

namespace {

struct BioDeleter {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioHandle = std::unique_ptr<BIO, BioDeleter>;

void must(bool done) {
    if (!done) {
        throw std::runtime_error("OpenSSL refused to make a test certificate");
    }
}

std::string contents(const BioHandle& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

BioHandle reading(const std::string& text) {
    return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

PrivateKeyHandle key_of(const PemPair& pair) {
    return PrivateKeyHandle(PEM_read_bio_PrivateKey(reading(pair.key).get(), nullptr, nullptr, nullptr));
}

CertificateHandle certificate_of(const PemPair& pair) {
    return CertificateHandle(PEM_read_bio_X509(reading(pair.certificate).get(), nullptr, nullptr, nullptr));
}

PemPair make(const std::string& common_name, const PemPair* issuer, bool authority) {
    const PrivateKeyHandle key(EVP_EC_gen("P-256"));
    const CertificateHandle certificate(X509_new());
    must(key && certificate);
    static long serial = 1;
    must(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    must(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++) == 1);
    must(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600) != nullptr);
    must(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400) != nullptr);
    must(X509_set_pubkey(certificate.get(), key.get()) == 1);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1);
    if (authority) {
        X509_EXTENSION* basic = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
        must(X509_add_ext(certificate.get(), basic, -1) == 1);
        X509_EXTENSION_free(basic);
    }
    const CertificateHandle signer = issuer != nullptr ? certificate_of(*issuer) : nullptr;
    const PrivateKeyHandle signing_key = issuer != nullptr ? key_of(*issuer) : nullptr;
    must(X509_set_issuer_name(certificate.get(), signer ? X509_get_subject_name(signer.get()) : name) == 1);
    must(X509_sign(certificate.get(), signing_key ? signing_key.get() : key.get(), EVP_sha256()) > 0);

    PemPair pair;
    const BioHandle certificate_out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(certificate_out.get(), certificate.get()) == 1);
    pair.certificate = contents(certificate_out);
    const BioHandle key_out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PKCS8PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    pair.key = contents(key_out);
    return pair;
}

}  // namespace

PemPair make_certificate(const std::string& common_name, const PemPair* issuer) {
    return make(common_name, issuer, false);
}
PemPair make_authority(const std::string& common_name, const PemPair* issuer) {
    return make(common_name, issuer, true);
}

std::string encrypted_pkcs8(const PemPair& pair, const std::string& passphrase) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PKCS8PrivateKey(out.get(), key_of(pair).get(), EVP_aes_256_cbc(), passphrase.data(),
                                       static_cast<int>(passphrase.size()), nullptr, nullptr) == 1);
    return contents(out);
}

std::string encrypted_traditional(const PemPair& pair, const std::string& passphrase) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PrivateKey_traditional(out.get(), key_of(pair).get(), EVP_aes_128_cbc(),
                                              reinterpret_cast<const unsigned char*>(passphrase.data()),
                                              static_cast<int>(passphrase.size()), nullptr, nullptr) == 1);
    return contents(out);
}

std::string make_pkcs12(const PemPair& pair, const PemPair* ca, const std::string& passphrase) {
    STACK_OF(X509)* chain = ca != nullptr ? sk_X509_new_null() : nullptr;
    if (chain != nullptr) {
        must(sk_X509_push(chain, certificate_of(*ca).release()) == 1);
    }
    PKCS12* store = PKCS12_create(passphrase.c_str(), "client", key_of(pair).get(), certificate_of(pair).get(), chain,
                                  0, 0, 0, 0, 0);
    sk_X509_pop_free(chain, X509_free);
    must(store != nullptr);
    unsigned char* bytes = nullptr;
    const int size = i2d_PKCS12(store, &bytes);
    PKCS12_free(store);
    must(size > 0);
    std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
}

const PemPair& test_ca() {
    static const PemPair ca = make_certificate("Test CA");
    return ca;
}

const PemPair& test_identity(std::string_view name) {
    static std::map<std::string, PemPair, std::less<>> made;
    auto found = made.find(name);
    if (found == made.end()) {
        found = made.emplace(std::string(name), make_certificate(std::string(name), &test_ca())).first;
    }
    return found->second;
}

std::string test_session() {
    using SslHandle = std::unique_ptr<SSL, decltype(&SSL_free)>;
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    const SslHandle ssl(SSL_new(context.get()), SSL_free);
    const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(SSL_SESSION_new(), SSL_SESSION_free);
    constexpr std::array<unsigned char, 2> aes_128_gcm_sha256{0x13, 0x01};
    constexpr std::array<unsigned char, 32> secret{'h', 'u', 'n', 't', 'e', 'r', '2'};
    must(SSL_SESSION_set_protocol_version(session.get(), TLS1_3_VERSION) == 1 &&
         SSL_SESSION_set_cipher(session.get(), SSL_CIPHER_find(ssl.get(), aes_128_gcm_sha256.data())) == 1 &&
         SSL_SESSION_set1_master_key(session.get(), secret.data(), secret.size()) == 1);
    const BioHandle bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_SSL_SESSION(bio.get(), session.get()) == 1);
    return contents(bio);
}

std::optional<std::string> embedded(std::string_view reference) {
    static const PemPair authority = make_authority("Lent CA");
    static const std::map<std::string, std::string, std::less<>> texts{
        {"embedded:ca.pem", test_ca().certificate},
        {"embedded:retired.sessions.pem", test_session() + test_session()},
        {"embedded:customer.openapi.yaml",
         "openapi: 3.0.3\npaths: {/customer/customer: {post: {}}, /account/account: {post: {}}, /status: {get: {}}}\n"},
        {"embedded:Common.v2.xsd", R"(<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:c"/>)"},
        {"embedded:ReturnCommon.v2.xsd",
         R"(<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:r"/>)"},
        {"embedded:returns.wsdl", R"(<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><w:portType>)"
                                  R"(<w:operation name="File"/></w:portType></w:definitions>)"},
        {"embedded:server-pin", "sha256//" + std::string(43, 'A') + "="},
        {"embedded:client-ca.crt.pem", authority.certificate},
        {"embedded:client-ca.key.pem", authority.key},
        {"embedded:mock-url", "https://localhost:8444"},
        {"embedded:mock-port", "8444"},
        {"embedded:cloud-second-address", "::1"},
        {"embedded:desktop-second-address", "::1"},
        {"embedded:mock-second-address", "::1"},
        {"embedded:authority.crt.pem", authority.certificate},
        {"embedded:authority.key.pem", authority.key},
        {"embedded:cloud-url", "https://localhost:4046"},
        {"embedded:cloud-port", "4046"},
        {"embedded:desktop-port", "8443"},
        {"embedded:desktop-url", "https://localhost:8443"},
        {"embedded:http-url", "http://localhost:8080"}};
    for (const char* role : {"enrolled", "second", "unenrolled", "expired", "not_yet_valid", "revoked", "wrong_eku",
                             "other_environment", "m2m", "m2m-other-environment", "m2m-retired", "m2m-rotated",
                             "rotated_old", "rotated_new", "retired", "tds"}) {
        if (reference == std::string("embedded:") + role + ".crt.pem") {
            return test_identity(role).certificate;
        }
        if (reference == std::string("embedded:") + role + ".key.pem") {
            return test_identity(role).key;
        }
    }
    if (reference.ends_with(".redirect-uri")) {
        return "https://dsp.example/callback";
    }
    // What the gateway mints at random: only its shape counts here.
    for (const char* kind : {".ird", ".token", ".id", ".secret", ".name", ".password", ".issuer"}) {
        if (reference.ends_with(kind)) {
            return std::string(kind).substr(1) + "-49091850";
        }
    }
    const auto found = texts.find(reference);
    return found == texts.end() ? std::nullopt : std::optional(found->second);
}

TempFolder::TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gateproof-profile-XXXXXX").string();
    must(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void TempFolder::write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace gateproof::testing
