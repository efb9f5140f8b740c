// A run that leaves checks out cannot be taken for the whole: exit code, every report, pack and verify.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Broken twice, and the checks that would notice are left out.
class LeftOutOfABrokenGateway : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = new TemporaryFolder;
        run_ = new Finished(
            gateproof({"run", "--fault", "identity-ignores-case", "--fault", "accepts-tls-1.1", "--exclude",
                       "mtls.cn-exact", "--exclude", "tls.refuses-1.1", "--exclude", "timeout", "--exclude", "throttle",
                       "--report", "html,junit,json,markdown,csv,prometheus", "--out", path("out")}));
    }
    static void TearDownTestSuite() {
        delete run_;
        delete folder_;
    }
    [[nodiscard]] static std::string path(const std::string& name) { return (folder_->path() / name).string(); }
    [[nodiscard]] static std::string written(const std::string& name) { return read_file(path("out/" + name)); }
    [[nodiscard]] static nlohmann::json report() { return nlohmann::json::parse(written("report.json")); }

    static TemporaryFolder* folder_;
    static Finished* run_;
};
TemporaryFolder* LeftOutOfABrokenGateway::folder_ = nullptr;
Finished* LeftOutOfABrokenGateway::run_ = nullptr;

TEST_F(LeftOutOfABrokenGateway, IsNoSuccessAndSaysWhatToDo) {
    EXPECT_EQ(run_->status, 3) << run_->out << run_->err;
    EXPECT_THAT(
        run_->out,
        AllOf(HasSubstr("NOT SELECTED  "), HasSubstr("left out by --exclude mtls.cn-exact"),
              HasSubstr("left out by --exclude timeout"), HasSubstr("that is no success in this run"),
              HasSubstr("remedy: run without --exclude"), HasSubstr("; not selected: "), Not(HasSubstr("All "))));
}

TEST_F(LeftOutOfABrokenGateway, EveryReportHasTheRows) {
    EXPECT_THAT(written("report.html"),
                AllOf(HasSubstr("id=\"embedded-cloud/mtls.cn-exact\" data-outcome=\"not-selected\""),
                      HasSubstr("id=\"embedded-cloud/tls.refuses-1.1\" data-outcome=\"not-selected\""),
                      HasSubstr("not selected: left out by --exclude timeout"), Not(HasSubstr("All "))));
    EXPECT_THAT(written("report.md"), AllOf(HasSubstr("### Not selected"), HasSubstr("tls.refuses-1.1")));
    EXPECT_THAT(written("test-report.csv"),
                AllOf(HasSubstr(",tls.refuses-1.1,,"), HasSubstr("left out by --exclude throttle")));
    EXPECT_THAT(written("gateproof.prom"), HasSubstr("verdict=\"not-selected\"} "));
    EXPECT_THAT(written("run.jsonl"),
                AllOf(HasSubstr(R"("excludes":["mtls.cn-exact","tls.refuses-1.1","timeout","throttle"])"),
                      HasSubstr(R"("event":"not_selected","check":"mtls.cn-exact")")));
}

TEST_F(LeftOutOfABrokenGateway, TheNumbersOfTheReportsAgree) {
    const nlohmann::json json = report();
    EXPECT_EQ(json["conclusion"], "inconclusive");
    EXPECT_EQ(json["exit_code"], 3);
    EXPECT_EQ(json["counts"]["total"], json["checks"].size());
    EXPECT_EQ(json["run"]["whole_plan"]["checks"], json["checks"].size());
    std::size_t not_selected = 0;
    for (const auto& check : json["checks"]) {
        not_selected += check["outcome"] == "not-selected" ? 1 : 0;
    }
    EXPECT_EQ(json["counts"]["not_selected"], not_selected);
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(written("junit.xml").c_str()));
    std::size_t cases = 0;
    std::size_t skipped = 0;
    std::size_t said = 0;
    for (const pugi::xml_node& suite : document.child("testsuites").children("testsuite")) {
        skipped += suite.attribute("skipped").as_uint();
        for (const pugi::xml_node& one : suite.children("testcase")) {
            ++cases;
            said += std::string_view(one.child("skipped").attribute("message").value()).starts_with("not selected: ")
                        ? 1
                        : 0;
        }
    }
    EXPECT_EQ(cases, json["checks"].size());
    EXPECT_EQ(document.child("testsuites").attribute("tests").as_uint(), cases);
    EXPECT_EQ(said, not_selected);
    EXPECT_EQ(skipped, json["counts"]["skipped"].get<std::size_t>() + not_selected);
    // A whole plan is as large as the parts say.
    const auto plan = nlohmann::json::parse(gateproof({"plan", "--json"}).out);
    EXPECT_EQ(plan.size(), cases);
}

TEST_F(LeftOutOfABrokenGateway, NoRequirementThatLacksACheckIsMet) {
    std::map<std::string, std::string> statuses;
    const nlohmann::json json = report();
    for (const auto& requirement : json["requirements"]) {
        for (const auto& target : requirement["targets"]) {
            if (!target["not_selected"].empty()) {
                EXPECT_NE(target["status"], "pass") << requirement["id"];
                EXPECT_NE(target["status"], "warning") << requirement["id"];
            }
            if (target["target"] == "embedded-cloud") {
                statuses[requirement["id"]] = target["status"];
            }
        }
    }
    EXPECT_EQ(statuses["CLOUD-TLS-MIN"], "partly-judged");
    EXPECT_EQ(statuses["CLOUD-MTLS-IDENTIFIES"], "partly-judged");
    EXPECT_EQ(statuses["TIMEOUT"], "not-selected");
    EXPECT_EQ(statuses["CLOUD-THROTTLE"], "not-selected");
}

TEST_F(LeftOutOfABrokenGateway, CannotBePackedUnlessItIsStampedAsPartial) {
    const Finished refused = gateproof({"pack", path("out/run.jsonl"), "--out", path("pack.tar")});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("is no proof of all"), HasSubstr("incomplete: "),
                                   HasSubstr("--exclude mtls.cn-exact"), HasSubstr("embedded: ")));
    EXPECT_FALSE(std::filesystem::exists(path("pack.tar")));
    EXPECT_EQ(gateproof({"pack", path("out/run.jsonl"), "--out", path("pack.tar"), "--partial"}).status, 2);
    // The remedy works as it is written.
    const std::string option = "--accept ";
    const std::size_t place = refused.err.find(option) + option.size();
    const std::string words = refused.err.substr(place, refused.err.find(' ', place) - 1 - place);
    const Finished packed = gateproof({"pack", path("out/run.jsonl"), "--out", path("pack.tar"), "--accept", words});
    EXPECT_EQ(packed.status, 0) << packed.err;
    EXPECT_THAT(packed.out, HasSubstr(", INCOMPLETE, PARTIAL, EMBEDDED"));
    const Finished verified = gateproof({"verify", path("pack.tar")});
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out, AllOf(HasSubstr("INCOMPLETE, PARTIAL, EMBEDDED: this pack is no proof of all"),
                                    HasSubstr("--exclude timeout")));
    const Finished page = run({find_program("tar"), "xOf", path("pack.tar"), "report.html"});
    EXPECT_THAT(page.out, HasSubstr("<p class=\"stamp\">INCOMPLETE, PARTIAL, EMBEDDED</p>"));
    const Finished read = run({find_program("tar"), "xOf", path("pack.tar"), "README.txt"});
    EXPECT_THAT(read.out, testing::StartsWith("INCOMPLETE, PARTIAL, EMBEDDED: "));
    // The stamp cannot be taken out.
    const Finished stripped =
        run({"/bin/sh", "-c", "cd '" + path("out") + "' && cp ../pack.tar s.tar && tar --delete -f s.tar PARTIAL.txt"});
    ASSERT_EQ(stripped.status, 0) << stripped.err;
    EXPECT_EQ(gateproof({"verify", path("out/s.tar")}).status, 1);
}

TEST_F(LeftOutOfABrokenGateway, ReportMergeAndHistoryTellTheSame) {
    EXPECT_THAT(gateproof({"report", path("out/run.jsonl")}).out, HasSubstr("left out by --exclude timeout"));
    const Finished merged = gateproof({"merge", path("out/run.jsonl"), "--out", path("merged.jsonl")});
    EXPECT_EQ(merged.status, 3) << merged.out;
    EXPECT_EQ(read_file(path("merged.jsonl")).find("accepts_excluded"), std::string::npos);
    EXPECT_EQ(gateproof({"pack", path("merged.jsonl"), "--out", path("merged.tar")}).status, 2);
    const Finished accepted = gateproof(
        {"merge", path("out/run.jsonl"), "--out", path("merged.jsonl"), "--fail-on", "fail,inconclusive,error"});
    EXPECT_EQ(accepted.status, 0) << accepted.out;
    EXPECT_THAT(accepted.out, AllOf(HasSubstr("not selected: "), Not(HasSubstr("All "))));
    EXPECT_EQ(gateproof({"pack", path("merged.jsonl"), "--out", path("merged.tar")}).status, 2)
        << "accepted, but not whole";
}

class LeftOut : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    Finished judge(std::vector<std::string> more) {
        std::vector<std::string> words{"run", gateway_.cloud(), "--report", "json", "--out", path("out")};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    }
    [[nodiscard]] nlohmann::json report() const { return nlohmann::json::parse(read_file(path("out/report.json"))); }

    TemporaryFolder folder_;
    ServedGateway gateway_{path("gateway")};
};

TEST_F(LeftOut, WhatToDoWorksWhenItIsFollowed) {
    const Finished excluding = judge({"--suite", "port", "--exclude", "port.plaintext-refused", "--strict"});
    EXPECT_EQ(excluding.status, 3) << excluding.out;
    const std::string marker = "; --fail-on ";
    const std::size_t at = excluding.out.find(marker);
    ASSERT_NE(at, std::string::npos) << excluding.out;
    const std::string words = excluding.out.substr(at + marker.size());
    EXPECT_EQ(
        judge({"--suite", "port", "--exclude", "port.plaintext-refused", "--fail-on", words.substr(0, words.find(' '))})
            .status,
        0);
    EXPECT_EQ(report()["conclusion"], "partial");
    EXPECT_EQ(judge({"--suite", "port", "--exclude", "port.plaintext-refused", "--fail-on", "never"}).status, 0);
    EXPECT_EQ(judge({"--suite", "port", "--exclude", "port.plaintext-refused", "--fail-on", "fail,excluded"}).status,
              3);
    EXPECT_EQ(judge({"--suite", "port", "--exclude", "rotation"}).status, 0) << "it was not asked for anyway";
}

TEST_F(LeftOut, ANarrowerQuestionSucceedsAndNeverReadsAsTheWhole) {
    const Finished narrow = judge({"--check", "tls.accepts-1.2"});
    EXPECT_EQ(narrow.status, 0) << narrow.out << narrow.err;
    const auto json = report();
    const std::string size = std::to_string(json["run"]["whole_plan"]["checks"].get<std::size_t>());
    EXPECT_THAT(narrow.out, AllOf(HasSubstr("1 of " + size + " checks: 1 passed, 0 failed; not selected: "),
                                  HasSubstr("not asked for by --check tls.accepts-1.2"), Not(HasSubstr("remedy"))));
    EXPECT_EQ(json["conclusion"], "partial");
    EXPECT_THAT(json["headline"],
                testing::StartsWith("1 check passed, of " + size + " in the whole plan; not selected: "));
    for (const auto& requirement : json["requirements"]) {
        for (const auto& target : requirement["targets"]) {
            EXPECT_NE(target["status"] == "pass" && !target["not_selected"].empty(), true) << requirement["id"];
        }
    }
    EXPECT_EQ(gateproof({"pack", path("out/run.jsonl"), "--out", path("p.tar")}).status, 2);
}

TEST_F(LeftOut, AShardAloneIsAPartAndAllOfThemAreTheSelection) {
    std::vector<std::string> merge{"merge", "--out", path("whole.jsonl")};
    for (const char* shard : {"1/2", "2/2"}) {
        EXPECT_EQ(judge({"--suite", "port,tls", "--shard", shard}).status, 0);
        const nlohmann::json json = report();
        EXPECT_EQ(json["conclusion"], "partial");
        for (const auto& requirement : json["requirements"]) {
            for (const auto& target : requirement["targets"]) {
                EXPECT_NE(target["status"], "pass") << "others may decide it too";
            }
        }
        EXPECT_THAT(gateproof({"pack", path("out/run.jsonl"), "--out", path("p.tar")}).err,
                    HasSubstr("incomplete: it is shard"));
        merge.push_back(path(std::string(1, shard[0]) + ".jsonl"));
        std::filesystem::copy_file(path("out/run.jsonl"), merge.back());
    }
    const Finished merged = gateproof(merge);
    EXPECT_EQ(merged.status, 0) << merged.out << merged.err;
    ASSERT_EQ(judge({"--suite", "port,tls"}).status, 0);
    const auto once = report();
    const auto both = nlohmann::json::parse(gateproof({"report", path("whole.jsonl"), "--format", "json"}).out);
    EXPECT_EQ(both["counts"], once["counts"]);
    EXPECT_EQ(both["headline"], once["headline"]);
    EXPECT_EQ(both["requirements"], once["requirements"]);
    EXPECT_EQ(both["run"]["whole_plan"], once["run"]["whole_plan"]);
    EXPECT_EQ(both["run"]["selection"], once["run"]["selection"]);
}

TEST_F(LeftOut, APlanShowsWhatIsNotSelectedAndTheSizeOfTheWhole) {
    const Finished plan =
        gateproof({"plan", gateway_.cloud(), "--suite", "port", "--exclude", "port.plaintext-refused"});
    EXPECT_EQ(plan.status, 0);
    EXPECT_THAT(plan.out, AllOf(HasSubstr("  left  port.plaintext-refused "),
                                HasSubstr("not selected: --exclude port.plaintext-refused"), HasSubstr("  left  tls ("),
                                HasSubstr("not selected: asked for --suite port alone"),
                                testing::ContainsRegex(" not selected, of [0-9]+ in the whole plan\n")));
    const auto whole = nlohmann::json::parse(gateproof({"plan", gateway_.cloud(), "--json"}).out);
    const auto part = nlohmann::json::parse(gateproof({"plan", gateway_.cloud(), "--suite", "port", "--json"}).out);
    EXPECT_EQ(whole.size(), part.size());
    EXPECT_EQ(part.back()["decision"], "not-selected");
    EXPECT_EQ(part.back()["left_out_by"], "--suite port");
    EXPECT_THAT(gateproof({"plan", gateway_.cloud()}).out, Not(HasSubstr("whole plan")));
}

TEST_F(LeftOut, AResumedRunKeepsItsSelection) {
    ASSERT_EQ(judge({"--suite", "port", "--exclude", "port.plaintext-refused"}).status, 3);
    const std::string before = read_file(path("out/run.jsonl"));
    // Without its last line it is a run that was killed.
    folder_.write("out/run.jsonl", before.substr(0, before.rfind('\n', before.size() - 2) + 1));
    const Finished resumed =
        gateproof({"run", gateway_.cloud(), "--resume", path("out/run.jsonl"), "--report", "json"});
    EXPECT_EQ(resumed.status, 3) << resumed.out << resumed.err;
    EXPECT_THAT(resumed.out, HasSubstr("left out by --exclude port.plaintext-refused"));
    EXPECT_EQ(report()["run"]["selection"]["excludes"], nlohmann::json({"port.plaintext-refused"}));
}

TEST_F(LeftOut, AJournalOfAnOlderVersionIsReadAndNotVouchedFor) {
    ASSERT_EQ(judge({"--check", "tls.accepts-1.2"}).status, 0);
    std::string older;
    std::istringstream lines(read_file(path("out/run.jsonl")));
    for (std::string line; std::getline(lines, line);) {
        auto event = nlohmann::ordered_json::parse(line);
        if (event["event"] == "not_selected") {
            continue;
        }
        for (const char* field : {"selection", "whole_plan"}) {
            event.erase(field);
        }
        older += event.dump() + '\n';
    }
    const std::string journal = folder_.write("older.jsonl", older);
    const Finished read = gateproof({"report", journal});
    EXPECT_EQ(read.status, 0) << read.err;
    EXPECT_THAT(read.out, HasSubstr("1 check: 1 passed, 0 failed in "));
    EXPECT_THAT(gateproof({"pack", journal, "--out", path("p.tar")}).err,
                HasSubstr("does not record what was selected"));
    EXPECT_EQ(gateproof({"pack", journal, "--out", path("p.tar"), "--accept", "incomplete,partial,embedded"}).status,
              0);
}

}  // namespace
}  // namespace gateproof::test
