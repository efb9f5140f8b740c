#include "reports/view/not_judged.hpp"

#include <gmock/gmock.h>

#include "reports/formats.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/flaws.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

CheckRecord skipped_check(std::string id, Skip skip, std::string reason = "needs a second identity") {
    CheckRecord check = check_with("cloud", std::move(id), {});
    check.result.reset();
    check.skip_reason = std::move(reason);
    check.skip = skip;
    return check;
}

/// One check that passed; of the others what the tests say.
RunRecord run_with(std::vector<CheckRecord> others) {
    RunRecord run = empty_run();
    run.checks = {check_with("cloud", "tls.passes", result_with(Outcome::pass, "served"))};
    run.checks.insert(run.checks.end(), others.begin(), others.end());
    run.whole_plan = run.checks.size();
    return run;
}

MatrixCell cell_of(const RunRecord& run) {
    return matrix_of(Tally(run)).at(0).cells.at(0);
}

TEST(NotJudged, ARequirementIsPartlyJudgedWithoutWhatDecidesIt) {
    const RunRecord run = run_with({skipped_check("tls.lacks", Skip::not_tried)});
    const MatrixCell cell = cell_of(run);
    EXPECT_EQ(cell.status(), RequirementStatus::partly_judged);
    EXPECT_EQ(cell.part_text(8), "1 of 2 judged; not tried: tls.lacks");
    EXPECT_EQ(conclusion_of(run), Conclusion::partial);
    EXPECT_EQ(gaps_text(Tally(run)), "1 requirement partly judged");
}

TEST(NotJudged, WhatIsNotApplicableTakesNothingAway) {
    const RunRecord run = run_with({skipped_check("tls.foreign", Skip::not_applicable)});
    EXPECT_EQ(cell_of(run).status(), RequirementStatus::pass);
    EXPECT_EQ(conclusion_of(run), Conclusion::passed);
    EXPECT_THAT(gaps_text(Tally(run)), IsEmpty());
}

TEST(NotJudged, WhatMerelyAddsToARequirementTakesNothingAway) {
    CheckRecord adding = skipped_check("tls.adds", Skip::not_tried);
    adding.adds = adding.requirements;
    EXPECT_EQ(cell_of(run_with({adding})).status(), RequirementStatus::pass);
    EXPECT_EQ(conclusion_of(run_with({adding})), Conclusion::passed);
    LeftOutCheck left_out;
    static_cast<PlannedEntry&>(left_out) = adding;
    left_out.by = "--exclude tls.adds";
    left_out.targets = {"cloud"};
    RunRecord run = run_with({});
    run.left_out = {left_out};
    run.whole_plan = 2;
    EXPECT_EQ(cell_of(run).status(), RequirementStatus::pass);
}

TEST(NotJudged, WhatMerelyAddsToARequirementPassesNothing) {
    RunRecord run = run_with({});
    run.checks[0].adds = run.checks[0].requirements;
    EXPECT_EQ(cell_of(run).status(), RequirementStatus::not_applicable);
    run.checks.push_back(skipped_check("tls.decides", Skip::not_tried));
    EXPECT_EQ(cell_of(run).status(), RequirementStatus::not_tested);
}

TEST(NotJudged, FailuresThatTheRunAcceptsAreSaid) {
    RunRecord run = run_with({check_with("cloud", "tls.broken", result_with(Outcome::fail, "broken")),
                              skipped_check("tls.lacks", Skip::not_tried)});
    run.fail_on = {};
    EXPECT_THAT(headline(Tally(run)), HasSubstr("1 of 2 checks failed, which this run accepts"));
    run.fails_on_partial = true;
    EXPECT_THAT(headline(Tally(run)), AllOf(HasSubstr("1 of 2 checks failed"), Not(HasSubstr("No failure"))));
    std::vector<std::string_view> flaws;
    for (const FlawFound& found : flaws_of(Tally(run))) {
        flaws.push_back(to_string(found.flaw));
    }
    EXPECT_THAT(flaws, ElementsAre("partial", "failed")) << "whatever the run accepts";
}

TEST(NotJudged, ARunThatWasStoppedDidNotFailForIt) {
    RunRecord run = run_with({});
    run.checks.push_back(check_with("cloud", "tls.never", {}));
    run.checks.back().result.reset();
    run.end_reason = EndReason::interrupted;
    run.whole_plan = 2;
    for (const FlawFound& found : flaws_of(Tally(run))) {
        EXPECT_EQ(found.flaw, Flaw::incomplete) << found.why;
    }
}

TEST(NotJudged, ACheckThatFoundNothingToTryCountsLikeOneThatThePlanSkipped) {
    CheckResult result = result_with(Outcome::skipped, "the key signs no such JWT");
    result.skip = Skip::not_tried;
    EXPECT_EQ(cell_of(run_with({check_with("cloud", "tls.b", result)})).status(), RequirementStatus::partly_judged);
    result.skip = Skip::not_applicable;
    EXPECT_EQ(cell_of(run_with({check_with("cloud", "tls.b", result)})).status(), RequirementStatus::pass);
}

TEST(NotJudged, WhatWasNotTriedAtAllIsNotTestedAndNotNotApplicable) {
    RunRecord run = run_with({});
    run.checks = {skipped_check("tls.a", Skip::not_tried), skipped_check("tls.b", Skip::not_applicable)};
    EXPECT_EQ(cell_of(run).status(), RequirementStatus::not_tested);
    run.checks.erase(run.checks.begin());
    EXPECT_EQ(cell_of(run).status(), RequirementStatus::not_applicable);
}

TEST(NotJudged, AFailureIsToldAsOneWhateverElseIsMissing) {
    RunRecord run = run_with({skipped_check("tls.lacks", Skip::not_tried)});
    run.checks.push_back(check_with("cloud", "tls.broken", result_with(Outcome::fail, "broken")));
    EXPECT_EQ(cell_of(run).status(), RequirementStatus::fail);
}

TEST(NotJudged, APartIsNoSuccessWhereTheRunSaysSo) {
    RunRecord run = run_with({skipped_check("tls.lacks", Skip::not_tried)});
    run.fails_on_partial = true;
    EXPECT_EQ(conclusion_of(run), Conclusion::inconclusive);
    EXPECT_THAT(headline(Tally(run)), HasSubstr("not all was judged"));
    run.checks.pop_back();
    run.whole_plan = 1;
    EXPECT_EQ(conclusion_of(run), Conclusion::passed);
}

TEST(NotJudged, ChecksThatLackTheSameAreToldTogether) {
    const RunRecord run = run_with({skipped_check("tls.a", Skip::not_tried), skipped_check("tls.b", Skip::not_tried),
                                    skipped_check("tls.c", Skip::not_tried, "needs an issuer"),
                                    skipped_check("tls.d", Skip::not_applicable)});
    const Tally tally(run);
    std::vector<std::size_t> sizes;
    for (const Finding& finding : not_tried(tally)) {
        sizes.push_back(finding.checks.size());
    }
    EXPECT_THAT(sizes, ElementsAre(2U, 1U));
}

/// Every report that shows requirements says that this one is no pass, and which check is missing.
TEST(NotJudged, EveryReportSaysWhatIsMissing) {
    const RunRecord run = run_with({skipped_check("tls.lacks", Skip::not_tried)});
    for (const Format& format : formats()) {
        const std::string text = format.make({run});
        const std::string_view name = format.name;
        if (name == "html" || name == "markdown") {
            EXPECT_THAT(text, AllOf(HasSubstr("artly judged"), HasSubstr("tls.lacks"))) << name;
            EXPECT_THAT(text, Not(HasSubstr("All 1 check passed"))) << name;
        } else if (name == "json") {
            EXPECT_THAT(text, AllOf(HasSubstr(R"("status":"partly-judged")"), HasSubstr(R"("not_tried":["tls.lacks"])"),
                                    HasSubstr(R"("skip":"not-tried")")));
        } else if (name == "junit") {
            EXPECT_THAT(text, AllOf(HasSubstr("1 of 2 judged; not tried: tls.lacks"),
                                    HasSubstr("not tried: needs a second identity")));
        } else if (name == "csv") {
            EXPECT_THAT(text, HasSubstr("tls.lacks,,a title,,Y,,Not tested,needs a second identity"));
        } else if (name == "hand-in") {
            EXPECT_THAT(text, HasSubstr("its profile has no test report templates"));
        } else if (name == "prometheus") {
            EXPECT_THAT(text, AllOf(HasSubstr(R"(status="partly-judged"} 1)"), HasSubstr(R"(status="pass"} 0)"),
                                    HasSubstr(R"(state="not-tried"} 1)"), HasSubstr(R"(verdict="not-tried"} 1)")));
        } else {
            ADD_FAILURE() << "a report that this test does not know: " << name;
        }
    }
}

}  // namespace
}  // namespace gateproof::reports
