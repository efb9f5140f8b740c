#include "reports/exit_code.hpp"

#include <gmock/gmock.h>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

RunRecord run_of(std::initializer_list<Outcome> outcomes) {
    RunRecord run = empty_run();
    for (const Outcome outcome : outcomes) {
        run.checks.push_back(
            check_with("cloud", "tls.a" + std::to_string(run.checks.size()), result_with(outcome, "s")));
    }
    return run;
}

TEST(ExitCode, FollowsTheWorstOutcome) {
    using enum Outcome;
    EXPECT_EQ(exit_code(run_of({pass, skipped}), false), ExitCode::passed);
    EXPECT_EQ(exit_code(run_of({pass, warning}), false), ExitCode::passed);
    EXPECT_EQ(exit_code(run_of({pass, warning}), true), ExitCode::failed);
    EXPECT_EQ(exit_code(run_of({pass, inconclusive}), false), ExitCode::inconclusive);
    EXPECT_EQ(exit_code(run_of({pass, error}), true), ExitCode::inconclusive);
    EXPECT_EQ(exit_code(run_of({pass, inconclusive, fail, error}), false), ExitCode::failed);
}

TEST(ExitCode, NothingJudgedIsNoSuccess) {
    EXPECT_EQ(exit_code(run_of({Outcome::skipped}), false), ExitCode::inconclusive);
    EXPECT_EQ(exit_code(run_of({}), false), ExitCode::inconclusive);
}

TEST(ExitCode, ARunThatIsNotWholeSaysSo) {
    RunRecord run = run_of({Outcome::pass, Outcome::fail});
    run.end_reason = "interrupted";
    EXPECT_EQ(exit_code(run, false), ExitCode::interrupted);
    run.end_reason = "journal";
    EXPECT_EQ(exit_code(run, false), ExitCode::broken);
    run = run_of({Outcome::pass});
    run.checks.push_back({"cloud", "tls", "tls.z", "", {}, "", std::nullopt});
    run.end_reason = "deadline";
    EXPECT_EQ(exit_code(run, false), ExitCode::inconclusive);
}

}  // namespace
}  // namespace gateproof::reports
