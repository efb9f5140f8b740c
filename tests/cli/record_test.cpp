// The record of a run: which plan it is a part of, whose test it is, what was attested, and what verify says of a pack.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

nlohmann::json head_of(const std::string& journal) {
    const std::string text = read_file(journal);
    return nlohmann::json::parse(text.substr(0, text.find('\n')));
}

/// A profile with these texts for `record`, and runs of it.
class Record : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(gateway_.serving()) << gateway_.output();
        nlohmann::json profile = nlohmann::json::parse(read_file(gateway_.cloud()));
        profile["record"] = {{"organisation", "Example <Ltd>"},
                             {"product", "Example Pay"},
                             {"version", "4.2"},
                             {"tester", "nobody"},
                             {"valid_days", 365}};
        profile_ = (std::filesystem::path(gateway_.cloud()).parent_path() / "recorded.json").string();
        folder_.write("gateway/recorded.json", profile.dump());
        name_ = profile["name"];
        folder_.write("refusal.txt", "alert certificate_revoked\n");
        said_ = attest(R"({"check": "port.open", "who": "Jane Doe", "when": "2024-05-06",
                           "text": "The port was closed by hand", "file": "refusal.txt"},
                          {"requirement": "CLOUD-MTLS-IDENTIFIES", "who": "Jane Doe", "when": "2024-05-06",
                           "text": "Seen in the lab"},
                          {"scenario": "EMS_GST010", "who": "Jane Doe", "when": "2024-05-06", "text": "Done by hand"})");
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    std::string attest(const std::string& entries) {
        return folder_.write("said.json", "{\"attestations\": [" + entries + "]}");
    }
    /// A run of one suite without load.
    Finished judge(const std::string& out, std::vector<std::string> more) {
        std::vector<std::string> words{"run",   profile_,  "--report", "html,junit,json,markdown,csv",
                                       "--out", path(out), "--tester", "Jane Doe"};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    }

    TemporaryFolder folder_;
    ServedGateway gateway_{path("gateway")};
    std::string profile_;
    std::string name_;
    std::string said_;
};

TEST_F(Record, PartsOfOnePlanHaveItsHashWhateverTheySelect) {
    ASSERT_EQ(judge("a", {"--suite", "port"}).status, 0);
    ASSERT_EQ(judge("b", {"--exclude", "*", "--check", "port.open", "--suite", "port"}).status, 2) << "selects nothing";
    ASSERT_EQ(judge("b", {"--check", "server.hostname", "--shard", "1/1"}).status, 0);
    const nlohmann::json a = head_of(path("a/run.jsonl"));
    const nlohmann::json b = head_of(path("b/run.jsonl"));
    EXPECT_EQ(a["whole_plan_sha256"].get<std::string>().size(), 64U);
    EXPECT_EQ(a["whole_plan_sha256"], b["whole_plan_sha256"]);
    EXPECT_NE(a["plan"], b["plan"]);
    EXPECT_EQ(a["selection"]["suites"], nlohmann::json({"port"}));
    const Finished merged = gateproof({"merge", path("a/run.jsonl"), path("b/run.jsonl"), "--out", path("m.jsonl")});
    EXPECT_EQ(merged.status, 0) << merged.err;
    EXPECT_THAT(merged.err, Not(HasSubstr("different whole plans")));
    EXPECT_EQ(head_of(path("m.jsonl"))["whole_plan_sha256"], a["whole_plan_sha256"]);
    // What is allowed decides what would run: that is another plan, and merge says so.
    ASSERT_EQ(judge("c", {"--check", "server.hostname", "--repeat", "2"}).status, 0);
    EXPECT_EQ(head_of(path("c/run.jsonl"))["whole_plan_sha256"], a["whole_plan_sha256"]);
    std::string changed = read_file(profile_);
    changed.replace(changed.find("Example Pay"), 11, "Example Buy");
    folder_.write("gateway/recorded.json", changed);
    ASSERT_EQ(judge("d", {"--check", "server.hostname"}).status, 0);
    EXPECT_THAT(gateproof({"merge", path("a/run.jsonl"), path("d/run.jsonl"), "--out", path("m.jsonl")}).err,
                HasSubstr("judge the same endpoints by different whole plans"));
}

TEST_F(Record, WhoseTestItIsStandsInEveryReport) {
    const Finished finished = judge("out", {"--suite", "port"});
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.out, AllOf(HasSubstr("organisation: Example <Ltd>"), HasSubstr("product: Example Pay 4.2"),
                                    HasSubstr("tested by: Jane Doe"), HasSubstr("valid until: 20")));
    EXPECT_THAT(read_file(path("out/run.jsonl")),
                HasSubstr(R"("record":{"organisation":"Example <Ltd>","product":"Example Pay","version":"4.2",)"
                          R"("tester":"Jane Doe","valid_until":")"));
    EXPECT_THAT(read_file(path("out/report.html")),
                AllOf(HasSubstr("Example &lt;Ltd&gt;"), Not(HasSubstr("Example <Ltd>"))));
    EXPECT_THAT(read_file(path("out/junit.xml")), HasSubstr("gateproof.tested_by"));
    const nlohmann::json report = nlohmann::json::parse(read_file(path("out/report.json")));
    EXPECT_EQ(report["targets"][0]["record"]["tester"], "Jane Doe");
    EXPECT_EQ(gateproof({"run", profile_, "--suite", "port", "--out", path("out"), "--tester", " "}).status, 2);
}

TEST_F(Record, WhatIsAttestedIsShownAndChangesNothing) {
    const Finished plain = judge("plain", {"--suite", "port,mtls", "--exclude", "mtls.cn-exact"});
    const Finished said = judge("said", {"--suite", "port,mtls", "--exclude", "mtls.cn-exact", "--attest", said_});
    EXPECT_EQ(plain.status, 3) << plain.out;
    EXPECT_EQ(said.status, plain.status);
    EXPECT_THAT(said.out, AllOf(HasSubstr("SAID, NOT SEEN  check port.open, judged: pass"),
                                HasSubstr("SAID, NOT SEEN  scenario EMS_GST010"),
                                HasSubstr("Jane Doe, 2024-05-06: Seen in the lab")));
    const auto statuses = [&](const std::string& out) {
        const nlohmann::json report = nlohmann::json::parse(read_file(path(out + "/report.json")));
        std::map<std::string, std::string> all;
        for (const auto& requirement : report["requirements"]) {
            all[requirement["id"]] = requirement["targets"].dump();
        }
        return all;
    };
    EXPECT_EQ(statuses("said"), statuses("plain"));
    for (const char* file : {"run.jsonl", "report.html", "report.md", "report.json", "test-report.csv", "junit.xml"}) {
        EXPECT_THAT(read_file(path("said/" + std::string(file))), HasSubstr("GST010")) << file;
        EXPECT_THAT(read_file(path("plain/" + std::string(file))), Not(HasSubstr("GST010"))) << file;
    }
    // The same of a journal that is there already.
    const Finished merged = gateproof({"merge", path("plain/run.jsonl"), "--attest", said_, "--out", path("m.jsonl")});
    EXPECT_EQ(merged.status, plain.status);
    EXPECT_THAT(merged.out, HasSubstr("SAID, NOT SEEN  requirement CLOUD-MTLS-IDENTIFIES, partly judged"));
}

TEST_F(Record, ARunThatGoesOnTakesWhatIsAttestedMeanwhile) {
    ASSERT_EQ(judge("out", {"--suite", "port"}).status, 0);
    const std::string before = read_file(path("out/run.jsonl"));
    const auto again = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"run",     "--rerun",  path("out/run.jsonl"), profile_, "--only", "pass",
                                       "--check", "port.open"};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    };
    const Finished other = again({"--tester", "Sam Roe"});
    EXPECT_EQ(other.status, 2);
    EXPECT_THAT(other.err, HasSubstr("the beginning of the journal says who runs the checks"));
    const Finished finished = again({"--attest", said_});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.out, AllOf(HasSubstr("SAID, NOT SEEN  check port.open"), HasSubstr("tested by: Jane Doe")));
    EXPECT_THAT(read_file(path("out/run.jsonl")),
                AllOf(testing::StartsWith(before), HasSubstr(R"("event":"attestation","subject":"scenario")")));
    const Finished nothing = gateproof({"run", "--rerun", path("out/run.jsonl"), profile_, "--attest", said_});
    EXPECT_EQ(nothing.status, 2);
    EXPECT_THAT(nothing.err, HasSubstr("gateproof merge JOURNAL --attest FILE"));
}

TEST_F(Record, WhatIsAttestedOfNothingIsRefusedBeforeAnythingIsSent) {
    const auto refused = [&](const std::string& entry) {
        const Finished finished = judge("none", {"--suite", "port", "--attest", attest(entry)});
        EXPECT_EQ(finished.status, 2) << finished.out;
        EXPECT_FALSE(std::filesystem::exists(path("none/run.jsonl")));
        return finished.err;
    };
    EXPECT_THAT(refused(R"({"check": "port.opne", "who": "J", "when": "2024-05-06", "text": "t"})"),
                AllOf(HasSubstr("said.json:1:"), HasSubstr("did you mean port.open?")));
    EXPECT_THAT(refused(R"({"check": "port.open", "target": "other", "who": "J", "when": "2024-05-06", "text": "t"})"),
                HasSubstr("is no profile of this run"));
    EXPECT_THAT(refused(R"({"scenario": "S", "who": "J", "when": "2024-05-06", "text": "t", "file": "none.png"})"),
                HasSubstr("there is no such file"));
}

TEST_F(Record, VerifyTellsWhatThePackIsWorth) {
    ASSERT_EQ(judge("out", {"--suite", "port", "--attest", said_}).status, 0);
    const std::vector<std::string> words{"pack",     path("out/run.jsonl"),        "--out", path("pack.tar"),
                                         "--accept", "incomplete,partial,embedded"};
    const Finished packed = gateproof(words);
    ASSERT_EQ(packed.status, 0) << packed.err;
    const Finished verified = gateproof({"verify", path("pack.tar")});
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out,
                AllOf(HasSubstr("run.jsonl: partial: "), HasSubstr("not complete: "),
                      HasSubstr(" planned checks judged or not applicable"), HasSubstr(" left out\n"),
                      HasSubstr("endpoint " + name_ + ": https://"), HasSubstr("by gateproof " GATEPROOF_VERSION),
                      HasSubstr("requirement catalogue 20"), HasSubstr("less than a day ago"),
                      HasSubstr("organisation: Example <Ltd>"), HasSubstr("tested by: Jane Doe"),
                      HasSubstr("valid until: 20"), Not(HasSubstr("expired"))));
    EXPECT_THAT(verified.out, AllOf(HasSubstr("said, not seen: check port.open (by the run: judged: pass): Jane Doe"),
                                    HasSubstr("said, not seen: scenario EMS_GST010: Jane Doe")));
    const Finished demanded = gateproof({"verify", path("pack.tar"), "--complete"});
    EXPECT_EQ(demanded.status, 1);
    EXPECT_THAT(demanded.err, HasSubstr("not complete, as --complete demands"));

    const Finished told = gateproof({"verify", path("pack.tar"), "--json"});
    const nlohmann::json json = nlohmann::json::parse(told.out);
    EXPECT_EQ(json["state"], "sound");
    EXPECT_EQ(json["complete"], false);
    const nlohmann::json& one = json["runs"][0];
    EXPECT_EQ(one["conclusion"], "partial");
    EXPECT_EQ(one["expired"], false);
    EXPECT_EQ(one["age_days"], 0);
    EXPECT_GT(one["completeness"]["not_selected"], 100);
    EXPECT_EQ(one["endpoints"][0]["organisation"], "Example <Ltd>");
    EXPECT_EQ(one["attestations"][0]["seen"], false);

    const std::string sum = one["attestations"][0]["sha256"];
    const Finished listed = run({find_program("tar"), "tf", path("pack.tar")});
    EXPECT_THAT(listed.out, HasSubstr("attachments/" + sum.substr(0, 16) + "-refusal.txt\n"));
    EXPECT_THAT(run({find_program("tar"), "xOf", path("pack.tar"), "README.txt"}).out,
                HasSubstr("tested by: Jane Doe"));
}

TEST_F(Record, EvidenceThatIsOverIsSaidToBe) {
    ASSERT_EQ(judge("out", {"--suite", "port"}).status, 0);
    std::string journal = read_file(path("out/run.jsonl"));
    const std::string key = R"("valid_until":")";
    ASSERT_NE(journal.find(key), std::string::npos);
    journal.replace(journal.find(key) + key.size(), 10, "2024-01-31");
    const std::string old = folder_.write("old.jsonl", journal);
    ASSERT_EQ(gateproof({"pack", old, "--out", path("old.tar"), "--accept", "incomplete,partial,embedded"}).status, 0);
    const Finished verified = gateproof({"verify", path("old.tar")});
    EXPECT_EQ(verified.status, 0) << "it is as it was packed";
    EXPECT_THAT(verified.out, AllOf(HasSubstr("valid until: 2024-01-31"), HasSubstr("expired on 2024-01-31")));
    EXPECT_EQ(nlohmann::json::parse(gateproof({"verify", path("old.tar"), "--json"}).out)["runs"][0]["expired"], true);
}

TEST_F(Record, AnAttachedFileIsPackedAsItWasAttestedOrNotAtAll) {
    ASSERT_EQ(judge("out", {"--suite", "port"}).status, 0);
    const auto pack = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words{"pack",     path("out/run.jsonl"),        "--out", path("pack.tar"),
                                       "--accept", "incomplete,partial,embedded"};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    };
    // The journal of the pack has what was said later; the one on disk is left alone.
    const std::string before = read_file(path("out/run.jsonl"));
    ASSERT_EQ(pack({"--attest", said_}).status, 0);
    EXPECT_EQ(read_file(path("out/run.jsonl")), before);
    const Finished journal = run({find_program("tar"), "xOf", path("pack.tar"), "run.jsonl"});
    EXPECT_THAT(journal.out,
                AllOf(testing::StartsWith(before), HasSubstr(R"("event":"attestation","subject":"check")")));
    EXPECT_THAT(gateproof({"verify", path("pack.tar")}).out, HasSubstr("said, not seen: check port.open"));

    // A pack by other hands that lacks the file, with a manifest that fits what it holds.
    const Finished made = run({"/bin/sh", "-c",
                               fmt::format("set -e; mkdir '{0}'; cd '{0}'; tar xf '{1}'; rm -r attachments; "
                                           "grep -v attachments MANIFEST.sha256 > m; mv m MANIFEST.sha256; "
                                           "tar cf ../lacks.tar *",
                                           path("unpacked"), path("pack.tar"))});
    ASSERT_EQ(made.status, 0) << made.err;
    const Finished lacks = gateproof({"verify", path("lacks.tar")});
    EXPECT_EQ(lacks.status, 1);
    EXPECT_THAT(lacks.err, HasSubstr("no file of the pack has its SHA-256"));

    ASSERT_EQ(judge("out", {"--suite", "port", "--attest", said_}).status, 0);
    folder_.write("refusal.txt", "another one\n");
    const Finished refused = pack({});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("refusal.txt"), HasSubstr("it is another one by now")));
}

/// What a run of everything but four checks says of a gateway that is broken where they would have looked.
TEST(RecordOfABrokenGateway, DoesNotPassForComplete) {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "out").string();
    const std::string pack = (folder.path() / "pack.zip").string();
    const Finished finished =
        gateproof({"run", "--fault", "identity-ignores-case", "--fault", "accepts-tls-1.1", "--suite", "tls,mtls",
                   "--exclude", "mtls.cn-exact", "--exclude", "tls.refuses-1.1", "--report", "json", "--out", out});
    EXPECT_EQ(finished.status, 3) << finished.out;
    const nlohmann::json report = nlohmann::json::parse(read_file(out + "/report.json"));
    for (const auto& requirement : report["requirements"]) {
        for (const auto& target : requirement["targets"]) {
            const bool met = target["status"] == "pass" || target["status"] == "warning";
            EXPECT_FALSE(met && !target["not_selected"].empty()) << requirement["id"];
        }
    }
    EXPECT_EQ(gateproof({"pack", out + "/run.jsonl", "--out", pack}).status, 2);
    ASSERT_EQ(gateproof({"pack", out + "/run.jsonl", "--out", pack, "--accept", "incomplete,partial,embedded"}).status,
              0);
    const Finished verified = gateproof({"verify", pack, "--complete"});
    EXPECT_EQ(verified.status, 1);
    EXPECT_THAT(verified.out,
                AllOf(HasSubstr("run.jsonl: inconclusive: "), HasSubstr("not complete: "),
                      HasSubstr("embedded environment"), HasSubstr("left out by --exclude mtls.cn-exact")));
}

/// Software that never comes: what the record says of it does not depend on that.
TEST(RecordOfAClient, SaysThatSoftwareWasJudgedAndWhichVersion) {
    const TemporaryFolder folder;
    const auto path = [&folder](const char* name) { return (folder.path() / name).string(); };
    const std::string nothing = find_program("true");
    ASSERT_NE(nothing, "");
    ASSERT_EQ(gateproof({"client", "init", path("ledgerlink.json"), "--", nothing, "{url}"}).status, 0);
    nlohmann::json profile = nlohmann::json::parse(read_file(path("ledgerlink.json")));
    profile["title"] = "LedgerLink";
    profile["client"]["version"] = "4.2.0";
    const std::string file = folder.write("ledgerlink.json", profile.dump());

    EXPECT_THAT(gateproof({"plan", file}).out, HasSubstr("ledgerlink  client, calls https://"));
    const Finished finished = gateproof(
        {"run", file, "--check", "client-reach.served", "--out", path("out"), "--report", "html,json,markdown"});
    EXPECT_EQ(finished.status, 3) << finished.err;
    EXPECT_THAT(finished.out, AllOf(HasSubstr("Running 1 check of the client ledgerlink ("),
                                    HasSubstr("INCONCLUSIVE  ledgerlink client-reach.served"),
                                    HasSubstr("product: LedgerLink"), HasSubstr("4.2.0")));
    const nlohmann::json report = nlohmann::json::parse(read_file(path("out/report.json")));
    const nlohmann::json& target = report["targets"].at(0);
    EXPECT_EQ(target["side"], "client");
    EXPECT_EQ(target["record"]["product"], "LedgerLink");
    EXPECT_EQ(target["record"]["version"], "4.2.0");
    EXPECT_THAT(read_file(path("out/report.html")), HasSubstr("client, calls <code>https://"));

    const std::string pack = path("evidence.tar");
    ASSERT_EQ(
        gateproof({"pack", path("out/run.jsonl"), "--accept", "incomplete,partial,inconclusive", "--out", pack}).status,
        0);
    EXPECT_THAT(gateproof({"verify", pack}).out,
                AllOf(HasSubstr("client ledgerlink: calls https://"), HasSubstr("4.2.0")));
}

}  // namespace
}  // namespace gateproof::test
