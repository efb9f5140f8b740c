// What the local OpenSSL answers, as a server in memory, to our ClientHello: encoder and parser against a third party.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "tests/unit/probe/tls/bytes.hpp"

namespace gateproof {
namespace {

using Until = ServerAnswerParser::Until;
using KeyHandle = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificateHandle = std::unique_ptr<X509, decltype(&X509_free)>;
using ContextHandle = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using SslHandle = std::unique_ptr<SSL, decltype(&SSL_free)>;

CertificateHandle self_signed(EVP_PKEY* key) {
    CertificateHandle certificate(X509_new(), &X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("gateway"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_set_pubkey(certificate.get(), key);
    X509_sign(certificate.get(), key, EVP_sha256());
    return certificate;
}

class OpenSslAnswers : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(SSL_CTX_use_certificate(context.get(), certificate.get()), 1);
        ASSERT_EQ(SSL_CTX_use_PrivateKey(context.get(), key.get()), 1);
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_set_min_proto_version(context.get(), 0);
    }

    ServerAnswer answer(const ClientHello& hello, Until until = Until::server_hello_done) {
        const SslHandle ssl(SSL_new(context.get()), &SSL_free);
        BIO* in = BIO_new(BIO_s_mem());
        BIO* out = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl.get(), in, out);
        SSL_set_accept_state(ssl.get());
        const auto bytes = hello.encode();
        BIO_write(in, bytes.data(), static_cast<int>(bytes.size()));
        SSL_do_handshake(ssl.get());
        char* data = nullptr;
        const long size = BIO_get_mem_data(out, &data);
        return test::parse({data, data + size}, until, 13);
    }

    KeyHandle key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    CertificateHandle certificate = self_signed(key.get());
    ContextHandle context{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
};

TEST_F(OpenSslAnswers, Tls13) {
    ASSERT_EQ(SSL_CTX_set1_groups_list(context.get(), "X25519"), 1);  // from 3.5 on it prefers a hybrid
    const ServerAnswer result = answer(ClientHello::offering(TlsVersion::tls_1_3, "gateway"));
    EXPECT_EQ(result.end, Ending::ok) << result.detail;
    ASSERT_TRUE(result.server_hello) << result.summary();
    EXPECT_EQ(result.server_hello->version, TlsVersion::tls_1_3);
    EXPECT_EQ(result.server_hello->key_share_group(), NamedGroup::x25519);
    EXPECT_EQ(result.server_hello->session_id.size(), 32U);
}

TEST_F(OpenSslAnswers, EveryKeyShareIsTaken) {
    for (const NamedGroup group :
         {NamedGroup::secp256r1, NamedGroup::secp384r1, NamedGroup::secp521r1, NamedGroup::x25519, NamedGroup::x448}) {
        ClientHello hello = ClientHello::offering(TlsVersion::tls_1_3, "gateway");
        hello.set_groups(std::array{group}).set_key_shares(std::array{group});
        const ServerAnswer result = answer(hello);
        ASSERT_TRUE(result.server_hello) << result.summary();
        EXPECT_FALSE(result.server_hello->hello_retry_request);
        EXPECT_EQ(result.server_hello->key_share_group(), group);
    }
}

TEST_F(OpenSslAnswers, HelloRetryRequest) {
    ClientHello hello = ClientHello::offering(TlsVersion::tls_1_3, "gateway");
    hello.set_groups(std::array{NamedGroup::x25519, NamedGroup::secp384r1});
    hello.set_key_shares({});
    const ServerAnswer result = answer(hello);
    ASSERT_TRUE(result.server_hello) << result.summary();
    EXPECT_TRUE(result.server_hello->hello_retry_request);
}

TEST_F(OpenSslAnswers, Tls12WithTheWholeFirstFlight) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_add_client_CA(context.get(), certificate.get());
    const ServerAnswer result = answer(ClientHello::offering(TlsVersion::tls_1_2, "gateway"));
    EXPECT_EQ(result.end, Ending::ok) << result.detail;
    ASSERT_TRUE(result.server_hello) << result.summary();
    EXPECT_EQ(result.server_hello->version, TlsVersion::tls_1_2);
    EXPECT_NE(result.server_hello->extension(ExtensionType::renegotiation_info), nullptr);
    EXPECT_NE(result.server_hello->extension(ExtensionType::extended_master_secret), nullptr);
    ASSERT_EQ(result.certificates.size(), 1U);
    EXPECT_EQ(result.certificates[0].size(), static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
    EXPECT_EQ(result.key_exchange_group, NamedGroup::x25519);
    EXPECT_EQ(result.key_exchange_signature, 0x0403);
    EXPECT_TRUE(result.certificate_requested);
    EXPECT_EQ(result.acceptable_cas.size(), 1U);
    // RFC 8446 4.1.3: this server speaks TLS 1.3 too
    EXPECT_EQ(std::string(result.server_hello->random.begin() + 24, result.server_hello->random.end()), "DOWNGRD\x01");
}

TEST_F(OpenSslAnswers, OldVersionsAreRefusedOrServedAsConfigured) {
    const ServerAnswer served = answer(ClientHello::offering(TlsVersion::tls_1_0, "gateway"));
    ASSERT_TRUE(served.server_hello) << served.summary();
    EXPECT_EQ(served.server_hello->version, TlsVersion::tls_1_0);
    EXPECT_EQ(served.end, Ending::ok) << served.detail;

    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    for (const TlsVersion version : {TlsVersion::ssl_3, TlsVersion::tls_1_0, TlsVersion::tls_1_1}) {
        const ServerAnswer refused = answer(ClientHello::offering(version, "gateway"));
        EXPECT_TRUE(refused.is_refusal()) << to_string(version);
        ASSERT_TRUE(refused.alert) << refused.summary();
    }
}

TEST_F(OpenSslAnswers, AFallbackIsNoticed) {
    ClientHello hello = ClientHello::offering(TlsVersion::tls_1_2, "gateway");
    hello.cipher_suites.push_back(tls_fallback_scsv);
    EXPECT_EQ(answer(hello).summary(), "alert inappropriate_fallback (86)");
}

}  // namespace
}  // namespace gateproof
