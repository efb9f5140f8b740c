// A failure that is accepted for a while, in every report: told, and counted apart.
#include <gmock/gmock.h>

#include "reports/formats/console.hpp"
#include "reports/formats/html/html.hpp"
#include "reports/formats/junit.hpp"
#include "reports/formats/markdown.hpp"
#include "reports/formats/prometheus.hpp"
#include "reports/formats/test_report.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/findings.hpp"
#include "reports/view/known.hpp"
#include "reports/view/matrix.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::sys_days last_day = 2026y / 2 / 3;

KnownOutcome accept(RunRecord& run, std::vector<KnownFailure> known) {
    run.known = known_list(std::move(known), last_day);
    return accept_known(run);
}

/// tls.refuses-1.1 of cloud failed, and that is accepted.
RunRecord known_run(std::string reason = "INC-4711: the balancer is replaced") {
    RunRecord run = sample_run();
    const KnownOutcome outcome =
        accept(run, {{.check = "tls.refuses-1.1", .reason = std::move(reason), .expires = last_day}});
    EXPECT_TRUE(run.checks[0].accepted);
    EXPECT_FALSE(run.checks[4].accepted) << "an error is not what was accepted";
    EXPECT_TRUE(outcome.unused.empty());
    return run;
}

/// The same with nothing else amiss.
RunRecord otherwise_good() {
    RunRecord run = known_run();
    run.checks.resize(2);
    return run;
}

TEST(KnownReports, AcceptanceIsDecidedAnew) {
    RunRecord run = known_run();
    accept(run, {});
    EXPECT_FALSE(run.checks[0].accepted);
}

TEST(KnownReports, CountsFindingsAndHeadlineSetThemApart) {
    const RunRecord run = known_run();
    const Tally tally(run);
    EXPECT_EQ(tally.counts().of(Outcome::fail), 0U);
    EXPECT_EQ(tally.counts().known_of(Outcome::fail), 1U);
    EXPECT_EQ(tally.counts().known(), 1U);
    EXPECT_EQ(tally.counts().total(), run.checks.size());
    EXPECT_TRUE(findings_of(tally, Outcome::fail, Across::all_targets).empty());
    EXPECT_EQ(headline(tally),
              "No other failure, but 2 of 4 other checks could not be judged; 1 known failure is accepted");
    const RunRecord good = otherwise_good();
    EXPECT_EQ(headline(Tally(good)), "All 1 other check passed; 1 known failure is accepted");
    EXPECT_EQ(conclusion_of(good), Conclusion::passed);
    EXPECT_EQ(exit_code(good), ExitCode::passed);
}

TEST(KnownReports, ARequirementIsNotMetByBeingAccepted) {
    const RunRecord good = otherwise_good();
    const MatrixCell alone = matrix_of(Tally(good))[0].cells[0];
    EXPECT_EQ(alone.status(), RequirementStatus::fail);
    EXPECT_TRUE(alone.known());
    RunRecord both = otherwise_good();
    both.checks.push_back(check_with("cloud", "tls.refuses-1.0", result_with(Outcome::fail, "negotiated TLS 1.0")));
    EXPECT_FALSE(matrix_of(Tally(both))[0].cells[0].known()) << "another failure is not accepted";
}

TEST(KnownReports, JUnitSkipsThemWithTheReason) {
    const std::string xml = junit_report(otherwise_good());
    EXPECT_THAT(xml, AllOf(HasSubstr("failures=\"0\""), HasSubstr("skipped=\"1\""), Not(HasSubstr("<failure"))));
    EXPECT_THAT(xml, HasSubstr("<skipped message=\"known fail, accepted until 2026-02-03: INC-4711: the balancer is "
                               "replaced: negotiated TLS 1.1\""));
    EXPECT_THAT(xml, HasSubstr("known: accepted until 2026-02-03: INC-4711"));
    EXPECT_THAT(junit_report(known_run("]]> <x> \x01")), AllOf(Not(HasSubstr("<x>")), Not(HasSubstr("\x01"))));
}

TEST(KnownReports, AnAcceptedWarningPassesStillInJUnit) {
    RunRecord run = sample_run();
    accept(run, {{.check = "*", .reason = "r", .expires = last_day, .outcomes = {Outcome::warning}}});
    const std::string xml = junit_report(run);
    EXPECT_THAT(xml, AllOf(HasSubstr("known: accepted until"), Not(HasSubstr("message=\"known"))));
}

TEST(KnownReports, MarkdownTellsReasonAndDay) {
    EXPECT_THAT(
        markdown_report(otherwise_good()),
        AllOf(HasSubstr("| not applicable | known |"), HasSubstr("### Known failures"), HasSubstr("☑️ known"),
              HasSubstr("_Accepted until 2026-02-03:_ INC-4711: the balancer is replaced"),
              Not(HasSubstr("What needs attention"))));
    EXPECT_THAT(markdown_report(sample_run()), AllOf(Not(HasSubstr("nown")), HasSubstr("| not applicable |\n")));
    EXPECT_THAT(markdown_report(known_run("<script>")), Not(HasSubstr("<script>")));
}

TEST(KnownReports, PrometheusCountsThemApartAndSaysWhenTheyEnd) {
    EXPECT_THAT(
        prometheus_report(known_run()),
        AllOf(HasSubstr("gateproof_checks{profile=\"cloud\",verdict=\"fail\"} 0\n"),
              HasSubstr("gateproof_checks{profile=\"cloud\",verdict=\"known\"} 1\n"),
              HasSubstr("level=\"must\",status=\"known\"} 1\n"),
              // The end of the last day: 2026-02-04T00:00:00Z.
              HasSubstr("gateproof_known_failure_expires_timestamp_seconds{profile=\"cloud\",check=\"tls.refuses-"
                        "1.1\",verdict=\"fail\"} 1770163200.000\n")));
    EXPECT_THAT(prometheus_report(sample_run()),
                AllOf(HasSubstr("verdict=\"known\"} 0\n"), Not(HasSubstr("status=\"known\"} 1"))));
}

TEST(KnownReports, WhatIsHandedInStaysAFailure) {
    const RunRecord run = known_run();
    const Tally tally(run);
    const TestReportRow row = test_report_row(tally.rows()[0]);
    EXPECT_EQ(row[6], "Fail");
    EXPECT_THAT(row[7], HasSubstr("Known, accepted until 2026-02-03: INC-4711: the balancer is replaced. negotiated"));
}

TEST(KnownReports, TheConsoleNamesThemApartFromFailures) {
    const std::string text = console_summary(otherwise_good(), {}, {});
    EXPECT_THAT(text, AllOf(HasSubstr("accepted until 2026-02-03: tls.refuses-1.1 of cloud (fail): INC-4711"),
                            HasSubstr("1 passed, 0 failed, 1 known"), Not(HasSubstr("FAIL"))));
    EXPECT_THAT(console_summary(known_run("\x1b[2J"), {}, {}), HasSubstr("\\x1b[2J"));
}

TEST(KnownReports, HtmlMarksThemWithReasonAndDay) {
    const std::string page = html_report(known_run("<script>alert(1)</script>"));
    EXPECT_THAT(page, AllOf(HasSubstr("id=\"known\""), HasSubstr("<b>1</b> known"), HasSubstr("value=\"known\""),
                            HasSubstr("data-outcome=\"known\""), HasSubstr("Accepted until 2026-02-03"),
                            HasSubstr("&lt;script&gt;alert(1)"), Not(HasSubstr("<script>alert"))));
    EXPECT_THAT(html_report(sample_run()), AllOf(Not(HasSubstr("id=\"known\"")), Not(HasSubstr("value=\"known\""))));
}

}  // namespace
}  // namespace gateproof::reports
