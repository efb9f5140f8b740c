#include "tests/unit/gateway/mint.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace gateproof::gateway::test {
namespace {

std::shared_ptr<X509> shared(X509* certificate) {
    return {certificate, X509_free};
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    if (value.empty()) {
        return;
    }
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    EXPECT_EQ(X509_add_ext(certificate, extension, -1), 1) << value;
    X509_EXTENSION_free(extension);
}

}  // namespace

BioPtr text_bio(const Gateway& gateway, const std::string& name) {
    const auto text = gateway.reference(name);
    EXPECT_TRUE(text.has_value()) << name;
    BioPtr bio(BIO_new(BIO_s_mem()), BIO_free);
    BIO_write(bio.get(), text->data(), static_cast<int>(text->size()));
    return bio;
}

Minted identity_of(const Gateway& gateway, const std::string& role) {
    Minted out;
    const BioPtr certificates = text_bio(gateway, role + ".crt.pem");
    out.leaf = shared(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
    while (X509* const link = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)) {
        out.chain.push_back(shared(link));
    }
    const BioPtr key = text_bio(gateway, role + ".key.pem");
    out.key = {PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
    ERR_clear_error();
    EXPECT_TRUE(out.leaf && out.key) << role;
    return out;
}

Minted mint(const MintSpec& spec, const Minted* issuer) {
    Minted made{shared(X509_new()), {EVP_EC_gen("P-256"), EVP_PKEY_free}, {}};
    X509* const leaf = made.leaf.get();
    X509_set_version(leaf, X509_VERSION_3);
    std::uint32_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(leaf), serial + 1ULL);
    X509_gmtime_adj(X509_getm_notBefore(leaf), spec.valid_from * 86400L);
    X509_gmtime_adj(X509_getm_notAfter(leaf), spec.valid_to * 86400L);
    X509_NAME* const subject = X509_get_subject_name(leaf);
    for (const std::string& name : spec.common_names) {
        EXPECT_EQ(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                             reinterpret_cast<const unsigned char*>(name.data()),
                                             static_cast<int>(name.size()), -1, 0),
                  1);
    }
    if (spec.common_names.empty()) {
        X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("DSP"), 3, -1,
                                   0);
    }
    X509* const above = issuer != nullptr ? issuer->leaf.get() : leaf;
    X509_set_issuer_name(leaf, X509_get_subject_name(above));
    X509_set_pubkey(leaf, made.key.get());
    add_extension(leaf, above, NID_basic_constraints, spec.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(leaf, above, NID_key_usage, spec.key_usage);
    add_extension(leaf, above, NID_ext_key_usage, spec.extended_key_usage);
    add_extension(leaf, above, NID_subject_alt_name,
                  spec.alternative_name.empty() ? "" : "DNS:" + spec.alternative_name);
    EXPECT_GT(X509_sign(leaf, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256()), 0);
    if (issuer != nullptr) {
        made.chain.push_back(issuer->leaf);
        made.chain.insert(made.chain.end(), issuer->chain.begin(), issuer->chain.end());
    }
    return made;
}

Minted stolen(const Minted& genuine) {
    unsigned char point[128];
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(genuine.key.get(), OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &size);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> other(EVP_EC_gen("P-256"), EVP_PKEY_free);
    BIGNUM* secret = nullptr;
    EVP_PKEY_get_bn_param(other.get(), OSSL_PKEY_PARAM_PRIV_KEY, &secret);
    OSSL_PARAM_BLD* const build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, size);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret);
    OSSL_PARAM* const parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
    EVP_PKEY* made = nullptr;
    EVP_PKEY_fromdata_init(context);
    EXPECT_EQ(EVP_PKEY_fromdata(context, &made, EVP_PKEY_KEYPAIR, parameters), 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    BN_clear_free(secret);
    return {genuine.leaf, {made, EVP_PKEY_free}, genuine.chain};
}

Minted tampered(const Minted& genuine) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(genuine.leaf.get(), &der);
    der[size - 1] ^= 1;
    const unsigned char* at = der;
    Minted out{shared(d2i_X509(nullptr, &at, size)), genuine.key, genuine.chain};
    OPENSSL_free(der);
    return out;
}

std::string common_name(const Minted& minted) {
    char text[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(minted.leaf.get()), NID_commonName, text, sizeof text);
    return text;
}

}  // namespace gateproof::gateway::test
