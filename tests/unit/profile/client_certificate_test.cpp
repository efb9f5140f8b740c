#include "harness/profile/client_certificate.hpp"

#include <gmock/gmock.h>

#include "harness/profile/rotation.hpp"

namespace gateproof {
namespace {

using ::testing::HasSubstr;

TEST(ClientCertificateRules, AreThePublishedOnesWhereTheGatewayItselfIs) {
    for (const Environment environment : {Environment::test, Environment::production}) {
        const ClientCertificateRules rules = published_rules(environment);
        EXPECT_EQ(rules.common_name, "{hex32}.irdgws.{domain}");
        EXPECT_EQ(rules.approved_authorities, published_authorities());
        EXPECT_EQ(rules.curves, std::vector<std::string>{"P-384"});
    }
    for (const Environment environment : {Environment::embedded, Environment::sandbox, Environment::mock}) {
        const ClientCertificateRules rules = published_rules(environment);
        EXPECT_TRUE(rules.common_name.empty() && rules.approved_authorities.empty() && rules.curves.empty());
        EXPECT_EQ(authorities_of_rotation(rules), published_authorities());
    }
}

TEST(ClientCertificateRules, ThePatternIsOfTheWholeName) {
    const std::string digits(32, 'a');
    constexpr std::string_view pattern = "{hex32}.irdgws.{domain}";
    EXPECT_TRUE(fits_pattern(digits + ".irdgws.dsp.example", pattern));
    EXPECT_TRUE(fits_pattern("0123456789ABCDEF0123456789abcdef.irdgws.a-b.co.nz", pattern));
    for (const std::string& name :
         {std::string(), digits, digits + "a.irdgws.dsp.example", std::string(31, 'a') + ".irdgws.dsp.example",
          std::string(32, 'g') + ".irdgws.dsp.example", digits + ".IRDGWS.dsp.example", digits + ".irdgws.dsp",
          digits + ".irdgws..example", digits + ".irdgws.dsp.example.", digits + ".irdgws.-.example",
          digits + ".irdgws.dsp example", "x" + digits + ".irdgws.dsp.example"}) {
        EXPECT_FALSE(fits_pattern(name, pattern)) << name;
    }
    EXPECT_TRUE(fits_pattern("client.dsp.example.test", "client.{domain}.test"));
    EXPECT_TRUE(fits_pattern("dsp 7", "dsp 7"));
    EXPECT_FALSE(fits_pattern("dsp 77", "dsp 7"));
}

TEST(ClientCertificateRules, APatternThatMeansNothingIsRefused) {
    EXPECT_EQ(pattern_fault("{hex32}.irdgws.{domain}"), "");
    EXPECT_EQ(pattern_fault("dsp.example"), "");
    EXPECT_THAT(pattern_fault("{hex}.irdgws.{domain}"), HasSubstr("{hex} stands for nothing"));
    EXPECT_THAT(pattern_fault("{hex32"), HasSubstr("stands for nothing"));
    EXPECT_THAT(pattern_fault("{domain}.{domain}"), HasSubstr("once"));
}

TEST(CertificateAuthorities, EachDateHasASource) {
    EXPECT_THAT(published_authorities(), ::testing::Contains("Let's Encrypt"));
    EXPECT_THAT(published_authorities(), ::testing::SizeIs(8));
    for (const CertificateAuthority& authority : certificate_authorities()) {
        EXPECT_EQ(authority.ends.empty(), authority.source.empty()) << authority.name;
        EXPECT_LE(authority.left_out_since, authority.ends) << authority.name;
    }
}

TEST(Curves, HaveTheirUsualNames) {
    EXPECT_EQ(curve_name("secp384r1"), "P-384");
    EXPECT_EQ(curve_name("prime256v1"), "P-256");
    EXPECT_EQ(curve_name("brainpoolP384r1"), "brainpoolP384r1");
}

}  // namespace
}  // namespace gateproof
