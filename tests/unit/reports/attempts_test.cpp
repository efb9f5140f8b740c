// A check that failed and then passed at a later attempt, in every report: it counts as a pass, and is marked.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <utility>

#include "reports/compare/compare.hpp"
#include "reports/formats/console.hpp"
#include "reports/formats/html/html.hpp"
#include "reports/formats/json.hpp"
#include "reports/formats/junit.hpp"
#include "reports/formats/markdown.hpp"
#include "reports/formats/prometheus.hpp"
#include "reports/formats/test_report.hpp"
#include "reports/trend/trend.hpp"
#include "reports/view/attempts.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/flaws.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports::attempts_test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

CheckResult attempt(Outcome outcome, std::string sentence, std::chrono::minutes after) {
    CheckResult result = result_with(outcome, std::move(sentence), outcome == Outcome::fail ? "disable <TLS 1.1>" : "");
    result.started = noon() + after;
    result.evidence.push_back({"alert", result.started, {}});
    result.evidence.back().with("name", std::string("seen after ") + std::to_string(after.count()));
    return result;
}

CheckRecord judged(std::string id, std::vector<CheckResult> attempts) {
    CheckRecord check = check_with("cloud", std::move(id), attempts.back());
    attempts.pop_back();
    check.earlier = std::move(attempts);
    return check;
}

/// tls.refuses-1.1 failed at 12:00 and passed at 12:36; tls.accepts-1.2 passed at once.
RunRecord repaired() {
    RunRecord run = empty_run();
    run.plan_digest = "plan";
    run.whole_plan = 2;
    run.targets.resize(1);
    run.checks = {judged("tls.refuses-1.1", {attempt(Outcome::fail, "negotiated TLS 1.1", 0min),
                                             attempt(Outcome::pass, "refused", 36min)}),
                  judged("tls.accepts-1.2", {attempt(Outcome::pass, "served", 0min)})};
    run.reruns.push_back({noon() + 36min, "builder", {{"cloud", "tls.refuses-1.1", "", 2}}});
    return run;
}

/// As it was before.
RunRecord broken() {
    RunRecord run = repaired();
    run.checks[0].result = run.checks[0].earlier[0];
    run.checks[0].earlier.clear();
    run.reruns.clear();
    return run;
}

RunRecord still_broken() {
    RunRecord run = repaired();
    run.checks[0].result = attempt(Outcome::fail, "negotiated it again", 36min);
    return run;
}

constexpr const char* told = "failed 12:00:00, passed 12:36:00 UTC at attempt 2";

TEST(ReportedAttempts, AreToldInWords) {
    const RunRecord run = repaired();
    EXPECT_EQ(attempts_text(run.checks[0]), told);
    EXPECT_EQ(attempts_text(run.checks[1]), "");
    EXPECT_EQ(attempt_text(run.checks[0]), "attempt 2");
    RunRecord later = run;
    later.checks[0].result->started += 24h;
    EXPECT_EQ(attempts_text(later.checks[0]),
              "failed 2026-02-03 12:00:00, passed 2026-02-04 12:36:00 UTC at attempt 2");
    later.checks[0].result.reset();
    EXPECT_EQ(attempts_text(later.checks[0]), "failed 12:00:00 UTC; attempt 2 has no verdict");
    later.checks[0].earlier.resize(20, later.checks[0].earlier[0]);
    EXPECT_THAT(attempts_text(later.checks[0]), testing::StartsWith("... failed"));
}

TEST(ReportedAttempts, TheExitCodeFollowsTheLatest) {
    EXPECT_EQ(exit_code(broken()), ExitCode::failed);
    EXPECT_EQ(exit_code(repaired()), ExitCode::passed);
    EXPECT_EQ(exit_code(still_broken()), ExitCode::failed);
    RunRecord cut = repaired();
    cut.checks[0].earlier = {attempt(Outcome::pass, "refused", 0min)};
    cut.checks[0].result.reset();
    EXPECT_EQ(exit_code(cut), ExitCode::inconclusive);
    cut.checks[0].earlier = {attempt(Outcome::fail, "negotiated", 0min)};
    EXPECT_EQ(exit_code(cut), ExitCode::failed);
    const Tally tally(cut);
    EXPECT_TRUE(std::ranges::any_of(flaws_of(tally), [](const FlawFound& found) { return found.flaw == Flaw::failed; }))
        << "what failed before a further attempt that never ended is no proof";
}

/// Five that failed were asked for again, and the endpoint shut us out before any of them.
TEST(ReportedAttempts, AnEndpointThatShutsUsOutTakesNoFailureBack) {
    RunRecord run = repaired();
    run.checks.clear();
    for (const char* const id : {"tls.a", "tls.b", "tls.c", "tls.d", "tls.e"}) {
        run.checks.push_back(judged(id, {attempt(Outcome::fail, "negotiated", 0min)}));
        run.checks.back().earlier.push_back(*std::exchange(run.checks.back().result, std::nullopt));
    }
    run.targets[0].cut_off = CutOff{noon() + 36min, {"mtls.a"}, "connection reset"};
    run.end_reason = EndReason::cut_off;
    EXPECT_EQ(exit_code(run), ExitCode::failed);
    const auto failed = [](const FlawFound& found) { return found.flaw == Flaw::failed; };
    EXPECT_TRUE(std::ranges::any_of(flaws_of(Tally(run)), failed));
    const auto counts_of = [](const RunRecord& shown) {
        pugi::xml_document document;
        EXPECT_TRUE(document.load_string(junit_report(shown).c_str()));
        const pugi::xml_node root = document.child("testsuites");
        const pugi::xml_node suite = root.child("testsuite");
        return std::vector<std::string>{root.attribute("failures").value(), root.attribute("errors").value(),
                                        suite.attribute("failures").value(), suite.attribute("errors").value(),
                                        suite.attribute("skipped").value()};
    };
    EXPECT_THAT(counts_of(run), ElementsAre("5", "0", "5", "0", "0"));
    run.checks[0].earlier[0].outcome = Outcome::pass;
    run.checks[1].earlier[0].outcome = Outcome::pass;
    run.checks[2].earlier[0].outcome = Outcome::inconclusive;
    EXPECT_THAT(counts_of(run), ElementsAre("2", "2", "2", "2", "1"))
        << "the ban is one error, and what was inconclusive before it another";
}

TEST(ReportedAttempts, OnTheConsole) {
    const RunRecord run = repaired();
    EXPECT_EQ(headline(Tally(run)), "All 2 checks passed; 1 passed at a later attempt");
    const std::string text = console_summary(run, {}, {});
    EXPECT_THAT(text, AllOf(HasSubstr(std::string("JUDGED AGAIN  cloud tls.refuses-1.1: ") + told),
                            HasSubstr("attempt 1, 2026-02-03 12:00:00 UTC: failed: negotiated TLS 1.1"),
                            Not(HasSubstr("FAIL")), Not(HasSubstr("seen after"))));
    EXPECT_THAT(console_summary(run, {false, true}, {}), HasSubstr("seen after 0"));
    EXPECT_THAT(check_line(run.checks[0], *run.checks[0].result, {}), HasSubstr(", attempt 2): refused"));
    EXPECT_THAT(console_summary(still_broken(), {}, {}),
                HasSubstr("    failed 12:00:00, failed 12:36:00 UTC at attempt 2\n"));
}

TEST(ReportedAttempts, TheTimeBetweenThemIsNobodys) {
    RunRecord run = repaired();  // 12:00:00 to 12:00:01.234, and 12:36:00 to 12:36:02
    run.ended = noon() + 36min + 2s;
    EXPECT_EQ(length_of(run), 3234ms);
    EXPECT_THAT(console_summary(run, {}, {}), HasSubstr("in 3.23 s"));
    EXPECT_THAT(junit_report(run), AllOf(HasSubstr("time=\"3.234\""), HasSubstr("time=\"2.468\"")));
    run.ended.reset();
    EXPECT_EQ(length_of(run), 2468ms);
    run.reruns.clear();
    EXPECT_EQ(length_of(run), 36min + 1234ms);
}

TEST(ReportedAttempts, InJson) {
    const auto json = nlohmann::json::parse(json_report(repaired()));
    const auto& check = json["checks"][0];
    EXPECT_EQ(check["outcome"], "pass");
    EXPECT_EQ(check["attempt"], 2);
    ASSERT_EQ(check["earlier_attempts"].size(), 1U);
    EXPECT_EQ(check["earlier_attempts"][0]["attempt"], 1);
    EXPECT_EQ(check["earlier_attempts"][0]["outcome"], "fail");
    EXPECT_EQ(check["earlier_attempts"][0]["sentence"], "negotiated TLS 1.1");
    EXPECT_EQ(check["earlier_attempts"][0]["evidence"].size(), 1U);
    EXPECT_EQ(json["checks"][1]["attempt"], 1);
    EXPECT_EQ(json["run"]["reruns"][0]["checks"], 1);
    EXPECT_EQ(json["counts"]["fail"], 0);
}

TEST(ReportedAttempts, InJunit) {
    const auto testcase = [](const std::string& text) {
        pugi::xml_document document;
        EXPECT_TRUE(document.load_string(text.c_str()));
        const pugi::xml_node suite = document.child("testsuites").child("testsuite");
        EXPECT_STREQ(suite.find_child_by_attribute("property", "name", "gateproof.rerun").name(), "");
        EXPECT_TRUE(suite.child("properties").find_child_by_attribute("name", "gateproof.rerun"));
        pugi::xml_document copy;
        copy.append_copy(suite.child("testcase"));
        copy.first_child().append_copy(suite.attribute("failures"));
        return copy;
    };
    const pugi::xml_document passed = testcase(junit_report(repaired()));
    const pugi::xml_node mended = passed.first_child();
    EXPECT_FALSE(mended.child("failure"));
    EXPECT_STREQ(mended.child("flakyFailure").attribute("type").value(), "fail");
    EXPECT_THAT(mended.child("flakyFailure").attribute("message").value(), HasSubstr("negotiated TLS 1.1"));
    EXPECT_THAT(mended.child("system-out").text().get(), AllOf(HasSubstr(told), HasSubstr("seen after 0")));
    const pugi::xml_document failed = testcase(junit_report(still_broken()));
    EXPECT_THAT(failed.first_child().child("failure").attribute("message").value(), HasSubstr("again"));
    EXPECT_TRUE(failed.first_child().child("rerunFailure"));
}

TEST(ReportedAttempts, InTheOthers) {
    const RunRecord run = repaired();
    EXPECT_THAT(markdown_report(run), AllOf(HasSubstr("### Judged again"), HasSubstr(told)));
    EXPECT_THAT(markdown_report(broken()), Not(HasSubstr("Judged again")));
    const std::string csv = csv_report(run);
    EXPECT_THAT(csv, AllOf(HasSubstr("Pass"), HasSubstr(told), HasSubstr("negotiated TLS 1.1")));
    EXPECT_THAT(prometheus_report(run), HasSubstr("gateproof_checks_judged_again{profile=\"cloud\"} 1\n"));
    EXPECT_THAT(prometheus_report(broken()), HasSubstr("gateproof_checks_judged_again{profile=\"cloud\"} 0\n"));
    const std::string html = html_report(run);
    EXPECT_THAT(html, AllOf(HasSubstr("<span class=\"level\">attempt 2</span>"),
                            HasSubstr("<details class=\"attempt\">"), HasSubstr("seen after 0"),
                            HasSubstr("seen after 36"), HasSubstr("disable &lt;TLS 1.1&gt;"), HasSubstr(told)));
    EXPECT_THAT(html_report(broken()), Not(HasSubstr("<details class=\"attempt\">")));
}

TEST(ReportedAttempts, ComparedTheFixIsTold) {
    const Comparison comparison = compare(broken(), repaired());
    ASSERT_EQ(comparison.checks.size(), 1U);
    EXPECT_EQ(comparison.checks[0].change, Change::fixed);
    EXPECT_EQ(comparison.checks[0].attempts, told);
    EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("the new run is the old one, gone on: 2026-02-03 12:36:00 UTC "
                                                        "on builder: 1 check judged again")));
    EXPECT_THAT(compare_text(comparison, {}), AllOf(HasSubstr("FIXED"), HasSubstr(told)));
    EXPECT_THAT(compare_json(comparison), HasSubstr(told));
    EXPECT_THAT(compare_markdown(comparison), HasSubstr("Fixed (1)"));
    EXPECT_EQ(exit_code(comparison, true), ExitCode::passed);
    EXPECT_THAT(compare(broken(), broken()).notes, IsEmpty());
}

/// Fail, pass, fail within one run is as flaky as from run to run.
TEST(ReportedAttempts, OfAHistoryCountAsVerdicts) {
    const auto flaky = [](std::vector<CheckResult> attempts) {
        RunRecord run = repaired();
        run.targets[0].profile_digest = "profile";
        run.checks = {judged("tls.refuses-1.1", std::move(attempts))};
        TrendBuilder builder;
        builder.add(run);
        return std::move(builder).finish();
    };
    const Trend once = flaky({attempt(Outcome::fail, "a", 0min), attempt(Outcome::pass, "b", 1min)});
    EXPECT_THAT(once.flaky, IsEmpty()) << "one change alone is a repair";
    EXPECT_EQ(once.runs[0].judged_again, 1U);
    EXPECT_EQ(once.runs[0].counts.at(Outcome::pass), 1U);
    const Trend twice = flaky(
        {attempt(Outcome::fail, "a", 0min), attempt(Outcome::pass, "b", 1min), attempt(Outcome::fail, "c", 2min)});
    ASSERT_EQ(twice.flaky.size(), 1U);
    EXPECT_EQ(twice.flaky[0].changes, 2U);
    EXPECT_THAT(trend_json(once), HasSubstr("\"judged_again\": 1"));
    EXPECT_THAT(trend_text(once, {}), HasSubstr("judged again"));
}

}  // namespace
}  // namespace gateproof::reports::attempts_test
