// A run that left checks out: no report may let a reader conclude what was not judged.
#include "reports/view/left_out.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "reports/compare/compare.hpp"
#include "reports/formats/console.hpp"
#include "reports/formats/html/html.hpp"
#include "reports/formats/json.hpp"
#include "reports/formats/junit.hpp"
#include "reports/formats/markdown.hpp"
#include "reports/formats/prometheus.hpp"
#include "reports/formats/test_report.hpp"
#include "reports/trend/trend.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/matrix.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Json = nlohmann::json;

LeftOutCheck left_out(std::string id, std::vector<std::string> requirements, std::string by, bool excluded) {
    const std::string suite = id.substr(0, id.find('.'));
    return {{suite, std::move(id), "a title", std::move(requirements), "", Scenario::negative},
            std::move(by),
            excluded,
            "",
            {"cloud"}};
}

/// Two checks pass; one that decides the same requirement, and every one of another requirement, were taken out.
RunRecord excluding_run() {
    RunRecord run = empty_run();
    run.targets.pop_back();
    run.requirements["TIMEOUT"] = {"TIMEOUT", "an idle connection is closed", "SE", Level::must};
    run.selection = Selection{{}, {}, {"tls.refuses-1.1", "timeout"}};
    run.checks = {check_with("cloud", "tls.accepts-1.2", result_with(Outcome::pass, "served")),
                  check_with("cloud", "tls.refuses-1.0", result_with(Outcome::pass, "refused"))};
    run.left_out = {left_out("tls.refuses-1.1", {"CLOUD-TLS-MIN"}, "--exclude tls.refuses-1.1", true),
                    left_out("timeout.idle", {"TIMEOUT"}, "--exclude timeout", true),
                    left_out("timeout.body", {"TIMEOUT"}, "--exclude timeout", true)};
    run.left_out[2].skipped_anyway = "needs a slow operation";
    run.whole_plan = 5;
    return run;
}

/// The same checks, because nothing else was asked for.
RunRecord narrow_run() {
    RunRecord run = excluding_run();
    run.selection = Selection{{}, {"tls.accepts-1.2", "tls.refuses-1.0"}, {}};
    for (LeftOutCheck& check : run.left_out) {
        check.by = "--check tls.accepts-1.2,tls.refuses-1.0";
        check.excluded = false;
    }
    return run;
}

/// The same checks, judged by a frozen catalogue that lacks the others.
RunRecord frozen_run() {
    RunRecord run = excluding_run();
    run.selection = Selection{};
    run.selection->requirements = "2026-11";
    run.catalogue = {"2026-11", true, 3, {{"SE", "Service endpoints", "Inland Revenue", "2021-04-28"}}};
    for (LeftOutCheck& check : run.left_out) {
        check.by = "--requirements 2026-11";
        check.excluded = false;
        check.newer_than = "2026-11";
    }
    return run;
}

/// A stricter release does not make a run of the older catalogue a part, nor its requirements partly judged.
TEST(LeftOut, WhatIsNewerThanTheCatalogueIsNoPartOfTheQuestion) {
    const RunRecord run = frozen_run();
    EXPECT_EQ(exit_code(run), ExitCode::passed);
    EXPECT_EQ(conclusion_of(run), Conclusion::passed);
    EXPECT_EQ(headline(Tally(run)),
              "All 2 checks passed, by the catalogue 2026-11, as it was frozen; 3 newer checks left out");
    EXPECT_THAT(not_whole(run), IsEmpty()) << "it can be packed";
    for (const MatrixRow& row : matrix_of(Tally(run))) {
        EXPECT_EQ(row.cells[0].status(),
                  row.requirement.id == "CLOUD-TLS-MIN" ? RequirementStatus::pass : RequirementStatus::not_selected)
            << row.requirement.id;
    }
    const std::string said = "newer than the catalogue 2026-11";
    EXPECT_THAT(console_summary(run, {}, {}),
                AllOf(HasSubstr("judged by the requirement catalogue 2026-11, as it was frozen"),
                      HasSubstr("3 checks " + said + " that judges (1 would have been skipped): tls.refuses-1.1")));
    EXPECT_THAT(html_report(run), AllOf(HasSubstr(said), HasSubstr("<dt>Requirement catalogue</dt>")));
    EXPECT_THAT(markdown_report(run), AllOf(HasSubstr(said), HasSubstr("requirement catalogue 2026-11, as it was")));
    EXPECT_THAT(junit_report(run), AllOf(HasSubstr(said), HasSubstr("gateproof.catalogue")));
    EXPECT_THAT(csv_report(run), HasSubstr(said));
    EXPECT_THAT(prometheus_report(run),
                HasSubstr("gateproof_catalogue_info{profiles=\"cloud\",version=\"2026-11\",frozen=\"true\"} 1\n"));
    const Json json = Json::parse(json_report(run));
    EXPECT_EQ(json["run"]["catalogue"]["documents"][0]["date"], "2021-04-28");
    EXPECT_EQ(json["checks"].back()["left_out"]["newer_than"], "2026-11");
}

TEST(LeftOut, ARunSaysThatItsCatalogueHasChecksThatNoVersionHas) {
    RunRecord run = frozen_run();
    run.catalogue.frozen = false;
    EXPECT_EQ(catalogue_text(run), "2026-11 and 3 newer checks");
    run.catalogue.newer = 0;
    EXPECT_EQ(catalogue_text(run), "2026-11");
    EXPECT_THAT(headline(Tally(run)), Not(HasSubstr("2026-11")));
    run.catalogue = {};
    EXPECT_EQ(catalogue_text(run), "");
}

TEST(LeftOut, ComparedRunsOfTwoCataloguesSayBoth) {
    RunRecord newer = frozen_run();
    newer.catalogue.frozen = false;
    EXPECT_THAT(
        compare(frozen_run(), newer, {}).notes,
        testing::Contains("the old run was judged by the requirement catalogue 2026-11, as it was frozen; 3 newer "
                          "checks left out, the new one by 2026-11 and 3 newer checks"));
}

TEST(LeftOut, WhatWasExcludedIsNoSuccessUnlessItIsAccepted) {
    RunRecord run = excluding_run();
    EXPECT_EQ(exit_code(run), ExitCode::inconclusive);
    EXPECT_EQ(conclusion_of(run), Conclusion::inconclusive);
    EXPECT_EQ(headline(Tally(run)),
              "No failure, but 2 checks that would have run were left out by --exclude, of 5 in the whole plan; not "
              "selected: 3");
    run.accepts_excluded = true;
    EXPECT_EQ(exit_code(run), ExitCode::passed);
    EXPECT_EQ(conclusion_of(run), Conclusion::partial);
    EXPECT_EQ(headline(Tally(run)), "2 checks passed, of 5 in the whole plan; not selected: 3");
    run.accepts_excluded = false;
    for (LeftOutCheck& check : run.left_out) {
        check.skipped_anyway = "needs a slow operation";
    }
    EXPECT_EQ(exit_code(run), ExitCode::passed) << "the plan would have run none of it";
    EXPECT_EQ(conclusion_of(run), Conclusion::partial);
    run = excluding_run();
    run.checks[0].result->outcome = Outcome::fail;
    EXPECT_EQ(exit_code(run), ExitCode::failed);
    EXPECT_EQ(headline(Tally(run)), "1 of 2 checks failed, of 5 in the whole plan; not selected: 3");
}

TEST(LeftOut, ANarrowerQuestionMaySucceedAndSaysThatItIsOne) {
    const RunRecord run = narrow_run();
    EXPECT_EQ(exit_code(run), ExitCode::passed);
    EXPECT_EQ(conclusion_of(run), Conclusion::partial);
    EXPECT_EQ(headline(Tally(run)), "2 checks passed, of 5 in the whole plan; not selected: 3");
}

TEST(LeftOut, AShardIsAPartAndAJournalWithoutItsLinesIsNoSuccess) {
    RunRecord run = excluding_run();
    run.left_out.clear();
    run.shard = {1, 2};
    EXPECT_EQ(exit_code(run), ExitCode::passed);
    EXPECT_EQ(conclusion_of(run), Conclusion::partial);
    EXPECT_EQ(headline(Tally(run)), "2 checks passed, of 5 in the whole plan; in other shards: 3");
    EXPECT_EQ(matrix_of(Tally(run))[0].cells[0].status(), RequirementStatus::partly_judged);
    run.shard = {};
    EXPECT_EQ(exit_code(run), ExitCode::inconclusive);
    EXPECT_EQ(headline(Tally(run)),
              "No failure, but 3 checks of the plan are not in the journal, of 5 in the whole plan; not in this "
              "journal: 3");
    run.whole_plan = 0;
    EXPECT_EQ(exit_code(run), ExitCode::passed) << "an older journal";
    EXPECT_EQ(headline(Tally(run)), "All 2 checks passed");
}

TEST(LeftOut, NoRequirementThatItDecidesIsMet) {
    for (const RunRecord& run : {excluding_run(), narrow_run()}) {
        const Tally tally(run);
        const std::vector<MatrixRow> rows = matrix_of(tally);
        ASSERT_EQ(rows.size(), 2U);
        EXPECT_EQ(rows[0].cells[0].status(), RequirementStatus::partly_judged);
        EXPECT_EQ(rows[0].cells[0].part_text(5), "2 of 3 judged; not selected: tls.refuses-1.1");
        EXPECT_EQ(rows[1].requirement.id, "TIMEOUT");
        EXPECT_EQ(rows[1].cells[0].status(), RequirementStatus::not_selected);
        EXPECT_EQ(rows[1].cells[0].part_text(5), "0 of 1 judged; not selected: timeout.idle");
    }
}

TEST(LeftOut, WorseThanPartlyJudgedStaysWorse) {
    const auto status = [](Outcome outcome) {
        RunRecord run = excluding_run();
        run.checks[0].result->outcome = outcome;
        return matrix_of(Tally(run))[0].cells[0].status();
    };
    EXPECT_EQ(status(Outcome::fail), RequirementStatus::fail);
    EXPECT_EQ(status(Outcome::error), RequirementStatus::error);
    EXPECT_EQ(status(Outcome::inconclusive), RequirementStatus::inconclusive);
    EXPECT_EQ(status(Outcome::warning), RequirementStatus::partly_judged);
    EXPECT_EQ(status(Outcome::skipped), RequirementStatus::partly_judged);
    RunRecord run = excluding_run();
    run.left_out.erase(run.left_out.begin(), run.left_out.begin() + 2);
    EXPECT_EQ(matrix_of(Tally(run))[0].cells[0].status(), RequirementStatus::partly_judged) << "lines are missing";
    run.whole_plan = 3;
    EXPECT_EQ(matrix_of(Tally(run))[0].cells[0].status(), RequirementStatus::pass);
    EXPECT_EQ(matrix_of(Tally(run))[1].cells[0].status(), RequirementStatus::not_selected);
}

TEST(LeftOut, EveryStatusHasAName) {
    for (const RequirementStatus status : requirement_statuses_worst_first) {
        if (const std::optional<Outcome> outcome = outcome_of(status)) {
            EXPECT_EQ(to_string(*outcome), to_string(status));
        }
    }
    EXPECT_EQ(to_string(RequirementStatus::partly_judged), "partly-judged");
    EXPECT_EQ(to_string(RequirementStatus::not_selected), "not-selected");
}

TEST(LeftOut, TheConsoleSaysItInAFewLinesAndWhatToDo) {
    const std::string text = console_summary(excluding_run(), {}, {});
    EXPECT_THAT(text,
                AllOf(HasSubstr("NOT SELECTED  1 check left out by --exclude tls.refuses-1.1: tls.refuses-1.1\n"),
                      HasSubstr("NOT SELECTED  2 checks left out by --exclude timeout (1 would have been skipped): "
                                "timeout.idle, timeout.body\n"),
                      HasSubstr("2 of these would have run: that is no success in this run"),
                      HasSubstr("remedy: run without --exclude;"), HasSubstr("--fail-on fail,inconclusive,error "),
                      HasSubstr("2 of 5 checks: 2 passed, 0 failed; not selected: 3; in 3.00 s")));
    const std::string narrow = console_summary(narrow_run(), {}, {});
    EXPECT_THAT(narrow, AllOf(HasSubstr("NOT SELECTED  3 checks not asked for by --check "), Not(HasSubstr("remedy")),
                              HasSubstr("2 of 5 checks: 2 passed")));
    RunRecord accepted = excluding_run();
    accepted.accepts_excluded = true;
    EXPECT_THAT(console_summary(accepted, {}, {}), AllOf(HasSubstr("NOT SELECTED"), Not(HasSubstr("remedy"))));
}

TEST(LeftOut, TheRemedyKeepsTheRestOfWhatIsNoSuccess) {
    RunRecord run = excluding_run();
    run.fail_on = {Outcome::fail, Outcome::warning};
    EXPECT_THAT(left_out_remedy(run), HasSubstr("--fail-on fail,warning accepts"));
    run.fail_on.clear();
    EXPECT_THAT(left_out_remedy(run), HasSubstr("--fail-on never accepts"));
}

TEST(LeftOut, JsonHasARowForEach) {
    const Json report = Json::parse(json_report(excluding_run()));
    EXPECT_EQ(report["conclusion"], "inconclusive");
    EXPECT_EQ(report["exit_code"], 3);
    EXPECT_EQ(report["counts"]["not_selected"], 3);
    EXPECT_EQ(report["counts"]["skipped"], 0);
    EXPECT_EQ(report["counts"]["total"], report["checks"].size());
    EXPECT_EQ(report["run"]["selection"]["excludes"], Json({"tls.refuses-1.1", "timeout"}));
    EXPECT_EQ(report["run"]["whole_plan"]["checks"], 5);
    const Json& row = report["checks"][2];
    EXPECT_EQ(row["id"], "tls.refuses-1.1");
    EXPECT_EQ(row["outcome"], "not-selected");
    EXPECT_EQ(row["sentence"], "not selected: left out by --exclude tls.refuses-1.1");
    EXPECT_EQ(row["left_out"]["excluded"], true);
    EXPECT_EQ(report["checks"][4]["left_out"]["skipped_anyway"], "needs a slow operation");
    const Json& cell = report["requirements"][0]["targets"][0];
    EXPECT_EQ(cell["status"], "partly-judged");
    EXPECT_EQ(cell["judged"], 2);
    EXPECT_EQ(cell["deciding"], 3);
    EXPECT_EQ(cell["not_selected"], Json({"tls.refuses-1.1"}));
    EXPECT_EQ(report["requirements"][1]["targets"][0]["status"], "not-selected");
    EXPECT_EQ(Json::parse(json_report(narrow_run()))["conclusion"], "partial");
    RunRecord older = empty_run();
    EXPECT_EQ(Json::parse(json_report(older))["run"]["whole_plan"]["checks"], nullptr);
    EXPECT_EQ(Json::parse(json_report(older))["run"]["selection"], nullptr);
}

TEST(LeftOut, JunitSkipsItAndTheMessageSaysWhy) {
    const std::string text = junit_report(excluding_run());
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(text.c_str()));
    const pugi::xml_node root = document.child("testsuites");
    EXPECT_EQ(root.attribute("tests").as_int(), 5);
    const auto timeout = root.find_child_by_attribute("testsuite", "name", "gateproof.cloud.timeout");
    EXPECT_EQ(timeout.attribute("tests").as_int(), 2);
    EXPECT_EQ(timeout.attribute("skipped").as_int(), 2);
    EXPECT_STREQ(timeout.child("testcase").child("skipped").attribute("message").value(),
                 "not selected: left out by --exclude timeout");
    const auto tls = root.find_child_by_attribute("testsuite", "name", "gateproof.cloud.tls");
    EXPECT_EQ(tls.attribute("tests").as_int(), 3);
    EXPECT_EQ(tls.attribute("skipped").as_int(), 1);
    const auto properties = tls.child("properties");
    EXPECT_STREQ(
        properties.find_child_by_attribute("name", "gateproof.requirement.CLOUD-TLS-MIN").attribute("value").value(),
        "2 of 3 judged; not selected: tls.refuses-1.1");
    EXPECT_STREQ(properties.find_child_by_attribute("name", "gateproof.part_of").attribute("value").value(),
                 "5 in the whole plan; not selected: 3");
}

TEST(LeftOut, TheTestReportSaysNotSelectedAndNotThatItDoesNotApply) {
    const std::string csv = csv_report(excluding_run());
    EXPECT_THAT(csv, HasSubstr("Cloud,tls.refuses-1.1,,a title,Negative,Y,not selected: left out by --exclude "
                               "tls.refuses-1.1,Not selected,\"CLOUD-TLS-MIN: 2 of 3 judged; not selected: 1\""));
    EXPECT_THAT(csv, HasSubstr("Cloud,timeout.body,,a title,Negative,N,"));
}

TEST(LeftOut, MarkdownHasMarkTableMatrixAndRemedy) {
    const std::string text = markdown_report(excluding_run());
    EXPECT_THAT(text, AllOf(HasSubstr("## ❔ Gateproof: No failure, but 2 checks"),
                            HasSubstr("| not applicable | not selected |"), HasSubstr("### Not selected"),
                            HasSubstr("timeout.idle, timeout.body"), HasSubstr("_Remedy:_"),
                            HasSubstr("◐ partly judged<br>2 of 3 judged"), HasSubstr("⊘ not selected<br>0 of 1 judged"),
                            Not(HasSubstr("✅"))));
    EXPECT_THAT(markdown_report(narrow_run()),
                AllOf(HasSubstr("## ◐ Gateproof: 2 checks passed, of 5"), Not(HasSubstr("✅"))));
}

TEST(LeftOut, PrometheusHasItsOwnVerdictAndStatus) {
    const std::string text = prometheus_report(excluding_run());
    EXPECT_THAT(
        text,
        AllOf(HasSubstr("gateproof_checks{profile=\"cloud\",verdict=\"not-selected\"} 3\n"),
              HasSubstr("requirement=\"CLOUD-TLS-MIN\",level=\"must\",status=\"partly-judged\"} 1\n"),
              HasSubstr("requirement=\"CLOUD-TLS-MIN\",level=\"must\",status=\"pass\"} 0\n"),
              HasSubstr("requirement=\"TIMEOUT\",level=\"must\",status=\"not-selected\"} 1\n"),
              HasSubstr("gateproof_requirement_checks{profile=\"cloud\",requirement=\"CLOUD-TLS-MIN\",level=\"must\","
                        "state=\"not-selected\"} 1\n")));
    EXPECT_THAT(prometheus_report(narrow_run()),
                AllOf(HasSubstr("gateproof_run_status{profiles=\"cloud\",status=\"partial\"} 1\n"),
                      HasSubstr("gateproof_run_status{profiles=\"cloud\",status=\"passed\"} 0\n")));
}

TEST(LeftOut, HtmlHasNoticesRowsAndNoPass) {
    const std::string text = html_report(excluding_run());
    EXPECT_THAT(text,
                AllOf(HasSubstr("class=\"verdict inconclusive\""),
                      HasSubstr("Not selected: 1 check left out by --exclude tls.refuses-1.1: tls.refuses-1.1."),
                      HasSubstr("data-outcome=\"not-selected\""), HasSubstr("id=\"cloud/timeout.idle\""),
                      HasSubstr("2 of 3 judged; not selected: tls.refuses-1.1"),
                      HasSubstr("0 of 1 judged; not selected: timeout.idle"), HasSubstr("run without --exclude;")));
    const std::string matrix = text.substr(text.find("<section id=\"requirements\""));
    EXPECT_THAT(matrix.substr(0, matrix.find("</section>")), Not(HasSubstr("badge pass")));
    EXPECT_THAT(text, HasSubstr("<td>Not selected</td>")) << "the table of checks";
    EXPECT_THAT(html_report(narrow_run()), HasSubstr("class=\"verdict partial\""));
}

TEST(LeftOut, APageOfHundredsOfEndpointsStaysSmall) {
    RunRecord run = narrow_run();
    for (int i = 0; i < 3000; ++i) {
        const std::string name = "gateway-" + std::to_string(i);
        run.targets.push_back({name, "", "test", "cloud", "https://a:1", ""});
        for (LeftOutCheck& check : run.left_out) {
            check.targets.push_back(name);
        }
    }
    run.whole_plan = run.checks.size() + run.left_out_count();
    const std::string text = html_report(run);
    EXPECT_THAT(text, HasSubstr("9003 checks that were not selected are too many for this page"));
    EXPECT_THAT(text, Not(HasSubstr("gateway-7/timeout.idle")));
    EXPECT_THAT(text, HasSubstr("3 more were not selected; test-report.csv lists them"));
}

TEST(LeftOut, ATrendShowsPartlyJudgedAndPassesOverWhatARunDidNotSelect) {
    RunRecord whole = excluding_run();
    for (const LeftOutCheck& check : whole.left_out) {
        whole.checks.push_back(check_with("cloud", check.id, result_with(Outcome::pass, "fine")));
        whole.checks.back().requirements = check.requirements;
    }
    whole.left_out.clear();
    RunRecord later = excluding_run();
    later.started += std::chrono::hours(1);
    TrendBuilder builder;
    builder.add(whole);
    builder.add(later);
    const Trend trend = std::move(builder).finish();
    ASSERT_EQ(trend.requirements.size(), 2U);
    EXPECT_THAT(trend.requirements[0].statuses, ElementsAre(RequirementStatus::pass, RequirementStatus::partly_judged));
    EXPECT_THAT(trend.requirements[1].statuses, ElementsAre(RequirementStatus::pass, std::nullopt));
    EXPECT_EQ(trend.runs[1].not_selected, 3U);
    EXPECT_THAT(trend_text(trend, {}), HasSubstr(" .p  partly-judged since"));
    EXPECT_EQ(Json::parse(trend_json(trend))["requirements"][0]["statuses"], Json({"pass", "partly-judged"}));
    EXPECT_THAT(html_report(later, trend), HasSubstr("2 runs: 1 pass, 1 partly-judged"));
}

TEST(LeftOut, CompareTellsWhatANarrowerRunDidNotSelect) {
    RunRecord whole = excluding_run();
    whole.checks.push_back(check_with("cloud", "tls.refuses-1.1", result_with(Outcome::pass, "refused")));
    whole.left_out.erase(whole.left_out.begin());
    const Comparison comparison = compare(whole, excluding_run());
    ASSERT_EQ(comparison.count(Change::vanished), 1U);
    EXPECT_EQ(comparison.checks[0].sentence_after, "not selected: left out by --exclude tls.refuses-1.1");
    EXPECT_THAT(comparison.notes, testing::Contains("the new run is a part of 5 in the whole plan; not selected: 3"));
    EXPECT_THAT(compare_text(comparison, {}), HasSubstr("is not selected: left out by"));
    EXPECT_THAT(compare_markdown(comparison), HasSubstr("not selected: left out by"));
    const Comparison back = compare(excluding_run(), whole);
    ASSERT_EQ(back.count(Change::added), 1U);
    EXPECT_THAT(compare_text(back, {}), HasSubstr("was not selected: left out by"));
}

TEST(NotWhole, SaysWhyARunIsNotItsWholePlan) {
    RunRecord run = excluding_run();
    EXPECT_THAT(not_whole(run), ElementsAre(HasSubstr("--exclude tls.refuses-1.1"), HasSubstr("--exclude timeout")));
    run.left_out.clear();
    EXPECT_THAT(not_whole(run), ElementsAre("3 of the 5 checks of its plan are not in its journal"));
    run.shard = {2, 3};
    EXPECT_THAT(not_whole(run), ElementsAre(HasSubstr("it is shard 2 of 3")));
    run.shard = {};
    run.whole_plan = 2;
    EXPECT_THAT(not_whole(run), IsEmpty());
    run.end_reason = EndReason::deadline;
    EXPECT_THAT(not_whole(run), ElementsAre("it did not complete (deadline)"));
    run.end_reason = EndReason::killed;
    EXPECT_THAT(not_whole(run), ElementsAre("it was killed"));
    run.end_reason = EndReason::complete;
    run.whole_plan = 0;
    EXPECT_THAT(not_whole(run), ElementsAre(HasSubstr("does not record what was selected")));
}

}  // namespace
}  // namespace gateproof::reports
