// That each fault shows on the wire, and that sound clients are still served beside it.
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <set>

#include "gateway/faults/table.hpp"
#include "tests/unit/gateway/client.hpp"

namespace gateproof::gateway::test {
namespace {

/// A gateway with some faults, and short ways to reach it.
struct Broken {
    explicit Broken(std::vector<std::string> faults) : gateway(make(std::move(faults))) {}

    static Options make(std::vector<std::string> faults) {
        Options options;
        options.faults = std::move(faults);
        return options;
    }
    Client cloud(const ClientOptions& options) { return {gateway, gateway.cloud_port(), options}; }
    Client desktop(const ClientOptions& options) { return {gateway, gateway.desktop_port(), options}; }
    RawServerHello hello(const RawHello& raw) {
        return server_hello_of(exchange(gateway.desktop_port(), raw.encode(), 1));
    }

    Gateway gateway;
};

ClientOptions tls12(const std::string& suites = {}) {
    return {.max_version = TLS1_2_VERSION, .cipher_list = suites};
}

class EveryFault : public testing::TestWithParam<std::string> {};

/// Whoever judges one fault needs the rest of the gateway to work.
TEST_P(EveryFault, LeavesTheControlServed) {
    Broken broken({GetParam()});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        if ((version == TLS1_2_VERSION && GetParam() == "no-tls-1.2") ||
            (version == TLS1_3_VERSION && GetParam() == "no-tls-1.3") || GetParam() == "refuses-status-request") {
            continue;  // this client asks for a staple each time
        }
        ClientOptions options{.min_version = version,
                              .max_version = version,
                              .identity = "enrolled",
                              .legacy_server = GetParam() == "no-secure-renegotiation"};
        EXPECT_EQ(broken.cloud(options).request(cloud_status).rfind("HTTP/1.1 200", 0), 0U) << version;
        options.identity.clear();
        Client desktop = broken.desktop(options);
        EXPECT_EQ(desktop.request(desktop_status).rfind("HTTP/1.1 200", 0), 0U) << version;
    }
}

INSTANTIATE_TEST_SUITE_P(Faults, EveryFault, testing::ValuesIn([] {
                             std::vector<std::string> names;
                             for (const Fault& fault : faults()) {
                                 if (!fault.ends_service) {
                                     names.emplace_back(fault.name);
                                 }
                             }
                             return names;
                         }()),
                         [](const auto& parameter) {
                             std::string name = parameter.param;
                             for (char& c : name) {
                                 c = c == '-' || c == '.' ? '_' : c;
                             }
                             return name;
                         });

TEST(VersionFaults, OldVersionsAreNegotiatedEachAlone) {
    for (const auto& [fault, version, other] : {std::tuple("accepts-tls-1.0", TLS1_VERSION, TLS1_1_VERSION),
                                                std::tuple("accepts-tls-1.1", TLS1_1_VERSION, TLS1_VERSION)}) {
        Broken broken({fault});
        EXPECT_TRUE(broken.desktop({.min_version = version, .max_version = version}).connected()) << fault;
        EXPECT_FALSE(broken.desktop({.min_version = other, .max_version = other}).connected()) << fault;
        EXPECT_FALSE(broken.desktop(tls12("ECDHE-ECDSA-AES128-SHA")).connected()) << fault;
        EXPECT_EQ(broken.desktop({.min_version = version, .max_version = version, .fallback_scsv = true}).alert(),
                  SSL_AD_INAPPROPRIATE_FALLBACK);
    }
}

TEST(VersionFaults, Ssl3AndSsl2AreAnswered) {
    Broken broken({"answers-ssl3", "answers-ssl2"});
    const RawServerHello hello =
        broken.hello({.record_version = 0x0300, .legacy_version = 0x0300, .suites = {0x002f, 0x000a}});
    EXPECT_EQ(hello.version, 0x0300);
    EXPECT_EQ(hello.suite, 0x002f);
    const std::string ssl2(
        "\x80\x1c\x01\x00\x02\x00\x03\x00\x00\x00\x10\x01\x00\x80"
        "0123456789abcdef",
        30);
    const std::string answer = exchange(broken.gateway.desktop_port(), ssl2);
    ASSERT_GT(answer.size(), 13U);
    EXPECT_EQ(answer.substr(2, 5), std::string("\x04\x00\x01\x00\x02", 5));
    const std::size_t length = static_cast<std::size_t>(static_cast<std::uint8_t>(answer[0]) & 0x7f) << 8 |
                               static_cast<std::uint8_t>(answer[1]);
    EXPECT_EQ(answer.size(), length + 2);
}

TEST(VersionFaults, NewestVersionsCanBeMissing) {
    EXPECT_FALSE(Broken({"no-tls-1.2"}).desktop(tls12()).connected());
    EXPECT_FALSE(Broken({"no-tls-1.3"}).desktop({.min_version = TLS1_3_VERSION}).connected());
}

TEST(VersionFaults, IntoleranceIsShownToUnknownValuesOnly) {
    Broken broken({"version-intolerant"});
    EXPECT_EQ(broken.hello({}).version, 0x0303);
    EXPECT_EQ(broken.hello({.tls13 = true}).version, 0x0303);
    EXPECT_EQ(broken.hello({.legacy_version = 0x0304}).version, 0);
    EXPECT_EQ(broken.hello({.tls13 = true, .more_versions = {0x0305}}).version, 0);
    EXPECT_EQ(broken.hello({.suites = {0x0a0a, 0xc02b}}).version, 0);
}

TEST(VersionFaults, FallbackAndDowngradeGoUnmarked) {
    Broken fallback({"ignores-fallback-scsv"});
    EXPECT_TRUE(fallback.desktop({.max_version = TLS1_2_VERSION, .fallback_scsv = true}).connected());
    EXPECT_EQ(fallback.hello({}).random.substr(24), "DOWNGRD\x01");
    Broken downgrade({"no-downgrade-sentinel"});
    EXPECT_NE(downgrade.hello({}).random.substr(24), "DOWNGRD\x01");
    EXPECT_EQ(downgrade.desktop({.max_version = TLS1_2_VERSION, .fallback_scsv = true}).alert(),
              SSL_AD_INAPPROPRIATE_FALLBACK);
}

TEST(SuiteFaults, OneSuiteMoreIsAcceptedEach) {
    for (const auto& [fault, suite] :
         {std::pair("accepts-cbc", "ECDHE-ECDSA-AES128-SHA256"), std::pair("accepts-null", "ECDHE-ECDSA-NULL-SHA"),
          std::pair("accepts-anonymous", "AECDH-AES128-SHA"),
          std::pair("accepts-unlisted-suite", "ECDHE-ECDSA-AES128-CCM")}) {
        Broken broken({fault});
        EXPECT_EQ(broken.desktop(tls12(suite)).request(desktop_status).rfind("HTTP/1.1 200", 0), 0U) << suite;
        // A sound client never meets it.
        Client sound = broken.desktop(tls12("ALL:COMPLEMENTOFALL"));
        EXPECT_STREQ(SSL_get_cipher_name(sound.ssl()), "ECDHE-ECDSA-AES256-GCM-SHA384");
        const std::string rest = std::string(
                                     "ALL:COMPLEMENTOFALL:!ECDHE-ECDSA-AES256-GCM-SHA384:"
                                     "!ECDHE-ECDSA-AES128-GCM-SHA256:!ECDHE-ECDSA-CHACHA20-POLY1305:!") +
                                 suite;
        EXPECT_FALSE(broken.desktop(tls12(rest)).connected()) << fault;
    }
    Broken broken({"accepts-ccm"});
    EXPECT_TRUE(broken.desktop({.min_version = TLS1_3_VERSION, .suites_13 = "TLS_AES_128_CCM_SHA256"}).connected());
}

TEST(SuiteFaults, SuitesThatOpensslLacksAreAnswered) {
    for (const auto& [fault, suite] : {std::pair<const char*, std::uint16_t>("accepts-rc4", 0xc007),
                                       {"accepts-3des", 0xc008},
                                       {"accepts-export", 0x0008},
                                       {"accepts-static-rsa", 0x009d}}) {
        Broken broken({fault});
        EXPECT_EQ(broken.hello({.suites = {0x002f, suite}}).suite, suite) << fault;
        EXPECT_EQ(broken.hello({.suites = {suite, 0xc02b}}).suite, 0xc02b) << fault;
        EXPECT_EQ(broken.hello({.suites = {0x002f}}).version, 0) << fault;
    }
}

TEST(SuiteFaults, AnUnservableSuiteHidesAnother) {
    Broken broken({"unservable-suite-before-cbc"});
    EXPECT_EQ(broken.hello({.suites = {0xc023}}).suite, 0xc023);
    EXPECT_EQ(broken.hello({.suites = {0xc023, 0x00a6}}).version, 0);
    EXPECT_EQ(broken.hello({.suites = {0xc023, 0x00a6, 0xc02b}}).suite, 0xc02b);
    EXPECT_EQ(broken.hello({.suites = {0x002f}}).version, 0);
}

TEST(HygieneFaults, RenegotiationInfoIsLeftOut) {
    Broken broken({"no-secure-renegotiation"});
    EXPECT_FALSE(broken.desktop(tls12()).connected()) << "OpenSSL refuses such servers by itself";
    ClientOptions options = tls12();
    options.legacy_server = true;
    Client client = broken.desktop(options);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(SSL_get_secure_renegotiation_support(client.ssl()), 0);
}

TEST(HygieneFaults, ClientsMayRenegotiate) {
    Broken broken({"allows-client-renegotiation"});
    Client client = broken.desktop(tls12());
    ASSERT_EQ(SSL_renegotiate(client.ssl()), 1);
    EXPECT_EQ(client.request(desktop_status).rfind("HTTP/1.1 200", 0), 0U);
    EXPECT_EQ(SSL_num_renegotiations(client.ssl()), 1);
    EXPECT_EQ(SSL_renegotiate_pending(client.ssl()), 0);
}

TEST(HygieneFaults, MasterSecretCompressionAndGroups) {
    Broken secret({"no-extended-master-secret"});
    EXPECT_EQ(SSL_get_extms_support(secret.desktop(tls12()).ssl()), 0);
    Broken compression({"compression-on"});
    EXPECT_EQ(compression.hello({.compression = std::string("\x01\x00", 2)}).compression, 1);
    EXPECT_EQ(compression.hello({}).compression, 0);
    Broken group({"weak-ec-group"});
    Client weak = group.desktop({.max_version = TLS1_2_VERSION, .groups = "P-256:P-192"});
    ASSERT_TRUE(weak.connected());
    EXPECT_EQ(SSL_get_negotiated_group(weak.ssl()), NID_X9_62_prime192v1);
    EXPECT_EQ(SSL_get_negotiated_group(group.desktop(tls12()).ssl()), NID_X25519);
    EXPECT_EQ(group.hello({.groups = {19}}).version, 0x0303);
    EXPECT_EQ(group.hello({.groups = {21}}).version, 0);
}

TEST(HygieneFaults, EarlyDataIsServedAgainAndAgain) {
    Broken broken({"accepts-early-data"});
    const auto run = [&](const char* identity, std::uint16_t port, const char* path) {
        Client first(broken.gateway, port, {.min_version = TLS1_3_VERSION, .identity = identity});
        ASSERT_FALSE(first.request(path).empty());
        SSL_SESSION* const ticket = SSL_get1_session(first.ssl());
        EXPECT_GT(SSL_SESSION_get_max_early_data(ticket), 0U);
        for (int replay = 0; replay < 2; ++replay) {
            // A copy: the answer comes before a new ticket does, and a connection that ends then spoils its session.
            SSL_SESSION* const copy = SSL_SESSION_dup(ticket);
            Client second(broken.gateway, port,
                          {.min_version = TLS1_3_VERSION,
                           .identity = identity,
                           .resume = copy,
                           .early_data = std::string("GET ") + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"});
            ASSERT_TRUE(second.connected());
            EXPECT_EQ(SSL_get_early_data_status(second.ssl()), SSL_EARLY_DATA_ACCEPTED);
            EXPECT_EQ(second.read_answer().rfind("HTTP/1.1 200", 0), 0U);
            SSL_SESSION_free(copy);
        }
        SSL_SESSION_free(ticket);
    };
    run("", broken.gateway.desktop_port(), desktop_status);
    run("enrolled", broken.gateway.cloud_port(), cloud_status);
}

TEST(CertificateFaults, EachShowsInTheCertificateAlone) {
    EXPECT_EQ(Broken({"incomplete-chain"}).desktop({}).verify_result(), X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE);
    EXPECT_EQ(Broken({"wrong-host-name"}).desktop({}).verify_result(), X509_V_ERR_HOSTNAME_MISMATCH);
    EXPECT_EQ(Broken({"expired-server-certificate"}).desktop({}).verify_result(), X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_EQ(Broken({"server-wrong-eku"}).desktop({}).verify_result(), X509_V_ERR_INVALID_PURPOSE);

    Broken soon({"server-certificate-expires-soon"});
    Client soon_client = soon.desktop({});
    EXPECT_EQ(soon_client.verify_result(), X509_V_OK);
    int days = 0;
    ASN1_TIME_diff(&days, nullptr, nullptr, X509_get0_notAfter(SSL_get0_peer_certificate(soon_client.ssl())));
    EXPECT_GE(days, 9);
    EXPECT_LE(days, 10);

    Broken sha1({"sha1-server-certificate"});
    EXPECT_EQ(X509_get_signature_nid(SSL_get0_peer_certificate(sha1.desktop({}).ssl())), NID_ecdsa_with_SHA1);

    Broken unfit({"server-certificate-cannot-sign"});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Client client = unfit.desktop({.min_version = version, .max_version = version});
        const std::uint32_t usage = X509_get_key_usage(SSL_get0_peer_certificate(client.ssl()));
        EXPECT_EQ((usage & KU_DIGITAL_SIGNATURE) != 0, version == TLS1_2_VERSION);
    }

    Broken bare({"no-ocsp-staple"});
    const unsigned char* der = nullptr;
    EXPECT_LE(SSL_get_tlsext_status_ocsp_resp(bare.desktop({}).ssl(), &der), 0);
}

TEST(CertificateFaults, TwoCertificatesTakeTurnsEvenForInterleavedConnections) {
    for (const int stride : {1, 2, 3, 4}) {
        Broken broken({"alternating-certificate"});
        std::set<std::string> seen;
        for (int connection = 0; connection < 6 * stride; ++connection) {
            Client client = broken.desktop({});
            EXPECT_EQ(client.verify_result(), X509_V_OK);
            if (connection % stride == 0) {
                const ASN1_INTEGER* const serial = X509_get0_serialNumber(SSL_get0_peer_certificate(client.ssl()));
                seen.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)), 16);
            }
        }
        EXPECT_EQ(seen.size(), 2U) << "every connection number " << stride;
    }
}

TEST(PortFaults, ServiceAppearsWhereItMustNot) {
    const auto get = [](const char* path) {
        return std::string("GET ") + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    };
    Broken clear({"plaintext-served-on-tls-port"});
    EXPECT_NE(exchange(clear.gateway.cloud_port(), get(cloud_status)).find("\r\n\r\nOK"), std::string::npos);
    EXPECT_NE(exchange(clear.gateway.desktop_port(), get(desktop_status)).find("wsdl:definitions"), std::string::npos);

    Broken bare({"bare-answer-on-tls-port"});
    EXPECT_EQ(exchange(bare.gateway.cloud_port(), get(cloud_status)).rfind("OK", 0), 0U);

    Broken port80({"plain-service-on-port-80"});
    EXPECT_NE(exchange(port80.gateway.http_port(), get(desktop_status)).find("wsdl:definitions"), std::string::npos);

    Broken no_tls({"no-tls"});
    EXPECT_FALSE(no_tls.desktop({}).connected());
    EXPECT_EQ(exchange(no_tls.gateway.cloud_port(), RawHello{}.encode()).rfind("HTTP/1.1 400", 0), 0U);

    Broken both({"cloud-service-on-desktop-port"});
    EXPECT_EQ(both.desktop({}).request(cloud_status).rfind("HTTP/1.1 200", 0), 0U);
    EXPECT_EQ(both.desktop({}).request(desktop_status).rfind("HTTP/1.1 200", 0), 0U);

    Broken redirect({"redirects-to-other-port"});
    const std::string answer = redirect.cloud({.identity = "enrolled"}).request("/");
    EXPECT_EQ(answer.rfind("HTTP/1.1 302", 0), 0U);
    EXPECT_NE(answer.find("Location: https://localhost:8443/\r\n"), std::string::npos);
}

TEST(PortFaults, PortsAreClosedOrDeclaredWrongly) {
    Broken closed({"port-closed"});
    EXPECT_EQ(connect_to(closed.gateway.cloud_port()), -1);
    EXPECT_EQ(connect_to(closed.gateway.desktop_port()), -1);
    Broken declared({"declares-another-port"});
    EXPECT_NE(*declared.gateway.reference("cloud-port"), std::to_string(declared.gateway.cloud_port()));
}

TEST(IdentityFaults, CertificatesAreAskedForWrongly) {
    Broken optional({"certificate-optional"});
    EXPECT_EQ(optional.cloud({}).request(cloud_status).rfind("HTTP/1.1 200", 0), 0U);
    EXPECT_TRUE(optional.cloud({}).certificate_requested());
    EXPECT_EQ(optional.cloud({.identity = "expired"}).request(cloud_status), "");
    EXPECT_EQ(optional.cloud({.identity = "unenrolled"}).request(cloud_status).rfind("HTTP/1.1 403", 0), 0U);

    Broken silent({"cloud-does-not-request"});
    Client client = silent.cloud({});
    EXPECT_EQ(client.request(cloud_status).rfind("HTTP/1.1 200", 0), 0U);
    EXPECT_FALSE(client.certificate_requested());

    Broken refused({"enrolled-refused"});
    EXPECT_EQ(refused.cloud({.identity = "enrolled"}).request(cloud_status).rfind("HTTP/1.1 403", 0), 0U);

    Broken asks({"desktop-asks-certificate"});
    Client asked = asks.desktop({});
    EXPECT_EQ(asked.request(desktop_status).rfind("HTTP/1.1 200", 0), 0U);
    EXPECT_TRUE(asked.certificate_requested());

    Broken demands({"desktop-requires-certificate"});
    EXPECT_EQ(demands.desktop({}).request(desktop_status), "");
}

}  // namespace
}  // namespace gateproof::gateway::test
