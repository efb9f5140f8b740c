#include "suites/shared/machine_token.hpp"

#include <gmock/gmock.h>

#include "tests/unit/probe/mint.hpp"

namespace gateproof::suites {
namespace {

using testing::HasSubstr;

Machine machine(const test::MintOptions& options = {}) {
    Machine made;
    made.signer = test::identity_of(test::mint(options));
    made.issuer = "agreed";
    return made;
}

jwt::Token decoded(const std::optional<std::string>& text) {
    return jwt::decode(text.value_or("")).value();
}

TEST(MachineToken, SaysWhatIsDocumented) {
    Machine made = machine();
    made.start_logon = "ann";
    const jwt::Token token = decoded(machine_token(made));
    EXPECT_EQ(token.header.dump(), R"({"alg":"ES256","typ":"JWT","kid":"M2M"})");
    EXPECT_EQ(token.claims.at("sub"), made.signer->leaf.sha256_fingerprint());
    EXPECT_EQ(token.claims.at("iss"), "agreed");
    EXPECT_EQ(token.claims.at("startLogon"), "ann");
    const auto issued = token.claims.at("iat").get<std::int64_t>();
    EXPECT_LE(issued, seconds_now());
    EXPECT_GE(issued, not_before(made.signer->leaf));
    EXPECT_LE(token.claims.at("exp").get<std::int64_t>() - issued, longest_lifetime);
    EXPECT_TRUE(jwt::verify(jwt::Algorithm::es256, made.signer->key.get(), token.input, token.signature));
    EXPECT_FALSE(decoded(machine_token(machine())).claims.contains("startLogon"));
}

TEST(MachineToken, IsNeverOlderThanItsCertificate) {
    test::MintOptions young;
    young.not_before = 0;
    const Machine made = machine(young);
    EXPECT_GE(decoded(machine_token(made)).claims.at("iat").get<std::int64_t>(), not_before(made.signer->leaf));
}

TEST(MachineToken, TakesTheAlgorithmThatTheKeyMakes) {
    test::MintOptions rsa;
    rsa.rsa_bits = 2048;
    Machine made = machine(rsa);
    EXPECT_EQ(decoded(machine_token(made)).header.at("alg"), "RS256");
    made.algorithm = "RS512";
    EXPECT_EQ(decoded(machine_token(made)).header.at("alg"), "RS512");
    made.algorithm = "ES256";
    EXPECT_FALSE(machine_token(made));
}

TEST(MachineToken, IsWrongInOneWayOnly) {
    const Machine made = machine();
    const MachineToken good = good_token(made).value();
    const std::string bare = unsigned_token(good, "NONE");
    EXPECT_EQ(decoded(bare).header.at("alg"), "NONE");
    EXPECT_TRUE(decoded(bare).signature.empty());
    EXPECT_EQ(decoded(bare).claims, good.claims);
    const std::vector<std::string> secrets = confusable_secrets(*made.signer);
    EXPECT_EQ(secrets.size(), 6U);
    EXPECT_THAT(secrets.front(), HasSubstr("BEGIN PUBLIC KEY"));
    for (const std::string& secret : secrets) {
        EXPECT_THAT(secret, Not(HasSubstr("PRIVATE")));
        const jwt::Token token = decoded(confused(good, secret));
        EXPECT_EQ(token.header.at("alg"), "HS256");
        EXPECT_EQ(token.signature, jwt::hmac_sha256(secret, token.input));
    }
}

}  // namespace
}  // namespace gateproof::suites
