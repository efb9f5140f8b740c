// Whom the conforming gateway takes a client for, and whom it refuses.
#include <gtest/gtest.h>

#include "tests/unit/gateway/client.hpp"
#include "tests/unit/gateway/forgeries.hpp"

namespace gateproof::gateway::test::identity_test {
namespace {

constexpr const char* whoami = "/gateway/whoami";
using SessionPtr = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

class Identities : public testing::Test {
protected:
    static void SetUpTestSuite() { gateway = std::make_unique<Gateway>(); }
    static void TearDownTestSuite() { gateway.reset(); }

    static Client cloud(const ClientOptions& options) { return {*gateway, gateway->cloud_port(), options}; }
    static std::string name_of(const std::string& role) { return common_name(identity_of(*gateway, role)); }
    static std::string dsp(const std::string& name) { return "{\"dsp\":\"" + name + "\"}"; }

    static inline std::unique_ptr<Gateway> gateway;
};

bool served(const std::string& answer) {
    return answer.rfind("HTTP/1.1 200", 0) == 0;
}

TEST_F(Identities, TheAnswerNamesTheCertificateOfItsOwnConnection) {
    Client first = cloud({.identity = "enrolled"});
    Client second = cloud({.identity = "second"});
    for (int turn = 0; turn < 3; ++turn) {
        EXPECT_TRUE(first.request(whoami).ends_with(dsp(name_of("enrolled"))));
        EXPECT_TRUE(second.request(whoami).ends_with(dsp(name_of("second"))));
    }
    EXPECT_NE(name_of("enrolled"), name_of("second"));
    Client desktop(*gateway, gateway->desktop_port(), {});
    EXPECT_TRUE(desktop.request("/gateway2/whoami").ends_with("{\"dsp\":null}"));
}

TEST_F(Identities, HeadersMakeNobodySomebodyElse) {
    const std::string other = name_of("second");
    Client client = cloud({.identity = "enrolled",
                           .headers = "X-SSL-Client-S-DN: CN=" + other + "\r\nX-SSL-Client-CN: " + other +
                                      "\r\nX-Forwarded-Client-Cert: Subject=\"CN=" + other +
                                      "\"\r\nX-Client-DN: CN=" + other + "\r\n"});
    EXPECT_TRUE(client.request(whoami).ends_with(dsp(name_of("enrolled"))));
    EXPECT_TRUE(client.request("/gateway/tds/summary").rfind("HTTP/1.1 401", 0) == 0);
}

TEST_F(Identities, TransactionDataAreForTheSecondAlone) {
    EXPECT_TRUE(served(cloud({.identity = "second"}).request("/gateway/tds/summary")));
    const std::string refused = cloud({.identity = "enrolled"}).request("/gateway/tds/summary");
    EXPECT_EQ(refused.rfind("HTTP/1.1 401", 0), 0U);
    EXPECT_NE(refused.find("TDS201"), std::string::npos);
}

TEST_F(Identities, NoForgeryIsServedUnderAnyVersion) {
    for (const auto& [name, forgery] : forgeries(*gateway)) {
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            Client client = cloud({.min_version = version, .max_version = version, .minted = &forgery});
            EXPECT_FALSE(served(client.request(cloud_status))) << name << " under " << version;
        }
    }
    const Minted ca = identity_of(*gateway, "client-ca");
    const Minted renewed = mint({.common_names = {name_of("enrolled")}}, &ca);
    EXPECT_TRUE(cloud({.minted = &renewed}).request(whoami).ends_with(dsp(name_of("enrolled"))));
}

TEST_F(Identities, OneHostPerConnection) {
    const auto ask = [](const char* server_name, const char* host) {
        return cloud({.identity = "enrolled", .server_name = server_name, .host = host}).request(cloud_status);
    };
    EXPECT_TRUE(served(ask("other.embedded.test", "other.embedded.test")));
    EXPECT_TRUE(served(ask("localhost", "LOCALHOST:4046")));
    EXPECT_TRUE(served(ask("", "127.0.0.1:4046")));
    EXPECT_EQ(ask("localhost", "other.embedded.test").rfind("HTTP/1.1 421", 0), 0U);
    EXPECT_EQ(ask("other.embedded.test", "localhost").rfind("HTTP/1.1 421", 0), 0U);
    EXPECT_EQ(ask("", "other.embedded.test").rfind("HTTP/1.1 421", 0), 0U);
    Client other = cloud({.identity = "enrolled", .server_name = "other.embedded.test"});
    EXPECT_EQ(other.verify_result(), X509_V_OK);
}

TEST_F(Identities, ASessionBelongsToItsClientItsNameAndItsListener) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const auto with = [version](const char* role, SSL_SESSION* resume, const char* name = "localhost") {
            return ClientOptions{.min_version = version,
                                 .max_version = version,
                                 .identity = role,
                                 .resume = resume,
                                 .server_name = name,
                                 .host = name};
        };
        Client first = cloud(with("enrolled", nullptr));
        ASSERT_TRUE(served(first.request(whoami)));
        const SessionPtr session(SSL_get1_session(first.ssl()), SSL_SESSION_free);
        // Whoever resumes it is A, for A's key is what made it.
        Client again = cloud(with("", session.get()));
        EXPECT_TRUE(again.request(whoami).ends_with(dsp(name_of("enrolled"))));
        EXPECT_EQ(SSL_session_reused(again.ssl()), 1);
        // Elsewhere it is worth nothing.
        EXPECT_FALSE(served(cloud(with("", session.get(), "other.embedded.test")).request(cloud_status)));
        EXPECT_FALSE(served(cloud(with("", session.get(), "gateway.embedded.test")).request(cloud_status)));
        Client desktop(*gateway, gateway->desktop_port(), with("", session.get()));
        EXPECT_TRUE(served(desktop.request(desktop_status)));
        EXPECT_EQ(SSL_session_reused(desktop.ssl()), 0);
        const SessionPtr nameless(SSL_get1_session(desktop.ssl()), SSL_SESSION_free);
        EXPECT_FALSE(served(cloud(with("", nameless.get())).request(cloud_status)));
    }
}

TEST_F(Identities, TheMockServesWithoutCertificatesAndAsksForNone) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Client client(*gateway, gateway->mock_port(), {.min_version = version, .max_version = version});
        EXPECT_TRUE(served(client.request("/gateway/gws/returns/?wsdl")));
        EXPECT_FALSE(served(client.request("/gateway/customer/status"))) << "the mock may lack it, and this one does";
        EXPECT_FALSE(client.certificate_requested());
        EXPECT_TRUE(client.request(whoami).ends_with("{\"dsp\":null}"));
    }
    EXPECT_EQ(gateway->reference("mock-url"), "https://localhost:" + std::to_string(gateway->mock_port()));
    EXPECT_EQ(gateway->reference("mock-port"), std::to_string(gateway->mock_port()));
}

/// Asked for in the handshake and demanded of the request.
TEST(OptionalCertificates, AreDemandedOfEveryRequest) {
    Options options;
    options.certificate_optional = true;
    const Gateway gateway(options);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const auto ask = [&](const char* role, SSL_SESSION* resume) {
            return Client(gateway, gateway.cloud_port(),
                          {.min_version = version, .max_version = version, .identity = role, .resume = resume});
        };
        Client nobody = ask("", nullptr);
        EXPECT_EQ(nobody.request(cloud_status).rfind("HTTP/1.1 403", 0), 0U);
        EXPECT_TRUE(nobody.certificate_requested());
        const SessionPtr session(SSL_get1_session(nobody.ssl()), SSL_SESSION_free);
        Client again = ask("", session.get());
        EXPECT_EQ(again.request(cloud_status).rfind("HTTP/1.1 403", 0), 0U);
        EXPECT_EQ(SSL_session_reused(again.ssl()), 1);
        EXPECT_TRUE(served(ask("enrolled", nullptr).request(cloud_status)));
        EXPECT_FALSE(ask("expired", nullptr).connected() && served(ask("expired", nullptr).request(cloud_status)));
    }
}

}  // namespace
}  // namespace gateproof::gateway::test::identity_test
