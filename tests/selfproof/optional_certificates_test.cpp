// A gateway is as conforming where HTTP refuses clients without a certificate as where TLS does: no check may say
// otherwise, and the sessions of such clients, which the default gateway never makes, are really resumed.
#include <gmock/gmock.h>

#include "gateway/gateway.hpp"
#include "harness/run/runner.hpp"
#include "selfproof/embedded.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::HasSubstr;

RunRecord judge(gateway::Options options) {
    const gateway::Gateway gateway(std::move(options));
    EmbeddedTargets targets = embedded_targets(gateway);
    const Catalogue& catalogue = suites::catalogue();
    Plan plan = embedded_plan(catalogue, std::move(targets.profiles));
    std::erase_if(plan.checks, [](const PlannedCheck& planned) { return planned.check->suite() != "mtls"; });
    JournalWriter journal;
    RunObserver observer;
    RunOptions run_options;
    run_options.seed = 1;
    run_options.secrets = std::move(targets.secrets);
    return run(plan, catalogue, journal, run_options, observer);
}

TEST(OptionalCertificates, EveryMtlsCheckPassesAndSessionsWithoutOneAreResumed) {
    gateway::Options options;
    options.certificate_optional = true;
    const RunRecord record = judge(options);
    std::string sentence;
    for (const CheckRecord& check : record.checks) {
        const CheckResult result = record.result_of(check);
        EXPECT_TRUE(result.outcome == Outcome::pass || result.outcome == Outcome::skipped)
            << check.target << " " << check.id << ": " << result.sentence;
        if (check.id == "mtls.certificateless-session-not-served" && result.outcome == Outcome::pass) {
            sentence = result.sentence;
        }
    }
    for (const char* const version : {"TLS 1.2", "TLS 1.3"}) {
        EXPECT_THAT(sentence, HasSubstr(std::string(version) + ": resumed in 2 of 2 tries, and refused: HTTP 403"));
    }
}

/// Each fault of its own, for the matrix compares with a gateway that makes no such sessions.
TEST(OptionalCertificates, AFaultShowsUnderItsOwnVersionAlone) {
    for (const auto& [fault, shown, hidden] :
         {std::tuple("certificateless-session-resumed-1.2", "under TLS 1.2", "under TLS 1.3"),
          std::tuple("certificateless-session-resumed-1.3", "under TLS 1.3", "under TLS 1.2")}) {
        gateway::Options options;
        options.faults = {fault};
        const RunRecord record = judge(options);
        for (const CheckRecord& check : record.checks) {
            const CheckResult result = record.result_of(check);
            if (check.id == "mtls.certificateless-session-not-served" && result.outcome != Outcome::skipped) {
                EXPECT_EQ(result.outcome, Outcome::fail) << fault;
                EXPECT_THAT(result.sentence, HasSubstr(shown));
                EXPECT_THAT(result.sentence, testing::Not(HasSubstr(hidden)));
            }
        }
    }
}

}  // namespace
}  // namespace gateproof::selfproof
