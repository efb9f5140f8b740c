#include "gateway/authority/access_token.hpp"

#include <gtest/gtest.h>

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

using namespace std::chrono_literals;

class AccessTokensTest : public testing::Test {
protected:
    [[nodiscard]] TokenFault fault_of(const std::string& token, const TokenDemands& demands = {}) const {
        return tokens_.read(token, demands).fault;
    }
    [[nodiscard]] std::string good() const { return tokens_.sign(tokens_.claims_for("ana", "app", "MYIR.Services")); }

    std::chrono::system_clock::time_point now_ = std::chrono::system_clock::time_point(1'700'000'000s);
    AccessTokens tokens_{[this] { return now_; }};
};

TEST_F(AccessTokensTest, WhatIsSignedIsReadAgain) {
    const TokenReading reading = tokens_.read(good());
    ASSERT_EQ(reading.fault, TokenFault::none);
    ASSERT_TRUE(reading.claims);
    EXPECT_EQ(reading.claims->subject, "ana");
    EXPECT_EQ(reading.claims->client_id, "app");
    EXPECT_EQ(reading.claims->scope, "MYIR.Services");
    EXPECT_EQ(reading.claims->issued_at, 1'700'000'000);
    EXPECT_EQ(reading.claims->not_before, 1'700'000'000 - 300);
    EXPECT_EQ(reading.claims->expires_at, 1'700'000'000 + 28800);
    EXPECT_NE(tokens_.read(good()).claims->id, reading.claims->id);
}

TEST_F(AccessTokensTest, EndsAfterEightHours) {
    const std::string token = good();
    now_ += 8h - 1s;
    EXPECT_EQ(fault_of(token), TokenFault::none);
    now_ += 1s;
    EXPECT_EQ(fault_of(token), TokenFault::expired);
    EXPECT_EQ(fault_of(token, {.expiry = false}), TokenFault::none);
    now_ -= 9h;
    EXPECT_EQ(fault_of(token), TokenFault::not_yet_valid);
}

TEST_F(AccessTokensTest, IsOfThePublishedForm) {
    const std::string token = good();
    EXPECT_EQ(from_base64url(token.substr(0, token.find('.'))), R"({"alg":"RS512","typ":"at-JWT"})");
    now_ -= 300s;
    EXPECT_EQ(fault_of(token), TokenFault::none) << "it is good 300 s before it is issued";
    now_ -= 1s;
    EXPECT_EQ(fault_of(token), TokenFault::not_yet_valid);
    const AccessTokens others([this] { return now_; }, {.type = "JWT", .algorithm = "RS256", .before = 0s});
    const std::string other = others.sign(others.claims_for("ana", "app", "s"));
    EXPECT_EQ(others.read(other).fault, TokenFault::none);
    EXPECT_EQ(fault_of(other), TokenFault::algorithm);
}

TEST_F(AccessTokensTest, EveryChangedCharacterIsNoticed) {
    const std::string token = good();
    for (std::size_t at = 0; at < token.size(); ++at) {
        std::string changed = token;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_NE(fault_of(changed), TokenFault::none) << at;
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, token.size() / 2, token.size() - 1}) {
        EXPECT_NE(fault_of(token.substr(0, length)), TokenFault::none) << length;
    }
    EXPECT_NE(fault_of(token + "A"), TokenFault::none);
    EXPECT_NE(fault_of(token + ".A"), TokenFault::none);
}

TEST_F(AccessTokensTest, AnotherKeyOrNoneIsRefused) {
    const AccessTokens others([this] { return now_; });
    const std::string foreign = others.sign(others.claims_for("ana", "app", "s"));
    EXPECT_EQ(fault_of(foreign), TokenFault::signature);
    EXPECT_EQ(fault_of(foreign, {.signature = false}), TokenFault::none);
    const std::string token = good();
    const std::string payload = token.substr(token.find('.'), token.rfind('.') - token.find('.') + 1);
    const std::string bare = base64url(R"({"alg":"none"})") + payload;
    EXPECT_EQ(fault_of(bare), TokenFault::algorithm);
    EXPECT_EQ(fault_of(bare, {.algorithm = false}), TokenFault::none);
    EXPECT_EQ(fault_of(base64url(R"({"alg":"HS256"})") + payload, {.algorithm = false}), TokenFault::algorithm);
}

TEST_F(AccessTokensTest, AnotherEnvironmentAudienceAndRevocation) {
    AccessClaims claims = tokens_.claims_for("ana", "app", "s");
    claims.environment = "other";
    EXPECT_EQ(fault_of(tokens_.sign(claims)), TokenFault::environment);
    EXPECT_EQ(fault_of(tokens_.sign(claims), {.environment = false}), TokenFault::none);
    claims = tokens_.claims_for("ana", "app", "s");
    claims.audience = "elsewhere";
    EXPECT_EQ(fault_of(tokens_.sign(claims)), TokenFault::audience);
    claims = tokens_.claims_for("ana", "app", "s");
    claims.issuer = "somebody";
    EXPECT_EQ(fault_of(tokens_.sign(claims)), TokenFault::issuer);
    claims = tokens_.claims_for("ana", "app", "s");
    tokens_.revoke(claims.id);
    EXPECT_EQ(fault_of(tokens_.sign(claims)), TokenFault::revoked);
    EXPECT_EQ(fault_of(tokens_.sign(claims), {.revocation = false}), TokenFault::none);
}

TEST(Encoding, Base64urlIsStrict) {
    EXPECT_EQ(base64url(""), "");
    EXPECT_EQ(base64url("f"), "Zg");
    EXPECT_EQ(base64url("fo"), "Zm8");
    EXPECT_EQ(base64url("foo"), "Zm9v");
    EXPECT_EQ(base64url("\xff\xfe\xfd"), "__79");
    EXPECT_EQ(from_base64url("Zm8"), "fo");
    EXPECT_EQ(from_base64url(""), "");
    for (const char* bad : {"Z", "Zm8=", "Zm9v!", "Zm 8", "Zh", "__7+"}) {
        EXPECT_FALSE(from_base64url(bad)) << bad;
    }
    EXPECT_EQ(from_base64("Zm8="), "fo");
    EXPECT_EQ(from_base64("Zm9v"), "foo");
    for (const char* bad : {"Zm8", "Zm8_", "====", "Z==="}) {
        EXPECT_FALSE(from_base64(bad)) << bad;
    }
}

TEST(Encoding, FormsAreDecodedStrictly) {
    EXPECT_EQ(form_decoded("a+b%2Bc"), "a b+c");
    EXPECT_EQ(form_decoded("%C4%81"), "\xc4\x81");
    for (const char* bad : {"%", "%4", "%4g", "a%"}) {
        EXPECT_FALSE(form_decoded(bad)) << bad;
    }
    EXPECT_EQ(percent_encoded("a b&c/~"), "a%20b%26c%2F~");
}

}  // namespace
}  // namespace gateproof::gateway
