#include "reports/view/exit_code.hpp"

#include <gmock/gmock.h>

#include "reports/view/conclusion.hpp"
#include "reports/view/known.hpp"
#include "reports/view/matrix.hpp"
#include "reports/view/tally.hpp"
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

RunRecord strict(RunRecord run) {
    run.fail_on.insert(Outcome::warning);
    return run;
}

TEST(ExitCode, FollowsTheWorstOutcome) {
    using enum Outcome;
    EXPECT_EQ(exit_code(run_of({pass, skipped})), ExitCode::passed);
    EXPECT_EQ(exit_code(run_of({pass, warning})), ExitCode::passed);
    EXPECT_EQ(exit_code(strict(run_of({pass, warning}))), ExitCode::failed);
    EXPECT_EQ(exit_code(run_of({pass, inconclusive})), ExitCode::inconclusive);
    EXPECT_EQ(exit_code(strict(run_of({pass, error}))), ExitCode::inconclusive);
    EXPECT_EQ(exit_code(run_of({pass, inconclusive, fail, error})), ExitCode::failed);
}

TEST(ExitCode, FollowsFromTheConclusion) {
    EXPECT_EQ(code_of(Conclusion::passed), ExitCode::passed);
    EXPECT_EQ(code_of(Conclusion::partial), ExitCode::passed);
    EXPECT_EQ(code_of(Conclusion::failed), ExitCode::failed);
    EXPECT_EQ(code_of(Conclusion::inconclusive), ExitCode::inconclusive);
    EXPECT_EQ(code_of(Conclusion::interrupted), ExitCode::interrupted);
    EXPECT_EQ(code_of(Conclusion::broken), ExitCode::broken);
}

TEST(ExitCode, NothingJudgedIsNoSuccess) {
    EXPECT_EQ(exit_code(run_of({Outcome::skipped})), ExitCode::inconclusive);
    EXPECT_EQ(exit_code(run_of({})), ExitCode::inconclusive);
}

TEST(ExitCode, ARunThatIsNotWholeSaysSo) {
    RunRecord run = run_of({Outcome::pass, Outcome::fail});
    run.end_reason = EndReason::interrupted;
    EXPECT_EQ(exit_code(run), ExitCode::interrupted);
    run.end_reason = EndReason::journal;
    EXPECT_EQ(exit_code(run), ExitCode::broken);
    run = run_of({Outcome::pass});
    run.checks.push_back({{"tls", "tls.z"}, "cloud"});
    run.end_reason = EndReason::deadline;
    EXPECT_EQ(exit_code(run), ExitCode::inconclusive);
}

TEST(ExitCode, FailOnSaysWhatIsNoSuccess) {
    using enum Outcome;
    const auto code = [](std::initializer_list<Outcome> outcomes, std::set<Outcome> fail_on) {
        RunRecord run = run_of(outcomes);
        run.fail_on = std::move(fail_on);
        return exit_code(run);
    };
    EXPECT_EQ(code({pass, inconclusive, error}, {fail}), ExitCode::passed);
    EXPECT_EQ(code({pass, warning}, {fail, warning}), ExitCode::failed);
    EXPECT_EQ(code({pass, skipped}, {skipped}), ExitCode::inconclusive);
    EXPECT_EQ(code({pass, fail}, {}), ExitCode::passed);
    EXPECT_EQ(code({pass, fail, error}, {error}), ExitCode::inconclusive);
    EXPECT_EQ(code({inconclusive}, {}), ExitCode::inconclusive) << "nothing was judged, whatever is allowed";
}

TEST(ExitCode, TheHeadlineSaysWhatDecided) {
    using enum Outcome;
    const auto says = [](RunRecord run, std::set<Outcome> fail_on) {
        run.fail_on = std::move(fail_on);
        return headline(Tally(run));
    };
    EXPECT_EQ(says(run_of({pass, warning}), {fail, warning}),
              "No check failed, but 1 of 2 checks warned, which is no success in this run");
    EXPECT_EQ(says(run_of({pass, skipped}), {fail, skipped}),
              "No failure, but 1 check was skipped, which is no success in this run");
    EXPECT_EQ(says(run_of({pass, warning}), {fail}), "All 2 checks passed, 1 with a warning");
}

TEST(ExitCode, AcceptedFailuresDoNotCount) {
    RunRecord run = run_of({Outcome::fail, Outcome::fail});
    const auto this_day = std::chrono::floor<std::chrono::days>(noon());
    const auto code = [&](const char* check, std::chrono::sys_days expires) {
        run.known = known_list({{.check = check, .reason = "r", .expires = expires}}, this_day);
        accept_known(run);
        return exit_code(run);
    };
    EXPECT_EQ(code("tls.a0", this_day), ExitCode::failed) << "the other one counts";
    EXPECT_EQ(code("tls.*", this_day), ExitCode::passed);
    EXPECT_EQ(code("tls.*", this_day - std::chrono::days(1)), ExitCode::failed);
}

TEST(ExitCode, WhatIsExpectedNotToBeTriedIsNoPartThatCounts) {
    RunRecord run = run_of({Outcome::pass, Outcome::skipped, Outcome::skipped});
    for (std::size_t i = 1; i < run.checks.size(); ++i) {
        run.checks[i].result->skip = Skip::not_tried;
    }
    run.fails_on_partial = true;
    const auto code = [&](const char* check) {
        KnownList list = known_list({}, std::chrono::floor<std::chrono::days>(noon()));
        list.skips = {{.check = check, .reason = "no second identity there"}};
        run.known = std::move(list);
        accept_known(run);
        return exit_code(run);
    };
    EXPECT_EQ(code("tls.a1"), ExitCode::inconclusive) << "the other one counts";
    EXPECT_EQ(code("tls.*"), ExitCode::passed);
    EXPECT_EQ(conclusion_of(run), Conclusion::partial) << "accepted, and not judged for that";
    const Tally tally(run);
    const MatrixCell cell = matrix_of(tally)[0].cells[0];
    EXPECT_EQ(cell.status(), RequirementStatus::partly_judged);
    EXPECT_EQ(cell.part_text(0), "1 of 3 judged; not tried: 2; accepted: no second identity there");
    run.fail_on.insert(Outcome::skipped);
    EXPECT_EQ(code("tls.*"), ExitCode::passed) << "nor is it a skip that counts";
    EXPECT_EQ(code("tls.a2"), ExitCode::inconclusive);
    EXPECT_EQ(matrix_of(tally)[0].cells[0].part_text(0),
              "1 of 3 judged; not tried: 2; accepted of these 1: no second identity there");
}

TEST(ExitCode, AShardMayBeEmptyAndAMergeMayNotLackOne) {
    RunRecord run = run_of({});
    run.shard = {4, 4};
    EXPECT_EQ(exit_code(run), ExitCode::passed);
    run = run_of({Outcome::inconclusive});
    run.shard = {4, 4};
    run.fail_on.clear();
    EXPECT_EQ(exit_code(run), ExitCode::inconclusive);
    run = run_of({Outcome::pass});
    run.end_reason = EndReason::incomplete;
    EXPECT_EQ(exit_code(run), ExitCode::inconclusive);
}

}  // namespace
}  // namespace gateproof::reports
