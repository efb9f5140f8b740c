#include "reports/formats/hand_in.hpp"

#include <gmock/gmock.h>

#include "reports/formats/html/html.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace hand_in_test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ScenarioRow row_of(std::string id, std::string case_name = "") {
    ScenarioRow row;
    row.id = row.key = std::move(id);
    row.case_name = std::move(case_name);
    row.description = "what is tried";
    return row;
}

Attestation said_of_row(std::string id, Attestation::Claim claim) {
    Attestation said;
    said.subject = Attestation::Subject::scenario;
    said.id = std::move(id);
    said.who = "Jane Doe";
    said.text = "seen on the screen";
    said.claim = claim;
    return said;
}

/// A run of one target with one template: G1 and G2 were asked, G3 was not selected, the others are filled in by hand.
RunRecord run_of(std::vector<Attestation> said = {}) {
    RunRecord run;
    TargetRecord& target = run.targets.emplace_back();
    target.name = "cloud";
    ScenarioTable& table = target.templates.emplace_back();
    table.name = "gst";
    table.title = "GST";
    table.source = "a template of 2018";
    table.columns = {{"ID", "id"},
                     {"What", "description"},
                     {"Y / N", "applicable"},
                     {"Why not", "exclusion"},
                     {"Pass / Fail", "verdict"},
                     {"Notes", "notes"}};
    table.rows = {row_of("G1", "gst-g1"), row_of("G2", "gst-g2"), row_of("G3", "gst-g3"), row_of("Not 26"),
                  row_of("Not 26"),       row_of("G4"),           row_of("G5", "gst-g5")};
    table.rows[4].key = "Not 26#2";
    table.rows[5].applicable = false;
    table.rows[5].exclusion = "not sold";
    const auto check = [&](const char* name, Outcome outcome, const char* sentence) {
        CheckRecord& record = run.checks.emplace_back();
        record.suite = "scenario";
        record.id = scenario_check;
        record.case_name = name;
        record.target = "cloud";
        record.result = result_with(outcome, sentence);
    };
    check("gst-g1", Outcome::pass, "it was served");
    check("gst-g2", Outcome::fail, "it must be refused with 4");
    check("gst-g5", Outcome::inconclusive, "no answer");
    run.attestations = std::move(said);
    return run;
}

/// The verdicts of the rows, in their order.
std::vector<std::string> verdicts(const RunRecord& run) {
    std::vector<std::string> all;
    const Tally tally(run);
    for (const std::vector<std::string>& row :
         hand_in_rows(tally, run.targets.front(), run.targets.front().templates.front())) {
        EXPECT_EQ(row.size(), 6U);
        all.push_back(row[4]);
    }
    return all;
}

TEST(HandIn, ARowForEachRowAndNothingPassesThatNobodySaw) {
    EXPECT_THAT(verdicts(run_of()),
                ElementsAre("Pass", "Fail", "Not tested", "Not tested", "Not tested", "", "Inconclusive"));
    const std::string csv = hand_in_report(run_of());
    EXPECT_THAT(csv, HasSubstr("cloud,GST,a template of 2018\r\nID,What,Y / N,Why not,Pass / Fail,Notes\r\nG1,what is "
                               "tried,Y,,Pass,Asked by Gateproof: it was served"));
    EXPECT_THAT(csv, HasSubstr("\r\nG4,what is tried,N,not sold,,\r\n"));
    EXPECT_THAT(csv, HasSubstr("\r\nG3,what is tried,Y,,Not tested,\r\n"));
}

TEST(HandIn, WhatIsSaidFillsARowThatNobodyAsked) {
    using Claim = Attestation::Claim;
    const RunRecord run = run_of({said_of_row("Not 26", Claim::pass), said_of_row("gst/Not 26#2", Claim::fail),
                                  said_of_row("G3", Claim::none), said_of_row("G2", Claim::pass)});
    EXPECT_THAT(verdicts(run), ElementsAre("Pass", "Fail", "Said, not seen", "Pass (said, not seen)",
                                           "Fail (said, not seen)", "", "Inconclusive"))
        << "a claim changes no verdict of the run";
    EXPECT_THAT(hand_in_report(run), HasSubstr("it must be refused with 4. Said, not seen: Jane Doe"));
}

TEST(HandIn, AnIdOfSeveralTemplatesNeedsTheTemplatesName) {
    RunRecord run = run_of({said_of_row("G3", Attestation::Claim::pass)});
    run.targets[0].templates.push_back(run.targets[0].templates.front());
    run.targets[0].templates.back().name = "other";
    EXPECT_EQ(verdicts(run)[2], "Not tested") << "of which of them?";
    run.attestations[0].id = "gst/G3";
    EXPECT_EQ(verdicts(run)[2], "Pass (said, not seen)");
    run.attestations[0].target = "another";
    EXPECT_EQ(verdicts(run)[2], "Not tested");
}

TEST(HandIn, ThePageHasTheTemplatesColumnsAndEscapesThem) {
    RunRecord run = run_of();
    run.targets[0].templates[0].rows[0].description = "<script>alert(1)</script>";
    run.targets[0].templates[0].columns[1].first = "<b>What</b>";
    const std::string page = html_report(run);
    EXPECT_THAT(page, AllOf(HasSubstr("<th scope=\"col\">Why not</th>"), HasSubstr("&lt;script&gt;alert(1)"),
                            HasSubstr("Asked by Gateproof: it was served"), Not(HasSubstr("<b>What</b>"))));
}

}  // namespace
}  // namespace hand_in_test
}  // namespace gateproof::reports
