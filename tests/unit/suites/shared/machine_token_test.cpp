#include "suites/shared/machine_token.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "harness/text/ascii.hpp"
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
    const jwt::Token token = decoded(machine_token(made, TimeSpan::now()));
    EXPECT_EQ(token.header.dump(), R"({"alg":"ES256","typ":"JWT","kid":"M2M"})");
    EXPECT_EQ(token.claims.at("sub"), made.signer->leaf.sha256_fingerprint());
    EXPECT_EQ(token.claims.at("iss"), "agreed");
    EXPECT_EQ(token.claims.at("startLogon"), "ann");
    const auto issued = token.claims.at("iat").get<std::int64_t>();
    EXPECT_LE(issued, seconds_of(std::chrono::system_clock::now()));
    EXPECT_GE(issued, not_before(made.signer->leaf));
    EXPECT_LE(token.claims.at("exp").get<std::int64_t>() - issued, longest_lifetime);
    EXPECT_TRUE(jwt::verify(jwt::Algorithm::es256, made.signer->key.get(), token.input, token.signature));
    EXPECT_FALSE(decoded(machine_token(machine(), TimeSpan::now())).claims.contains("startLogon"));
}

TEST(MachineToken, HasThePublishedFormThatTheProfileSays) {
    Machine made = machine();
    const std::string sha1 = made.signer->leaf.sha1_fingerprint();
    made.subject = Machine::Subject::sha1_upper;
    EXPECT_EQ(decoded(machine_token(made, TimeSpan::now())).claims.at("sub"), sha1);
    made.subject = Machine::Subject::sha1_lower;
    EXPECT_EQ(decoded(machine_token(made, TimeSpan::now())).claims.at("sub"), lower_case(sha1));
    made.no_logon = Machine::NoLogon::null;
    EXPECT_TRUE(decoded(machine_token(made, TimeSpan::now())).claims.at("startLogon").is_null());
    made.no_logon = Machine::NoLogon::empty;
    EXPECT_EQ(decoded(machine_token(made, TimeSpan::now())).claims.at("startLogon"), "");
}

TEST(MachineToken, HasOtherPublishedForms) {
    const auto forms_of = [](const Machine& made) {
        std::vector<std::string> forms;
        std::ranges::transform(other_forms(made), std::back_inserter(forms), &MachineForm::what);
        return forms;
    };
    Machine made = machine();
    const std::vector<std::string> all = forms_of(made);
    EXPECT_EQ(all.size(), 8U);
    EXPECT_EQ(all.front(), "sub as SHA-256 in upper case, startLogon null");
    EXPECT_EQ(all.back(), "sub as SHA-1 in upper case, an empty startLogon");
    made.start_logon = "ann";
    EXPECT_THAT(forms_of(made), testing::ElementsAre("sub as SHA-1 in lower case", "sub as SHA-1 in upper case"));
}

TEST(MachineToken, IsNeverOlderThanItsCertificate) {
    test::MintOptions young;
    young.not_before = 0;
    const Machine made = machine(young);
    EXPECT_GE(decoded(machine_token(made, TimeSpan::now())).claims.at("iat").get<std::int64_t>(),
              not_before(made.signer->leaf));
}

TEST(MachineToken, TakesTheAlgorithmThatTheKeyMakes) {
    test::MintOptions rsa;
    rsa.rsa_bits = 2048;
    Machine made = machine(rsa);
    EXPECT_EQ(decoded(machine_token(made, TimeSpan::now())).header.at("alg"), "RS256");
    made.algorithm = "RS512";
    EXPECT_EQ(decoded(machine_token(made, TimeSpan::now())).header.at("alg"), "RS512");
    made.algorithm = "ES256";
    EXPECT_FALSE(machine_token(made, TimeSpan::now()));
}

TEST(MachineToken, IsWrongInOneWayOnly) {
    const Machine made = machine();
    const MachineToken good = good_token(made, TimeSpan::now()).value();
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

TEST(MachineToken, HoldsByBothClocks) {
    using namespace std::chrono_literals;
    const Machine made = machine({.not_before = -90000});
    const auto now = std::chrono::system_clock::now();
    const auto claims = decoded(machine_token(made, {now - 10min, now, now - 10min})).claims;
    EXPECT_LT(claims.at("iat").get<std::int64_t>(), seconds_of(now - 10min));
    EXPECT_GE(claims.at("exp").get<std::int64_t>(), seconds_of(now + 10min));
    const auto later = decoded(machine_token(made, {now, now + 45s, now})).claims;
    EXPECT_LE(later.at("iat").get<std::int64_t>(), seconds_of(now));
    EXPECT_GE(later.at("exp").get<std::int64_t>(), seconds_of(now + 10min + 45s));
    // No JWT lasts a day: then by the clock that is to be believed.
    const auto yesterday = decoded(machine_token(made, {now - 24h, now, now - 24h})).claims;
    EXPECT_LE(yesterday.at("iat").get<std::int64_t>(), seconds_of(now - 24h));
    EXPECT_EQ(yesterday.at("exp").get<std::int64_t>(), seconds_of(now - 24h + 10min));
}

}  // namespace
}  // namespace gateproof::suites
