// Which reading of contradictory publications judges an endpoint, by what its profile says.
#include "harness/profile/reading.hpp"

#include <gmock/gmock.h>

#include "harness/profile/profile.hpp"

namespace gateproof {
namespace {

Profile endpoint(Channel channel, Environment environment, NamedReading reading) {
    Profile profile;
    profile.channel = channel;
    profile.environment = environment;
    profile.reading = reading;
    return profile;
}

TEST(NamedReading, IsSpeltAsInProfiles) {
    for (const NamedReading reading : {NamedReading::packs_2024, NamedReading::se_2021}) {
        EXPECT_EQ(reading_from(to_string(reading)), reading);
    }
    EXPECT_EQ(reading_from("se-2021"), std::nullopt);
    EXPECT_EQ(Profile().reading, NamedReading::packs_2024) << "the later documents, unless the profile chooses";
}

TEST(NamedReading, SaysWhatIsTrustedUnlessTheProfileDoes) {
    Profile profile = endpoint(Channel::cloud, Environment::test, NamedReading::packs_2024);
    EXPECT_EQ(certificate_trust(profile), CertificateTrust::by_name);
    profile.reading = NamedReading::se_2021;
    EXPECT_EQ(certificate_trust(profile), CertificateTrust::by_certificate);
    profile.rotation.emplace();
    EXPECT_EQ(certificate_trust(profile), CertificateTrust::by_certificate);
    EXPECT_EQ(reading_in_force(profile, Contradiction::certificate_trust), "SE-2021");
    profile.rotation->trust = CertificateTrust::by_name;
    EXPECT_EQ(certificate_trust(profile), CertificateTrust::by_name);
    EXPECT_EQ(reading_in_force(profile, Contradiction::certificate_trust), "packs-2024") << "the one that judged";
    EXPECT_EQ(reading_in_force(profile, Contradiction::source_addresses), "SE-2021") << "one value, not the other";
}

TEST(NamedReading, SaysWhoIsLetInUnlessTheProfileDoes) {
    using enum NamedReading;
    EXPECT_EQ(source_rule(endpoint(Channel::cloud, Environment::test, packs_2024)), SourceRule::open);
    EXPECT_EQ(source_rule(endpoint(Channel::cloud, Environment::test, se_2021)), SourceRule::allow_listed);
    EXPECT_EQ(source_rule(endpoint(Channel::desktop, Environment::test, packs_2024)), SourceRule::allow_listed);
    EXPECT_EQ(source_rule(endpoint(Channel::cloud, Environment::mock, packs_2024)), SourceRule::allow_listed);
    EXPECT_EQ(source_rule(endpoint(Channel::cloud, Environment::production, se_2021)), SourceRule::open);
    Profile profile = endpoint(Channel::cloud, Environment::test, packs_2024);
    profile.firewall = SourceRule::allow_listed;
    EXPECT_EQ(source_rule(profile), SourceRule::allow_listed);
    EXPECT_EQ(reading_in_force(profile, Contradiction::source_addresses), "SE-2021");
    profile.channel = Channel::desktop;
    profile.firewall = SourceRule::open;
    EXPECT_EQ(reading_in_force(profile, Contradiction::source_addresses), "profile") << "no document says so";
    EXPECT_EQ(reading_in_force(profile, Contradiction::tds_certificate), "TDS-required");
    profile.client_certificate.tds = TdsCertificate::recommended;
    EXPECT_EQ(reading_in_force(profile, Contradiction::tds_certificate), "TDS-recommended");
}

}  // namespace
}  // namespace gateproof
