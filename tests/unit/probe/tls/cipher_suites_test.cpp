#include "harness/probe/tls/cipher_suites.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <set>

namespace gateproof {
namespace {

TEST(CipherSuites, AreSortedAndUnique) {
    const auto all = all_cipher_suites();
    EXPECT_GE(all.size(), 350U);
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_TRUE(names.insert(all[i].name).second) << all[i].name;
        EXPECT_TRUE(all[i].name.starts_with("TLS_")) << all[i].name;
        if (i > 0) {
            EXPECT_LT(all[i - 1].value, all[i].value);
        }
    }
}

TEST(CipherSuites, SignallingValuesAreNoSuites) {
    EXPECT_EQ(find_cipher_suite(tls_fallback_scsv), nullptr);
    EXPECT_EQ(find_cipher_suite(tls_empty_renegotiation_scsv), nullptr);
    EXPECT_EQ(find_cipher_suite(0x0a0a), nullptr);
}

TEST(CipherSuites, AreFoundByValueAndName) {
    ASSERT_NE(find_cipher_suite(0xc02c), nullptr);
    EXPECT_EQ(find_cipher_suite(0xc02c)->name, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    ASSERT_NE(find_cipher_suite("TLS_AES_128_GCM_SHA256"), nullptr);
    EXPECT_EQ(find_cipher_suite("TLS_AES_128_GCM_SHA256")->value, 0x1301);
    EXPECT_TRUE(find_cipher_suite("TLS_AES_128_GCM_SHA256")->tls13);
    EXPECT_EQ(find_cipher_suite("ECDHE-RSA-AES128-SHA"), nullptr);
    EXPECT_EQ(cipher_suite_name(0xcca9), "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    EXPECT_EQ(cipher_suite_name(0xc0ff), "0xC0FF");
}

TEST(CipherSuites, AreClassifiedByTheirWorstProperty) {
    const std::pair<std::string_view, CipherWeakness> expected[] = {
        {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", CipherWeakness::none},
        {"TLS_DHE_RSA_WITH_AES_128_CCM_8", CipherWeakness::none},
        {"TLS_CHACHA20_POLY1305_SHA256", CipherWeakness::none},
        {"TLS_RSA_WITH_NULL_SHA256", CipherWeakness::null_encryption},
        {"TLS_ECDH_anon_WITH_NULL_SHA", CipherWeakness::null_encryption},
        {"TLS_SHA256_SHA256", CipherWeakness::null_encryption},
        {"TLS_DH_anon_WITH_AES_256_GCM_SHA384", CipherWeakness::anonymous},
        {"TLS_RSA_EXPORT_WITH_RC4_40_MD5", CipherWeakness::export_grade},
        {"TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", CipherWeakness::export_grade},
        {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", CipherWeakness::rc4},
        {"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", CipherWeakness::des},
        {"TLS_RSA_WITH_IDEA_CBC_SHA", CipherWeakness::des},
        {"TLS_RSA_WITH_AES_256_GCM_SHA384", CipherWeakness::static_key},
        {"TLS_RSA_WITH_AES_256_CBC_SHA", CipherWeakness::static_key},
        {"TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", CipherWeakness::static_key},
        {"TLS_DH_RSA_WITH_AES_128_GCM_SHA256", CipherWeakness::static_key},
        {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", CipherWeakness::cbc},
        {"TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", CipherWeakness::cbc},
        {"TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", CipherWeakness::psk_or_other},
        {"TLS_SRP_SHA_WITH_AES_128_CBC_SHA", CipherWeakness::psk_or_other},
        {"TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC", CipherWeakness::psk_or_other},
    };
    for (const auto& [name, weakness] : expected) {
        ASSERT_NE(find_cipher_suite(name), nullptr) << name;
        EXPECT_EQ(find_cipher_suite(name)->weakness, weakness) << name;
    }
}

/// An independent table of values and names: every suite that the local OpenSSL knows.
TEST(CipherSuites, AgreeWithOpenSsl) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_method()), &SSL_CTX_free);
    ASSERT_EQ(SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0"), 1);
    const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context.get());
    ASSERT_GT(sk_SSL_CIPHER_num(ciphers), 50);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
        EXPECT_EQ(cipher_suite_name(SSL_CIPHER_get_protocol_id(cipher)), SSL_CIPHER_standard_name(cipher));
    }
}

}  // namespace
}  // namespace gateproof
