#include "reports/view/certificates.hpp"

#include <gmock/gmock.h>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using namespace std::chrono_literals;

Observation shown(int depth, const std::string& sha256, const std::string& not_after) {
    Observation observation{"certificate", noon(), {}};
    observation.with("role", "server").with("depth", depth).with("subject", "CN=gw").with("issuer", "CN=ca");
    observation.with("sha256", sha256).with("not_after", not_after);
    return observation;
}

TEST(Certificates, LeavesThatWereShownAndIdentitiesOfTheProfile) {
    RunRecord run = empty_run();  // ends at noon and three seconds
    CheckResult result = result_with(Outcome::pass, "p");
    result.evidence = {shown(0, "AA", "2026-02-13T12:00:03Z"),
                       shown(1, "CA", "2030-01-01T00:00:00Z"),
                       shown(0, "AA", "2026-02-13T12:00:03Z"),
                       shown(0, "BB", "2026-02-03T12:00:02Z"),
                       shown(0, "CC", "soon"),
                       Observation{"certificate", noon(), {}}};
    run.checks = {check_with("cloud", "server.validity", result), check_with("cloud", "server.eku", result)};
    run.targets[0].identities = {{"enrolled", "CN=dsp", "CN=ca", "DD", noon() - 1h, noon() + 24h * 30},
                                 {"expired", "CN=dsp", "CN=ca", "EE", noon() - 48h, noon() - 24h},
                                 {"second", "CN=other", "CN=ca", "FF", std::nullopt, std::nullopt}};
    const std::vector<CertificateFact> facts = certificates_of(run);
    ASSERT_EQ(facts.size(), 4U);
    EXPECT_EQ(facts[0].sha256, "AA");
    EXPECT_EQ(facts[0].days_left, 10) << "to the millisecond ten days";
    EXPECT_EQ(facts[1].sha256, "BB");
    EXPECT_EQ(facts[1].days_left, -1) << "expired a second ago";
    EXPECT_EQ(facts[2].role, "enrolled");
    EXPECT_EQ(facts[2].days_left, 29);
    EXPECT_TRUE(facts[2].in_use());
    EXPECT_EQ(facts[3].role, "expired");
    EXPECT_FALSE(facts[3].in_use()) << "it is meant to be refused";
}

TEST(Certificates, AServerThatShowsAnotherOneEveryTimeIsBounded) {
    RunRecord run = empty_run();
    CheckResult result = result_with(Outcome::fail, "f");
    for (int i = 0; i < 200; ++i) {
        result.evidence.push_back(shown(0, std::to_string(i), "2030-01-01T00:00:00Z"));
    }
    run.checks = {check_with("cloud", "server.same-certificate-every-time", result)};
    EXPECT_EQ(certificates_of(run).size(), 20U);
}

}  // namespace
}  // namespace gateproof::reports
