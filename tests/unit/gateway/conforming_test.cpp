#include <dirent.h>
#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "tests/unit/gateway/client.hpp"

namespace gateproof::gateway::test {
namespace {

class ConformingGateway : public testing::Test {
protected:
    static void SetUpTestSuite() { gateway = std::make_unique<Gateway>(); }
    static void TearDownTestSuite() { gateway.reset(); }

    static Client cloud(ClientOptions options) { return {*gateway, gateway->cloud_port(), options}; }
    static Client desktop(ClientOptions options) { return {*gateway, gateway->desktop_port(), options}; }
    static bool serves() { return !cloud({.identity = "enrolled"}).request(cloud_status).empty(); }

    static inline std::unique_ptr<Gateway> gateway;
};

ClientOptions with(const std::string& role, int version) {
    return {.min_version = version, .max_version = version, .identity = role};
}

TEST_F(ConformingGateway, ServesEnrolledIdentitiesUnderBothVersions) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const char* role : {"enrolled", "second"}) {
            Client client = cloud(with(role, version));
            ASSERT_TRUE(client.connected());
            EXPECT_EQ(client.verify_result(), X509_V_OK);
            EXPECT_TRUE(client.certificate_requested());
            const std::string answer = client.request(cloud_status);
            EXPECT_EQ(answer.rfind("HTTP/1.1 200", 0), 0U) << answer;
            EXPECT_EQ(answer.substr(answer.size() - 6), "\r\n\r\nOK");
            EXPECT_EQ(client.request("/nowhere").rfind("HTTP/1.1 404", 0), 0U) << "the connection is kept alive";
        }
    }
}

TEST_F(ConformingGateway, RefusesBadCertificatesWithTheAlertThatNamesTheReason) {
    struct Row {
        const char* role;
        int alert;
    };
    for (const Row& row :
         {Row{"expired", SSL_AD_CERTIFICATE_EXPIRED}, Row{"not_yet_valid", SSL_AD_BAD_CERTIFICATE},
          Row{"revoked", SSL_AD_CERTIFICATE_REVOKED}, Row{"wrong_eku", SSL_AD_UNSUPPORTED_CERTIFICATE}}) {
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            Client client = cloud(with(row.role, version));
            EXPECT_EQ(client.request(cloud_status), "") << row.role;
            EXPECT_EQ(client.alert(), row.alert) << row.role << " under " << version;
        }
    }
}

TEST_F(ConformingGateway, RefusesAMissingCertificateInTheHandshake) {
    Client old = cloud(with("", TLS1_2_VERSION));
    EXPECT_FALSE(old.connected());
    EXPECT_EQ(old.alert(), SSL_AD_HANDSHAKE_FAILURE);
    Client recent = cloud(with("", TLS1_3_VERSION));
    EXPECT_EQ(recent.request(cloud_status), "");
    EXPECT_EQ(recent.alert(), TLS13_AD_CERTIFICATE_REQUIRED);
}

TEST_F(ConformingGateway, RefusesCertificatesThatAreNotEnrolledWith403) {
    for (const char* role : {"unenrolled", "other_environment"}) {
        Client client = cloud({.identity = role});
        const std::string answer = client.request(cloud_status);
        EXPECT_EQ(answer.rfind("HTTP/1.1 403", 0), 0U) << role << answer;
        EXPECT_NE(answer.find("EV1022"), std::string::npos);
    }
}

TEST_F(ConformingGateway, DesktopServesWithoutAskingForACertificate) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Client client = desktop(with("", version));
        EXPECT_EQ(client.request(desktop_status).rfind("HTTP/1.1 200", 0), 0U);
        EXPECT_FALSE(client.certificate_requested());
        EXPECT_EQ(client.request(cloud_status).rfind("HTTP/1.1 404", 0), 0U);
    }
}

TEST_F(ConformingGateway, NegotiatesThePublishedSuitesOnly) {
    for (const char* list :
         {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
        Client client = desktop({.max_version = TLS1_2_VERSION, .cipher_list = list});
        EXPECT_TRUE(client.connected()) << list;
        EXPECT_EQ(SSL_get_extms_support(client.ssl()), 1);
        EXPECT_EQ(SSL_get_secure_renegotiation_support(client.ssl()), 1);
    }
    EXPECT_FALSE(desktop({.max_version = TLS1_2_VERSION,
                          .cipher_list = "ALL:COMPLEMENTOFALL:!ECDHE-ECDSA-AES256-GCM-SHA384:"
                                         "!ECDHE-ECDSA-AES128-GCM-SHA256:!ECDHE-ECDSA-CHACHA20-POLY1305"})
                     .connected());
    for (const char* suite : {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"}) {
        EXPECT_TRUE(desktop({.suites_13 = suite}).connected()) << suite;
    }
    EXPECT_FALSE(desktop({.min_version = TLS1_3_VERSION, .suites_13 = "TLS_AES_128_CCM_SHA256"}).connected());
    for (const char* group : {"X25519", "P-256", "P-384"}) {
        EXPECT_TRUE(desktop({.groups = group}).connected()) << group;
    }
    EXPECT_FALSE(desktop({.groups = "P-521"}).connected());
}

TEST_F(ConformingGateway, RefusesOldVersionsAndHonoursTheFallbackSignal) {
    Client old = desktop({.min_version = TLS1_VERSION, .max_version = TLS1_1_VERSION});
    EXPECT_FALSE(old.connected());
    EXPECT_EQ(old.alert(), SSL_AD_PROTOCOL_VERSION);
    Client fallback = desktop({.max_version = TLS1_2_VERSION, .fallback_scsv = true});
    EXPECT_EQ(fallback.alert(), SSL_AD_INAPPROPRIATE_FALLBACK);
    EXPECT_FALSE(exchange(gateway->desktop_port(), RawHello{.legacy_version = 0x0300}.encode()).starts_with('\x16'));
}

TEST_F(ConformingGateway, MarksADowngradeAndToleratesTheUnknown) {
    const std::string answer = exchange(gateway->desktop_port(), RawHello{}.encode(), 1);
    EXPECT_EQ(server_hello_of(answer).random.substr(24), "DOWNGRD\x01");
    for (const RawHello& hello :
         {RawHello{.tls13 = true, .more_versions = {0x3a3a, 0x0305}}, RawHello{.legacy_version = 0x0304},
          RawHello{.suites = {0x0a0a, 0xc02b}}, RawHello{.groups = {0x1a1a, 23}}}) {
        EXPECT_EQ(server_hello_of(exchange(gateway->desktop_port(), hello.encode(), 1)).version, 0x0303);
    }
}

TEST_F(ConformingGateway, StaplesAGoodOcspResponse) {
    Client client = desktop({});
    const unsigned char* der = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(client.ssl(), &der);
    ASSERT_GT(size, 0);
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(d2i_OCSP_RESPONSE(nullptr, &der, size),
                                                                                 OCSP_RESPONSE_free);
    ASSERT_NE(response, nullptr);
    EXPECT_EQ(OCSP_response_status(response.get()), OCSP_RESPONSE_STATUS_SUCCESSFUL);
    const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(
        OCSP_response_get1_basic(response.get()), OCSP_BASICRESP_free);
    STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(client.ssl());
    EXPECT_EQ(OCSP_basic_verify(basic.get(), chain, SSL_CTX_get_cert_store(SSL_get_SSL_CTX(client.ssl())), 0), 1);
    OCSP_CERTID* const id = OCSP_cert_to_id(EVP_sha1(), sk_X509_value(chain, 0), sk_X509_value(chain, 1));
    int status = -1;
    EXPECT_EQ(OCSP_resp_find_status(basic.get(), id, &status, nullptr, nullptr, nullptr, nullptr), 1);
    EXPECT_EQ(status, V_OCSP_CERTSTATUS_GOOD);
    OCSP_CERTID_free(id);
}

TEST_F(ConformingGateway, RefusesRenegotiationAndEarlyData) {
    Client old = desktop({.max_version = TLS1_2_VERSION});
    SSL_renegotiate(old.ssl());
    EXPECT_EQ(old.request(desktop_status), "");
    Client recent = desktop({.min_version = TLS1_3_VERSION});
    EXPECT_FALSE(recent.request(desktop_status).empty());
    EXPECT_EQ(SSL_SESSION_get_max_early_data(SSL_get_session(recent.ssl())), 0U);
    EXPECT_TRUE(serves());
}

TEST_F(ConformingGateway, GivesNoServiceInClear) {
    const std::string request = std::string("GET ") + desktop_status + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    EXPECT_EQ(exchange(gateway->desktop_port(), request), "");
    EXPECT_EQ(exchange(gateway->cloud_port(), request), "");
    const std::string plain = exchange(gateway->http_port(), request);
    EXPECT_EQ(plain.rfind("HTTP/1.1 403", 0), 0U);
    EXPECT_NE(plain.find("Connection: close"), std::string::npos);
}

TEST_F(ConformingGateway, BoundsWhatAClientMaySend) {
    Client headers = desktop({});
    EXPECT_EQ(headers.request("/" + std::string(20 * 1024, 'a')).rfind("HTTP/1.1 4", 0), 0U);
    Client body = desktop({});
    const std::string answer = body.request("/gateway2/gws/returns/", std::string(2 << 20, 'a'));
    EXPECT_TRUE(answer.empty() || answer.rfind("HTTP/1.1 4", 0) == 0) << answer;
    EXPECT_TRUE(serves());
}

TEST_F(ConformingGateway, SurvivesGarbageAndAbandonedConnections) {
    std::mt19937 random(11);
    const std::string hello = RawHello{.tls13 = true}.encode();
    for (int round = 0; round < 100; ++round) {
        std::string bytes = hello;
        for (int hits = 0; hits < 5; ++hits) {
            bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        bytes.resize(1 + random() % bytes.size());
        for (const std::uint16_t port : {gateway->cloud_port(), gateway->desktop_port(), gateway->http_port()}) {
            const int descriptor = connect_to(port);
            ASSERT_GE(descriptor, 0);
            (void)send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            const linger reset{1, 0};
            if (round % 2 == 0) {
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
            }
            close(descriptor);
        }
    }
    EXPECT_TRUE(serves());
}

std::size_t open_descriptors() {
    DIR* const folder = opendir("/proc/self/fd");
    std::size_t count = 0;
    while (readdir(folder) != nullptr) {
        ++count;
    }
    closedir(folder);
    return count;
}

TEST(GatewayLife, StartsAndStopsWithoutLeavingDescriptorsBehind) {
    { const Gateway warm_up; }
    const std::size_t before = open_descriptors();
    for (int round = 0; round < 50; ++round) {
        Gateway gateway;
        const int held = connect_to(gateway.cloud_port());  // a connection in flight when the gateway goes
        EXPECT_GE(held, 0);
        if (round % 10 == 0) {
            Client client(gateway, gateway.desktop_port(), {});
            EXPECT_TRUE(client.connected());
        }
        close(held);
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST(GatewayLife, EveryReferenceNameHasAText) {
    const Gateway gateway;
    for (const std::string& name : gateway.reference_names()) {
        const auto text = gateway.reference(name);
        ASSERT_TRUE(text.has_value()) << name;
        EXPECT_FALSE(text->empty()) << name;
    }
    EXPECT_FALSE(gateway.reference("nobody.crt.pem").has_value());
    EXPECT_FALSE(gateway.reference(".key.pem").has_value());
    EXPECT_FALSE(gateway.reference("").has_value());
}

TEST(GatewayLife, SaysWhenAPortIsTaken) {
    const Gateway first;
    Options options;
    options.cloud_port = first.cloud_port();
    EXPECT_THROW(Gateway{options}, std::system_error);
}

}  // namespace
}  // namespace gateproof::gateway::test
