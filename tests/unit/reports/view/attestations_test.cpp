// What is attested is shown beside what was judged, in every report, and decides nothing.
#include "reports/view/attestations.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/formats.hpp"
#include "reports/formats/console.hpp"
#include "reports/formats/json.hpp"
#include "reports/view/completeness.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/details.hpp"
#include "reports/view/flaws.hpp"
#include "reports/view/matrix.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports::attestations_test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Attestation said(Attestation::Subject subject, std::string id, std::string target = {}) {
    return {subject,
            std::move(id),
            std::move(target),
            "Jane <b>Doe</b>",
            std::chrono::sys_days(2026y / 2 / 2),
            "it was \x1b[31mrefused",
            {"evidence/refusal.png", std::string(64, 'a'), 17}};
}

RunRecord attested_run() {
    RunRecord run = sample_run();
    run.attestations = {said(Attestation::Subject::check, "tls.refuses-1.1"),
                        said(Attestation::Subject::requirement, "CLOUD-TLS-MIN", "cloud"),
                        said(Attestation::Subject::scenario, "EMS_GST010")};
    return run;
}

std::string made(std::string_view format, const RunRecord& run) {
    return find_format(format)->make({run});
}

TEST(Attestations, StandBesideWhatTheRunCameTo) {
    RunRecord run = attested_run();
    const Tally tally(run);
    EXPECT_EQ(beside_text(tally, run.attestations[0]), "judged: fail (cloud); judged: error (desktop)");
    EXPECT_EQ(beside_text(tally, run.attestations[1]), "judged: fail");
    EXPECT_EQ(beside_text(tally, run.attestations[2]), "");
    EXPECT_EQ(subject_text(run.attestations[1]), "requirement CLOUD-TLS-MIN of cloud");
    EXPECT_EQ(said_of(run, run.checks.front(), "cloud").size(), 1U);
    EXPECT_THAT(said_of(run, run.checks[1], "cloud"), IsEmpty());
    run.left_out = {LeftOutCheck{{"mtls", "mtls.cn-exact", "t", {"R"}}, "--exclude mtls", true, "", {"cloud"}}};
    EXPECT_EQ(beside_text(Tally(run), said(Attestation::Subject::check, "mtls.cn-exact")), "not selected");
    EXPECT_EQ(beside_text(Tally(run), said(Attestation::Subject::check, "tls.accepts-1.2", "desktop")),
              "not applicable");
}

TEST(Attestations, OfACheckWithoutItsCaseSpeakOfEveryCase) {
    RunRecord run = empty_run();
    CheckRecord one = check_with("cloud", "permission.other", result_with(Outcome::pass, "refused"));
    one.case_name = "trust";
    run.attestations = {said(Attestation::Subject::check, "permission.other"),
                        said(Attestation::Subject::check, "permission.other[trust]"),
                        said(Attestation::Subject::check, "permission.other[agent]")};
    EXPECT_EQ(said_of(run, one, "cloud").size(), 2U);
}

/// The one thing that must not happen: what was said makes something better than it was judged.
TEST(Attestations, ChangeNothingThatWasJudged) {
    const RunRecord run = attested_run();
    RunRecord plain = run;
    plain.attestations.clear();
    EXPECT_EQ(conclusion_of(run), conclusion_of(plain));
    EXPECT_EQ(headline(Tally(run)), headline(Tally(plain)));
    EXPECT_EQ(flaws_of(Tally(run)).size(), flaws_of(Tally(plain)).size());
    const std::vector<MatrixRow> rows = matrix_of(Tally(run));
    const std::vector<MatrixRow> before = matrix_of(Tally(plain));
    ASSERT_EQ(rows.size(), before.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t target = 0; target < rows[i].cells.size(); ++target) {
            EXPECT_EQ(rows[i].cells[target].status(), before[i].cells[target].status());
        }
    }
    nlohmann::json with = nlohmann::json::parse(json_report(run));
    nlohmann::json without = nlohmann::json::parse(json_report(plain));
    with.erase("attestations");
    without.erase("attestations");
    EXPECT_EQ(with, without);
    EXPECT_EQ(made("prometheus", run), made("prometheus", plain));
}

TEST(Attestations, EveryReportMarksThemAndIsNotSteeredByThem) {
    const RunRecord run = attested_run();
    EXPECT_THAT(
        console_summary(run, {}, {}),
        AllOf(HasSubstr("SAID, NOT SEEN  check tls.refuses-1.1, judged: fail (cloud)"),
              HasSubstr("Jane <b>Doe</b>, 2026-02-02: it was \\x1b[31mrefused (attached: refusal.png, SHA-256 aa"),
              HasSubstr("SAID, NOT SEEN  scenario EMS_GST010\n"), Not(HasSubstr("\x1b"))));
    EXPECT_THAT(made("html", run),
                AllOf(HasSubstr("Said, not seen: no check of this run has looked at it."),
                      HasSubstr("By the run: judged: fail"), HasSubstr("Jane &lt;b&gt;Doe&lt;/b&gt;, 2026-02-02"),
                      Not(HasSubstr("<b>Doe")), Not(HasSubstr("\x1b"))));
    EXPECT_THAT(made("markdown", run), AllOf(HasSubstr("### Attestations: said, not seen"), HasSubstr("&lt;b&gt;Doe"),
                                             HasSubstr("They change no verdict and meet no requirement.")));
    EXPECT_THAT(made("csv", run),
                AllOf(HasSubstr("Said, not seen: Jane <b>Doe</b>, 2026-02-02"), HasSubstr("EMS_GST010,,")));
    EXPECT_THAT(made("junit", run), HasSubstr("gateproof.said_not_seen"));
    const nlohmann::json json = nlohmann::json::parse(json_report(run));
    ASSERT_EQ(json["attestations"].size(), 3U);
    EXPECT_EQ(json["attestations"][0]["seen"], false);
    EXPECT_EQ(json["attestations"][0]["file"]["name"], "refusal.png");
    EXPECT_EQ(json["attestations"][2]["beside"], nullptr);
    EXPECT_EQ(json_report(sample_run()).find("refusal.png"), std::string::npos);
}

TEST(Details, StandInTheHeadsOfReportsAndAreEscaped) {
    RunRecord run = sample_run();
    EXPECT_THAT(details_of(run), IsEmpty());
    run.targets[0].details = {"Example <Ltd>", "Pay", "4.2", "Jane", std::chrono::sys_days(2027y / 2 / 3)};
    run.targets[1].details = {"Example <Ltd>", "Pay", "4.2", "Sam", {}};
    const std::vector<Detail> details = details_of(run);
    ASSERT_EQ(details.size(), 4U);
    EXPECT_EQ(details[0].value, "Example <Ltd>");
    EXPECT_EQ(details[1].value, "Pay 4.2");
    EXPECT_EQ(details[2].value, "Jane (cloud), Sam (desktop)");
    EXPECT_EQ(details[3].value, "2027-02-03 (cloud)");
    EXPECT_THAT(console_summary(run, {}, {}),
                AllOf(HasSubstr("organisation: Example <Ltd>\n"), HasSubstr("tested by: Jane (cloud)")));
    EXPECT_THAT(made("html", run), AllOf(HasSubstr("<dt>Organisation</dt><dd>Example &lt;Ltd&gt;</dd>"),
                                         HasSubstr("<dt>Tested by</dt><dd>Jane (cloud), Sam (desktop)</dd>")));
    EXPECT_THAT(made("markdown", run), HasSubstr("Organisation: Example &lt;Ltd&gt;; Product: Pay 4"));
    EXPECT_THAT(made("junit", run), AllOf(HasSubstr("gateproof.organisation"), HasSubstr("gateproof.tested_by")));
    EXPECT_THAT(made("prometheus", run),
                HasSubstr("gateproof_record_valid_until_timestamp_seconds{profile=\"cloud\"} 1801699200.000\n"));
    const nlohmann::json json = nlohmann::json::parse(json_report(run));
    EXPECT_EQ(json["targets"][0]["record"]["valid_until"], "2027-02-03");
    EXPECT_EQ(json["targets"][1]["record"]["valid_until"], nullptr);
}

TEST(Completeness, SaysHowMuchOfThePlanWasJudged) {
    RunRecord run = sample_run();
    run.whole_plan = run.checks.size();
    EXPECT_EQ(completeness_text(completeness_of(Tally(run))),
              "4 of 6 planned checks judged or not applicable; 2 could not be judged");
    EXPECT_FALSE(is_complete(Tally(run))) << "what could not be judged is not known";
    run.checks = {check_with("cloud", "tls.accepts-1.2", result_with(Outcome::fail, "not served"))};
    run.whole_plan = 1;
    EXPECT_EQ(completeness_text(completeness_of(Tally(run))), "1 of 1 planned check judged or not applicable");
    EXPECT_TRUE(is_complete(Tally(run))) << "what failed was judged";
    run.left_out = {LeftOutCheck{{"mtls", "mtls.cn-exact", "t", {"R"}}, "--exclude mtls", true, "", {"cloud"}}};
    run.whole_plan = 3;
    EXPECT_EQ(completeness_text(completeness_of(Tally(run))),
              "1 of 2 planned checks judged or not applicable; 1 not in this journal; 1 left out");
    EXPECT_FALSE(is_complete(Tally(run)));
}

}  // namespace
}  // namespace gateproof::reports::attestations_test
