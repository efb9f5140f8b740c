// That each fault about identities shows, and shows in nothing but what it is for.
#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "gateway/faults/table.hpp"
#include "tests/unit/gateway/client.hpp"
#include "tests/unit/gateway/forgeries.hpp"

namespace gateproof::gateway::test::identity_faults_test {
namespace {

constexpr const char* whoami = "/gateway/whoami";
using SessionPtr = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

struct Broken {
    explicit Broken(const std::string& fault) : gateway(make(fault)) {}
    static Options make(const std::string& fault) {
        Options options;
        options.faults = {fault};
        return options;
    }
    Client cloud(const ClientOptions& options) const { return {gateway, gateway.cloud_port(), options}; }
    std::string dsp(const std::string& role) const {
        return "{\"dsp\":\"" + common_name(identity_of(gateway, role)) + "\"}";
    }
    Gateway gateway;
};

bool served(const std::string& answer) {
    return answer.rfind("HTTP/1.1 200", 0) == 0;
}

using Names = std::set<std::string>;

struct Row {
    const char* fault;
    Names served;
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.fault;
}

class ServedForgeries : public testing::TestWithParam<Row> {};

TEST_P(ServedForgeries, AreThoseOfTheFaultAndNoOthers) {
    const Broken broken(GetParam().fault);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Names shown;
        for (const auto& [name, forgery] : forgeries(broken.gateway)) {
            Client client = broken.cloud({.min_version = version, .max_version = version, .minted = &forgery});
            if (served(client.request(cloud_status))) {
                shown.insert(name);
            }
        }
        EXPECT_EQ(shown, GetParam().served) << "under " << version;
    }
    for (const char* role : {"enrolled", "second"}) {
        EXPECT_TRUE(broken.cloud({.identity = role}).request(whoami).ends_with(broken.dsp(role)));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ServedForgeries,
    testing::Values(
        Row{"accepts-unenrolled-cn", {"unenrolled"}}, Row{"accepts-self-signed", {"self-signed"}},
        Row{"trusts-any-ca", {"look-alike-ca"}}, Row{"no-expiry-check", {"expired"}},
        Row{"no-not-before-check", {"not_yet_valid"}}, Row{"no-revocation-check", {"revoked"}},
        Row{"no-client-eku-check", {"wrong_eku"}}, Row{"no-signature-check", {"tampered"}},
        Row{"accepts-ca-as-leaf", {"ca-as-leaf", "ca-with-enrolled-name"}}, Row{"accepts-leaf-issued", {"leaf-issued"}},
        Row{"no-certificate-verify-check", {"stolen"}}, Row{"accepts-ca-that-signs", {"ca-with-enrolled-name"}},
        Row{"identity-by-prefix", {"name-and-suffix", "blank-after-name", "dot-after-name", "name-at-host"}},
        Row{"identity-trims-blanks", {"blank-after-name"}}, Row{"identity-ignores-trailing-dot", {"dot-after-name"}},
        Row{"identity-before-at-sign", {"name-at-host"}}, Row{"identity-takes-wildcards", {"wildcard"}},
        Row{"identity-by-one-line", {"name-first", "name-last"}},
        Row{"identity-by-any-attribute", {"name-first", "name-last"}}, Row{"identity-ignores-case", {"upper-case"}},
        Row{"identity-by-any-cn", {"name-first", "name-last"}},
        Row{"identity-by-san", {"san-alone", "san-and-other-name"}}, Row{"cn-stops-at-nul", {"nul-after-name"}},
        Row{"accepts-other-environment", {"other_environment"}}),
    [](const auto& row) {
        std::string name = row.param.fault;
        for (char& c : name) {
            c = c == '-' ? '_' : c;
        }
        return name;
    });

TEST(IdentityFault, OneIdentityForAllShowsInTheAnswerAlone) {
    const Broken broken("one-identity-for-all");
    EXPECT_TRUE(broken.cloud({.identity = "second"}).request(whoami).ends_with(broken.dsp("enrolled")));
    EXPECT_TRUE(served(broken.cloud({.identity = "second"}).request("/gateway/tds/summary")));
    EXPECT_FALSE(served(broken.cloud({.identity = "enrolled"}).request("/gateway/tds/summary")));
    EXPECT_FALSE(served(broken.cloud({.identity = "unenrolled"}).request(whoami)));
}

TEST(IdentityFault, EntitlementsAreNotLookedAt) {
    const Broken broken("no-entitlements");
    EXPECT_TRUE(served(broken.cloud({.identity = "enrolled"}).request("/gateway/tds/summary")));
    EXPECT_FALSE(served(broken.cloud({.identity = "unenrolled"}).request("/gateway/tds/summary")));
}

TEST(IdentityFault, HeadersAreBelieved) {
    const Broken broken("trusts-identity-headers");
    const std::string other = common_name(identity_of(broken.gateway, "second"));
    for (const std::string& header :
         {"X-SSL-Client-S-DN: CN=" + other, "X-Forwarded-Client-Cert: Hash=00;Subject=\"CN=" + other + "\"",
          "x-ssl-client-cn: " + other, "X-Client-DN: CN=" + other, "X-Amzn-Mtls-Clientcert-Subject: CN=" + other}) {
        Client client = broken.cloud({.identity = "enrolled", .headers = header + "\r\n"});
        EXPECT_TRUE(client.request(whoami).ends_with(broken.dsp("second"))) << header;
    }
    Client plain = broken.cloud({.identity = "enrolled", .headers = "X-Correlation-Id: " + other + "\r\n"});
    EXPECT_TRUE(plain.request(whoami).ends_with(broken.dsp("enrolled")));
}

TEST(IdentityFault, TheLastIdentityOfAnAddressBleedsIntoKeptConnections) {
    const Broken broken("identity-cached-per-address");
    Client first = broken.cloud({.identity = "enrolled"});
    EXPECT_TRUE(first.request(whoami).ends_with(broken.dsp("enrolled")));
    EXPECT_TRUE(first.request(whoami).ends_with(broken.dsp("enrolled")));
    Client second = broken.cloud({.identity = "second"});
    EXPECT_TRUE(second.request(whoami).ends_with(broken.dsp("second")));
    EXPECT_TRUE(first.request(whoami).ends_with(broken.dsp("second")));
}

TEST(IdentityFault, ASessionWithoutACertificateIsServedOnceItIsResumed) {
    for (const int broken_version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const Broken broken(broken_version == TLS1_2_VERSION ? "certificateless-session-resumed-1.2"
                                                             : "certificateless-session-resumed-1.3");
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            const auto nobody = [version](SSL_SESSION* resume) {
                return ClientOptions{.min_version = version, .max_version = version, .resume = resume};
            };
            Client first = broken.cloud(nobody(nullptr));
            EXPECT_FALSE(served(first.request(cloud_status)));
            const SessionPtr session(SSL_get1_session(first.ssl()), SSL_SESSION_free);
            Client again = broken.cloud(nobody(session.get()));
            EXPECT_EQ(served(again.request(cloud_status)), version == broken_version);
            EXPECT_EQ(SSL_session_reused(again.ssl()), 1);
        }
        EXPECT_TRUE(served(broken.cloud({.identity = "enrolled"}).request(cloud_status)));
    }
}

TEST(IdentityFault, TheCertificateIsAMatterOfTheServerName) {
    const auto open_under = [](const char* fault) {
        const Broken broken(fault);
        Names names;
        for (const char* const name :
             {"", "x.invalid", "localhost", "LOCALHOST", "localhost.", "other.embedded.test"}) {
            const bool open = served(broken.cloud({.server_name = name, .host = "localhost"}).request(cloud_status));
            if (open) {
                names.insert(name);
            }
        }
        EXPECT_TRUE(served(broken.cloud({.identity = "enrolled"}).request(cloud_status))) << fault;
        EXPECT_FALSE(served(broken.cloud({.identity = "enrolled", .host = "other.embedded.test"}).request(whoami)));
        return names;
    };
    EXPECT_EQ(open_under("certificate-by-sni-alone"), (Names{"", "localhost.", "x.invalid"}));
    EXPECT_EQ(open_under("certificate-not-demanded-without-sni"), Names{""});
    EXPECT_EQ(open_under("certificate-not-demanded-under-unknown-sni"), (Names{"localhost.", "x.invalid"}));
    EXPECT_EQ(open_under("certificate-not-demanded-under-other-name"), Names{"other.embedded.test"});
    EXPECT_EQ(open_under("certificate-not-demanded-in-other-case"), Names{"LOCALHOST"});
    EXPECT_EQ(open_under("certificate-not-demanded-behind-a-dot"), Names{"localhost."});
}

TEST(IdentityFault, SessionsAreGoodWhereTheyWereNotMade) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const auto with = [version](const char* role, SSL_SESSION* resume, const char* name = "localhost") {
            return ClientOptions{.min_version = version,
                                 .max_version = version,
                                 .identity = role,
                                 .resume = resume,
                                 .server_name = name,
                                 .host = name};
        };
        const Broken names("tickets-shared-across-names");
        Client first = names.cloud(with("enrolled", nullptr));
        ASSERT_TRUE(served(first.request(cloud_status)));
        const SessionPtr session(SSL_get1_session(first.ssl()), SSL_SESSION_free);
        EXPECT_TRUE(served(names.cloud(with("", session.get(), "other.embedded.test")).request(cloud_status)));

        const Broken listeners("tickets-shared-across-listeners");
        Client desktop(listeners.gateway, listeners.gateway.desktop_port(), with("", nullptr));
        ASSERT_TRUE(served(desktop.request(desktop_status)));
        const SessionPtr nameless(SSL_get1_session(desktop.ssl()), SSL_SESSION_free);
        EXPECT_TRUE(served(listeners.cloud(with("", nameless.get())).request(cloud_status)));
        EXPECT_FALSE(served(listeners.cloud(with("", nullptr)).request(cloud_status)));
        EXPECT_FALSE(served(names.cloud(with("", nameless.get())).request(cloud_status)));
    }
}

TEST(IdentityFault, AnotherHostIsServedOnTheSameConnection) {
    const Broken broken("sni-host-mismatch-served");
    EXPECT_TRUE(served(broken.cloud({.identity = "enrolled", .host = "other.embedded.test"}).request(cloud_status)));
}

TEST(IdentityFault, TheMockDemandsACertificate) {
    const Broken broken("mock-requires-certificate");
    EXPECT_EQ(Client(broken.gateway, broken.gateway.mock_port(), {}).request(cloud_status), "");
    EXPECT_TRUE(served(broken.cloud({.identity = "enrolled"}).request(cloud_status)));
}

}  // namespace
}  // namespace gateproof::gateway::test::identity_faults_test
