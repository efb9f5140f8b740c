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
        EXPECT_FALSE(must_prove_itself(profile, at("gateway.example", "127.0.0.1")));
        EXPECT_FALSE(must_prove_itself(profile, at("127.0.0.2")));
        EXPECT_FALSE(must_prove_itself(profile, at("::1")));
    }
    for (const Environment own : {Environment::embedded, Environment::sandbox}) {
        profile.environment = own;
        EXPECT_FALSE(must_prove_itself(profile, at("gateway.example")));
    }
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
