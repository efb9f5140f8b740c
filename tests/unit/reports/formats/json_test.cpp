#include "reports/formats/json.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "reports/formats.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using Json = nlohmann::json;

TEST(JsonReport, TellsWhatTheJournalTells) {
    RunRecord run = sample_run();
    run.targets[0].identities = {{"enrolled", "CN=dsp", "CN=ca", "AA", std::nullopt, noon() + std::chrono::hours(48)}};
    run.requirements.at("CLOUD-TLS-MIN").readings = {{"SE-2021", "No TLS 1.1.", "page (2021-04-28)"}};
    run.targets[0].readings = {{"CLOUD-TLS-MIN", "SE-2021"}};
    run.checks[0].scenario = Scenario::negative;
    run.checks[3].case_name = "other";
    const Json report = Json::parse(json_report(run));
    EXPECT_EQ(report["report"], 1);
    EXPECT_EQ(report["conclusion"], "failed");
    EXPECT_EQ(report["exit_code"], 1);
    EXPECT_EQ(report["headline"], "1 of 5 checks failed");
    EXPECT_EQ(report["run"]["started"], "2026-02-03T12:00:00.000Z");
    EXPECT_EQ(report["run"]["duration_ms"], 3000);
    EXPECT_EQ(report["run"]["seed"], "42");
    EXPECT_EQ(report["counts"]["total"], 6);
    EXPECT_EQ(report["counts"]["inconclusive"], 1);
    EXPECT_EQ(report["targets"][1]["name"], "desktop");
    EXPECT_EQ(report["requirements"][0]["readings"][0]["source"], "page (2021-04-28)");
    EXPECT_EQ(report["targets"][0]["readings"]["CLOUD-TLS-MIN"], "SE-2021");
    EXPECT_EQ(report["targets"][1]["readings"], Json::object());
    EXPECT_EQ(report["requirements"][0]["targets"][0]["status"], "fail");
    EXPECT_EQ(report["requirements"][0]["targets"][1]["status"], "error");
    EXPECT_EQ(report["certificates"][0]["days_left"], 1);
    ASSERT_EQ(report["checks"].size(), 6U);
    const Json& check = report["checks"][0];
    EXPECT_EQ(check["id"], "tls.refuses-1.1");
    EXPECT_EQ(check["case"], nullptr);
    EXPECT_EQ(check["scenario"], "negative");
    EXPECT_EQ(check["evidence"][0]["fields"],
              Json::array({Json::array({"level", 2}), Json::array({"name", "protocol_version (70)"})}));
    EXPECT_EQ(report["checks"][3]["id"], "tls.refuses-1.0[other]");
    EXPECT_EQ(report["checks"][3]["check"], "tls.refuses-1.0");
    EXPECT_EQ(report["checks"][5]["sentence"], "not for desktop");
}

TEST(JsonReport, AKilledRunAndAnEmptyOneAreReports) {
    RunRecord run = empty_run();
    EXPECT_EQ(Json::parse(json_report(run))["checks"], Json::array());
    run.ended.reset();
    run.end_reason = EndReason::killed;
    const Json report = Json::parse(json_report(run));
    EXPECT_EQ(report["run"]["ended"], nullptr);
    EXPECT_EQ(report["run"]["reason"], "killed");
}

TEST(JsonReport, HostileTextIsAscii) {
    RunRecord run = sample_run();
    run.checks[0].result->sentence = "\xff\x1b[31m\xc2\x9b\xe2\x80\xae</script>";
    const std::string text = json_report(run);
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
    EXPECT_EQ(Json::parse(text)["checks"][0]["sentence"], "\xef\xbf\xbd\x1b[31m\xc2\x9b\xe2\x80\xae</script>");
}

TEST(JsonReport, TheSchemaComesWithTheProgram) {
    EXPECT_EQ(Json::parse(report_schema_text())["properties"]["report"]["const"], json_report_version);
}

TEST(Formats, EachHasAFileOfItsOwnAndMakesOne) {
    const RunRecord run = sample_run();
    std::set<std::string_view> files;
    for (const Format& format : formats()) {
        EXPECT_TRUE(files.insert(format.file).second) << format.file;
        EXPECT_EQ(find_format(format.name), &format);
        EXPECT_NE(format.make({run}).find("loud"), std::string::npos) << format.name;  // the target, by name or title
    }
    EXPECT_EQ(find_format("pdf"), nullptr);
}

}  // namespace
}  // namespace gateproof::reports
