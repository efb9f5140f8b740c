#include "tests/unit/probe/mint.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace gateproof::test {
namespace {

void require(bool good, const char* what) {
    if (!good) {
        throw std::runtime_error(what);
    }
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    if (value.empty()) {
        return;
    }
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    require(extension != nullptr, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

Minted mint(const MintOptions& options, const Minted* issuer) {
    static std::atomic<long> serial{1};
    std::shared_ptr<EVP_PKEY> key = options.key;
    if (!key) {
        key.reset(options.rsa_bits > 0 ? EVP_RSA_gen(static_cast<unsigned>(options.rsa_bits))
                                       : EVP_EC_gen(options.curve.c_str()),
                  &EVP_PKEY_free);
    }
    require(key != nullptr, "key");
    require(!options.explicit_curve || EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                                                      OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1,
            "explicit curve");
    CertificateHandle handle(X509_new());
    X509* certificate = handle.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), options.not_before);
    X509_gmtime_adj(X509_getm_notAfter(certificate), options.not_after);
    X509_set_pubkey(certificate, key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
    if (!options.organisation.empty()) {
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(options.organisation.c_str()), -1, -1, 0);
    }
    X509* by = issuer == nullptr ? certificate : issuer->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(by));
    add_extension(certificate, by, NID_basic_constraints, options.basic_constraints);
    add_extension(certificate, by, NID_subject_alt_name, options.subject_alt_name);
    add_extension(certificate, by, NID_ext_key_usage, options.extended_key_usage);
    add_extension(certificate, by, NID_key_usage, options.key_usage);
    add_extension(certificate, by, NID_info_access, options.authority_information);
    add_extension(certificate, by, NID_tlsfeature, options.tls_feature);
    add_extension(certificate, by, NID_name_constraints, options.name_constraints);
    if (options.last) {
        options.last(certificate);
    }
    EVP_PKEY* signer = issuer == nullptr ? key.get() : issuer->key.get();
    require(X509_sign(certificate, signer, EVP_get_digestbyname(options.digest.c_str())) > 0, "sign");
    return {Certificate(std::move(handle)), key};
}

Minted mint_ca(const std::string& common_name, const Minted* issuer) {
    MintOptions options;
    options.common_name = common_name;
    options.subject_alt_name.clear();
    options.extended_key_usage.clear();
    options.basic_constraints = "critical,CA:TRUE";
    options.not_after = 3650L * 24 * 3600;
    return mint(options, issuer);
}

std::shared_ptr<const Identity> identity_of(const Minted& leaf, std::vector<Certificate> chain) {
    return std::make_shared<const Identity>(Identity{"enrolled", leaf.certificate, std::move(chain), leaf.key});
}

const Pki& pki() {
    static const Pki made;
    return made;
}

}  // namespace gateproof::test
