#include "harness/profile/authority.hpp"

#include <gmock/gmock.h>

#include "harness/profile/profile.hpp"

namespace gateproof {
namespace {

using testing::HasSubstr;

Endpoint at(const char* host, const char* connect_address = "") {
    Endpoint endpoint;
    endpoint.host = host;
    endpoint.port = 443;
    endpoint.connect_address = connect_address;
    return endpoint;
}

TEST(Authority, WhoGetsASecretMustProveItself) {
    Profile profile;
    for (const Environment shared : {Environment::test, Environment::mock, Environment::production}) {
        profile.environment = shared;
        EXPECT_TRUE(must_prove_itself(profile, at("gateway.example")));
        EXPECT_TRUE(must_prove_itself(profile, at("localhost"))) << "a name is where its resolver says";
        EXPECT_FALSE(must_prove_itself(profile, at("127.0.0.2")));
        EXPECT_FALSE(must_prove_itself(profile, at("::1")));
    }
    for (const Environment own : {Environment::embedded, Environment::sandbox}) {
        profile.environment = own;
        EXPECT_FALSE(must_prove_itself(profile, at("gateway.example")));
        EXPECT_FALSE(must_prove_itself(profile, at("gateway.example"), true));
    }
}

TEST(Authority, ATrustThatIsGivenIsAlwaysUsed) {
    Profile profile;
    profile.trust.given = true;
    for (const Environment environment :
         {Environment::embedded, Environment::sandbox, Environment::mock, Environment::test, Environment::production}) {
        profile.environment = environment;
        EXPECT_TRUE(must_prove_itself(profile, at("gateway.example")));
        EXPECT_TRUE(must_prove_itself(profile, at("127.0.0.1")));
        EXPECT_TRUE(must_prove_itself(profile, at("::1", "::1")));
    }
}

TEST(Authority, OnThisMachineIsWhatIsNamedAndDialledByALoopbackAddress) {
    Profile profile;
    profile.environment = Environment::test;
    for (const char* loopback : {"127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "::0001", "::ffff:127.0.0.1",
                                 "::FFFF:127.0.0.9", "::ffff:7f00:1"}) {
        EXPECT_FALSE(must_prove_itself(profile, at(loopback))) << loopback;
        EXPECT_FALSE(must_prove_itself(profile, at("127.0.0.1", loopback))) << loopback;
        EXPECT_TRUE(must_prove_itself(profile, at("gateway.example", loopback))) << "behind it may be a tunnel";
        EXPECT_TRUE(must_prove_itself(profile, at("localhost", loopback)));
        EXPECT_TRUE(must_prove_itself(profile, at(loopback), true)) << "of the proxy's machine";
    }
    // Names that begin like one, spellings that only some resolvers take for one, and other addresses.
    for (const char* other : {"127.evil.example",
                              "127.0.0.1.evil.example",
                              "127.0.0.1.",
                              "127.1",
                              "127.0.1",
                              "127",
                              "0x7f000001",
                              "0x7f.0.0.1",
                              "2130706433",
                              "017700000001",
                              "127.0.0.01",
                              "LOCALHOST",
                              "localhost.",
                              "localhost.localdomain",
                              "ip6-localhost",
                              "[::1]",
                              "0.0.0.0",
                              "::",
                              "128.0.0.1",
                              "::2",
                              "::ffff:128.0.0.1",
                              "::127.0.0.1",
                              "fe80::1",
                              "203.0.113.9",
                              ""}) {
        EXPECT_TRUE(must_prove_itself(profile, at(other))) << other;
        if (*other != '\0') {
            EXPECT_TRUE(must_prove_itself(profile, at("127.0.0.1", other))) << other;
            EXPECT_TRUE(must_prove_itself(profile, at("::1", other))) << other;
        }
    }
}

TEST(Authority, WithoutACaNoSecretOfAnOperationIsSent) {
    Profile profile;
    profile.environment = Environment::test;
    profile.trust.system = false;
    Operation operation;
    operation.name = "status";
    operation.headers = {{"Accept", "text/plain"}};
    EXPECT_EQ(secret_unmet(profile, at("gateway.example"), operation), "");
    operation.headers["x-API-key"] = "k";
    EXPECT_THAT(secret_unmet(profile, at("gateway.example"), operation), HasSubstr("the secret of operation 'status'"));
    EXPECT_EQ(secret_unmet(profile, at("127.0.0.1"), operation), "");
    operation.headers.clear();
    operation.refers = true;
    EXPECT_THAT(secret_unmet(profile, at("gateway.example"), operation), HasSubstr("give trust.ca"));
}

TEST(Authority, WithoutACaNothingSecretIsSent) {
    Profile profile;
    profile.environment = Environment::test;
    EXPECT_EQ(secret_unmet(profile, at("gateway.example")), "");
    profile.trust.system = false;
    EXPECT_THAT(secret_unmet(profile, at("gateway.example")), HasSubstr("give trust.ca"));
    EXPECT_EQ(secret_unmet(profile, at("127.0.0.1")), "");
    profile.environment = Environment::sandbox;
    EXPECT_EQ(secret_unmet(profile, at("gateway.example")), "");
}

TEST(Authority, CredentialsAreBasicAsRfc6749WritesThem) {  // 2.3.1: form-encoded first
    OAuthClient client;
    client.id = "a:b";
    client.secret = "c d";
    EXPECT_EQ(client.basic(), "YSUzQWI6YyUyMGQ=");
}

}  // namespace
}  // namespace gateproof
