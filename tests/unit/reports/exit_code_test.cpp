#include "reports/exit_code.hpp"

#include <gmock/gmock.h>

#include "reports/known.hpp"
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

TEST(ExitCode, FailOnSaysWhatIsNoSuccess) {
    using enum Outcome;
    const auto code = [](std::initializer_list<Outcome> outcomes, std::set<Outcome> fail_on) {
        return exit_code(run_of(outcomes), ExitPolicy{std::move(fail_on)});
    };
    EXPECT_EQ(code({pass, inconclusive, error}, {fail}), ExitCode::passed);
    EXPECT_EQ(code({pass, warning}, {fail, warning}), ExitCode::failed);
    EXPECT_EQ(code({pass, skipped}, {skipped}), ExitCode::inconclusive);
    EXPECT_EQ(code({pass, fail}, {}), ExitCode::passed);
    EXPECT_EQ(code({pass, fail, error}, {error}), ExitCode::inconclusive);
    EXPECT_EQ(code({inconclusive}, {}), ExitCode::inconclusive) << "nothing was judged, whatever is allowed";
}

TEST(ExitCode, AcceptedFailuresDoNotCount) {
    RunRecord run = run_of({Outcome::fail, Outcome::fail});
    const auto today = std::chrono::floor<std::chrono::days>(noon());
    const auto code = [&](const char* check, std::chrono::sys_days expires) {
        accept_known(run, {{.check = check, .reason = "r", .expires = expires}}, today);
        return exit_code(run, ExitPolicy{});
    };
    EXPECT_EQ(code("tls.a0", today), ExitCode::failed) << "the other one counts";
    EXPECT_EQ(code("tls.*", today), ExitCode::passed);
    EXPECT_EQ(code("tls.*", today - std::chrono::days(1)), ExitCode::failed);
}

TEST(ExitCode, AShardMayBeEmptyAndAMergeMayNotLackOne) {
    RunRecord run = run_of({});
    run.shard = {4, 4};
    EXPECT_EQ(exit_code(run, false), ExitCode::passed);
    run = run_of({Outcome::inconclusive});
    run.shard = {4, 4};
    EXPECT_EQ(exit_code(run, ExitPolicy{.fail_on = {}}), ExitCode::inconclusive);
    run = run_of({Outcome::pass});
    run.end_reason = "incomplete";
    EXPECT_EQ(exit_code(run, false), ExitCode::inconclusive);
}

}  // namespace
}  // namespace gateproof::reports
