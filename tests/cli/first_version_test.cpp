// What version 0.1.0 wrote is read by every later one: a journal, a history, and a list of accepted failures. The files
// are its own, shortened: runs of five checks against its embedded gateway, one with a warning and one with a failure.
// The oldest of the history is from before runs said what they left out.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "tests/cli/command.hpp"

namespace gateproof::test::first_version_test {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string fixture(const std::string& name) {
    return (std::filesystem::path(GATEPROOF_TEST_FIXTURES) / "0.1.0" / name).string();
}
const std::string before = "history/20261124T213839.218Z-bfddc2f6.jsonl";

Json report_of(const std::string& name, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"report", fixture(name), "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    const Finished made = gateproof(words);
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.err, IsEmpty());
    return Json::parse(made.out);
}

TEST(FirstVersion, ItsJournalIsReported) {
    const Json report = report_of("run.jsonl");
    EXPECT_EQ(report.at("conclusion"), "failed");
    EXPECT_EQ(report.at("exit_code"), 1);
    EXPECT_EQ(report.at("run").at("hostname"), "builder");
    EXPECT_EQ(report.at("run").at("seed"), "7");
    const Json& counts = report.at("counts");
    EXPECT_EQ(counts.at("pass"), 4);
    EXPECT_EQ(counts.at("fail"), 1);
    EXPECT_EQ(counts.at("not_selected"), 3);
    EXPECT_EQ(counts.at("total"), 8);
    const Json& failed = report.at("checks").at(0);
    EXPECT_EQ(failed.at("id"), "tls.refuses-1.1");
    EXPECT_EQ(failed.at("scenario"), "negative");
    EXPECT_EQ(failed.at("outcome"), "fail");
    EXPECT_THAT(failed.at("sentence").get<std::string>(), HasSubstr("TLS 1.1 was negotiated"));
    EXPECT_THAT(failed.at("remedy").get<std::string>(), HasSubstr("ssl_protocols"));
    EXPECT_EQ(failed.at("duration_ms"), 69);
    EXPECT_EQ(failed.at("evidence").at(0).at("kind"), "control");
    EXPECT_EQ(report.at("checks").at(1).at("scenario"), "positive");
    EXPECT_FALSE(report.at("certificates").empty());
    for (const Json& requirement : report.at("requirements")) {
        EXPECT_EQ(requirement.at("level"), "must") << requirement.at("id");
    }
    const Json& of_target = report.at("requirements").at(0).at("targets").at(0);
    EXPECT_EQ(of_target.at("target"), "embedded-cloud");
}

TEST(FirstVersion, EveryReportIsMadeOfItsJournal) {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "out").string();
    const Finished made = gateproof(
        {"report", fixture("run.jsonl"), "--format", "html,junit,json,markdown,csv,prometheus", "--out", out});
    ASSERT_EQ(made.status, 0) << made.err;
    pugi::xml_document junit;
    ASSERT_TRUE(junit.load_file((out + "/junit.xml").c_str()));
    const pugi::xml_node root = junit.child("testsuites");
    EXPECT_STREQ(root.attribute("tests").value(), "8");
    EXPECT_STREQ(root.attribute("failures").value(), "1");
    EXPECT_STREQ(root.attribute("errors").value(), "0");
    EXPECT_STREQ(root.attribute("time").value(), "0.112");
    EXPECT_THAT(read_file(out + "/report.html"), HasSubstr("1 of 5 checks failed"));
    EXPECT_THAT(read_file(out + "/report.md"), HasSubstr("1 of 5 checks failed"));
    EXPECT_THAT(read_file(out + "/test-report.csv"), AllOf(HasSubstr("Negative"), HasSubstr("Positive")));
    EXPECT_THAT(read_file(out + "/gateproof.prom"), HasSubstr("status=\"failed\"} 1"));
}

TEST(FirstVersion, AJournalThatDoesNotSayWhatItLeftOutIsReported) {
    const Json report = report_of("history/20261123T213856.707Z-bfddc2f6.jsonl");
    EXPECT_EQ(report.at("conclusion"), "passed");
    EXPECT_EQ(report.at("counts").at("warning"), 1);
    EXPECT_EQ(report.at("counts").at("not_selected"), 0);
    EXPECT_EQ(report.at("counts").at("total"), 5);
}

TEST(FirstVersion, ItsListOfAcceptedFailuresIsRead) {
    const Json report = report_of("run.jsonl", {"--known", fixture("known.json")});
    EXPECT_EQ(report.at("conclusion"), "inconclusive") << "what --exclude left out is accepted by nobody";
    EXPECT_EQ(report.at("counts").at("fail"), 0);
    EXPECT_EQ(report.at("counts").at("known"), 1);
    const Json& known = report.at("checks").at(0).at("known");
    EXPECT_THAT(known.dump(), AllOf(HasSubstr("CHG-1187"), HasSubstr("9999-12-31")));
}

TEST(FirstVersion, ItsJournalsAreCompared) {
    const Finished compared = gateproof({"compare", fixture(before), fixture("run.jsonl")});
    EXPECT_EQ(compared.status, 1) << compared.err;
    EXPECT_THAT(compared.out, AllOf(HasSubstr("REGRESSION  embedded-cloud tls.refuses-1.1"),
                                    HasSubstr("was pass: TLS 1.1 was refused with alert protocol_version (70)"),
                                    HasSubstr("IMPROVED  embedded-cloud server.ocsp-staple"),
                                    HasSubstr("DIFFERENT  embedded-cloud server certificate"),
                                    HasSubstr("1 regression, 1 improved")));
    const Finished accepted =
        gateproof({"compare", fixture(before), fixture("run.jsonl"), "--known", fixture("known.json")});
    EXPECT_EQ(accepted.status, 0) << accepted.out << accepted.err;
}

TEST(FirstVersion, ItsHistoryIsTold) {
    const Finished told = gateproof({"history", fixture("history"), "--format", "json"});
    ASSERT_EQ(told.status, 0) << told.err;
    EXPECT_THAT(told.err, IsEmpty());
    const Json history = Json::parse(told.out);
    EXPECT_EQ(history.at("runs").size(), 3U);
    const Finished text = gateproof({"history", fixture("history")});
    EXPECT_THAT(text.out, AllOf(HasSubstr("3 runs, 2026-11-23T21:38:56.707Z to 2026-11-25T21:38:40.941Z"),
                                testing::ContainsRegex("CLOUD-TLS-MIN +[.]pF  fail since 2026-11-25"),
                                testing::ContainsRegex("SERVER-CERT +ww[.]  pass since 2026-11-25"),
                                HasSubstr("no flaky checks")));
    const Finished page =
        gateproof({"report", fixture("run.jsonl"), "--format", "html", "--history", fixture("history")});
    EXPECT_THAT(page.out, HasSubstr("trend-title"));
}

TEST(FirstVersion, ItsRunIsAddedToByALaterOne) {
    const TemporaryFolder folder;
    std::filesystem::copy(fixture("history"), folder.path() / "history");
    const std::string history = (folder.path() / "history").string();
    const Finished run = gateproof({"run", "embedded-cloud", "--check", "tls.refuses-1.1", "-q", "--out",
                                    (folder.path() / "out").string(), "--history", history});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(gateproof({"history", history}).out, AllOf(HasSubstr("4 runs"), Not(HasSubstr("no journal"))));
}

}  // namespace
}  // namespace gateproof::test::first_version_test
