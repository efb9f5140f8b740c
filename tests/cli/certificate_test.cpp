// The enrolled client certificate: what is wrong with it leads the findings of a run, and `profile validate` says it
// too.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "harness/journal/read.hpp"
#include "reports/view/findings.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class EnrolledCertificate : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// The first finding of a run against the gateway with this fault, failures before warnings as every report has
    /// them: "certificate.validity: the enrolled ...".
    [[nodiscard]] std::string first_finding(const std::string& profile) const {
        const Finished finished = gateproof({"run", profile, "--suite", "certificate", "--suite", "tls", "--suite",
                                             "mtls", "--suite", "server", "--quick", "--out", path("out")});
        EXPECT_EQ(finished.status, 1) << finished.out << finished.err;
        const JournalRead read = read_journal(path("out/run.jsonl"));
        const reports::Tally tally(read.run);
        for (const Outcome outcome : {Outcome::fail, Outcome::error, Outcome::warning}) {
            const auto findings = reports::findings_of(tally, outcome, reports::Across::all_targets);
            if (!findings.empty()) {
                return findings.front().checks.front()->id + ": " + findings.front().result->sentence;
            }
        }
        return "none";
    }
    void expect_named(const std::string& fault, const std::string& check, const std::string& words,
                      const std::string& words_of_file) const {
        SCOPED_TRACE(fault);
        const ServedGateway gateway(path(fault), {fault});
        ASSERT_TRUE(gateway.serving()) << gateway.output();
        EXPECT_THAT(first_finding(gateway.cloud()), AllOf(HasSubstr(check + ": "), HasSubstr(words)));
        const Finished validated = gateproof({"profile", "validate", gateway.cloud()});
        EXPECT_THAT(validated.err, AllOf(HasSubstr("identities.enrolled"), HasSubstr(words_of_file)));
        EXPECT_THAT(validated.out, HasSubstr("usable"));
        const bool failure = validated.err.find("identities.enrolled (fail)") != std::string::npos;
        EXPECT_EQ(validated.status, failure ? 1 : 0) << validated.err;
    }

    TemporaryFolder folder_;
};

TEST_F(EnrolledCertificate, ASoundOneIsFit) {
    const Finished validated = gateproof({"profile", "validate", "embedded-cloud"});
    EXPECT_EQ(validated.status, 0);
    EXPECT_THAT(validated.err, IsEmpty());
    const Finished finished = gateproof({"run", "embedded-cloud", "--suite", "certificate", "--out", path("out")});
    EXPECT_EQ(finished.status, 0) << finished.out;
    EXPECT_THAT(finished.out, Not(HasSubstr("WARN")));
}

TEST_F(EnrolledCertificate, ThatHasExpiredIsTheFirstFinding) {
    expect_named("enrolled-expired", "certificate.validity", "it expired on 20", "(fail): it expired on 20");
}

TEST_F(EnrolledCertificate, ThatIsNotYetValidIsTheFirstFinding) {
    expect_named("enrolled-not-yet-valid", "certificate.validity", "is not valid before 20",
                 "(fail): it is not valid before 20");
}

TEST_F(EnrolledCertificate, WithoutClientAuthIsTheFirstFinding) {
    expect_named("enrolled-without-client-auth", "certificate.client-auth", "SChannel",
                 "(fail): its extended key usage does not hold clientAuth");
}

TEST_F(EnrolledCertificate, WithExplicitCurveParametersIsTheFirstFinding) {
    expect_named("enrolled-explicit-curve", "certificate.strength", "explicit curve parameters",
                 "has explicit curve parameters");
}

TEST_F(EnrolledCertificate, ThatComesAloneIsTheFirstFinding) {
    expect_named("enrolled-without-chain", "certificate.intermediates",
                 "the gateway needs the intermediate certificate", "(warning): the file holds the leaf alone");
}

TEST_F(EnrolledCertificate, ThatComesAloneIsNamedWithoutTheIntermediateAtHand) {
    const ServedGateway gateway(path("gateway"), {"enrolled-without-chain"});
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    nlohmann::json profile = nlohmann::json::parse(read_file(gateway.cloud()));
    const nlohmann::json enrolled = profile["identities"]["enrolled"];
    profile["identities"] = {{"enrolled", enrolled}};
    for (const char* key : {"issuer", "rotation", "m2m", "permissions", "throttle", "timeouts", "oauth"}) {
        profile.erase(key);
    }
    const std::string file = path("gateway/alone.json");
    folder_.write("gateway/alone.json", profile.dump(2));
    EXPECT_THAT(first_finding(file),
                AllOf(HasSubstr("certificate.intermediates: "), HasSubstr("was refused"), HasSubstr("the leaf alone")));
}

TEST_F(EnrolledCertificate, OfAnotherAuthorityThanTheGatewayAsksForIsToldOfOtherClients) {
    const Finished finished = gateproof({"run", "embedded-cloud", "--suite", "certificate", "--fault",
                                         "asks-for-other-authorities", "--out", path("out")});
    EXPECT_EQ(finished.status, 0) << "a warning";
    EXPECT_THAT(finished.out,
                AllOf(HasSubstr("certificate.issuer-asked-for"), HasSubstr("Java, .NET and browsers send no")));
}

TEST_F(EnrolledCertificate, IsJudgedByTheRulesOfTheProfile) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    nlohmann::json profile = nlohmann::json::parse(read_file(gateway.cloud()));
    profile["client_certificate"] = {{"common_name", "somebody.else.example"}, {"curves", {"P-384"}}};
    folder_.write("gateway/other.json", profile.dump(2));
    const Finished validated = gateproof({"profile", "validate", path("gateway/other.json")});
    EXPECT_EQ(validated.status, 1);
    EXPECT_THAT(validated.err, AllOf(HasSubstr("is not of the form that the gateway assigns, somebody.else.example"),
                                     HasSubstr("identities.enrolled (warning): its key is on the curve P-256")));
}

}  // namespace
}  // namespace gateproof::test
