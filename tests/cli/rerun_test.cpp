// What failed and was repaired is judged again into the record of its run, and of that nothing is lost.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

RunRecord record_of(const std::string& journal) {
    const JournalRead read = read_journal(std::filesystem::path(journal));
    EXPECT_TRUE(read.usable) << journal;
    EXPECT_THAT(read.problems, IsEmpty()) << journal;
    return read.run;
}

std::size_t ended_in(const std::string& journal) {
    const std::string text = read_file(journal);
    constexpr std::string_view event = R"({"event":"check_ended")";
    std::size_t count = 0;
    for (std::size_t at = text.find(event); at != std::string::npos; at = text.find(event, at + 1)) {
        ++count;
    }
    return count;
}

/// Full ids of the checks with more than one attempt.
std::vector<std::string> judged_again(const RunRecord& run) {
    std::vector<std::string> ids;
    for (const CheckRecord& check : run.checks) {
        if (check.attempt() > 1) {
            ids.push_back(check.full_id());
        }
    }
    return ids;
}

/// A run of the gateway inside the program, of which one check fails.
class Rerun : public testing::Test {
protected:
    void SetUp() override {
        const Finished first = gateproof({"run", "embedded-desktop", "--fault", "accepts-tls-1.1", "--suite", "tls",
                                          "--out", path("out"), "--report", "junit,json,csv"});
        ASSERT_EQ(first.status, 1) << first.out << first.err;
        before_ = read_file(journal_);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    Finished again(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"run", "--rerun", journal_});
        return gateproof(more);
    }

    TemporaryFolder folder_;
    std::string journal_ = path("out/run.jsonl");
    std::string before_;
};

TEST_F(Rerun, OneRepairedFaultIsOneRepeatedCheckOfTheSameRun) {
    const RunRecord first = record_of(journal_);
    const Finished second = again();
    EXPECT_EQ(second.status, 0) << second.out << second.err;
    EXPECT_THAT(second.out,
                AllOf(HasSubstr("Judging 1 check again against"), HasSubstr("JUDGED AGAIN  embedded-desktop"),
                      HasSubstr("UTC at attempt 2"), Not(HasSubstr("FAIL "))));
    EXPECT_TRUE(read_file(journal_).starts_with(before_)) << "what was written is never changed";
    const RunRecord record = record_of(journal_);
    EXPECT_THAT(judged_again(record), ElementsAre("tls.refuses-1.1"));
    EXPECT_EQ(record.checks.size(), first.checks.size());
    EXPECT_EQ(record.count(Outcome::fail), 0U);
    EXPECT_EQ(record.end_reason, EndReason::complete);
    EXPECT_EQ(record.started, first.started);
    const auto check = std::ranges::find(record.checks, std::size_t{2}, &CheckRecord::attempt);
    ASSERT_NE(check, record.checks.end());
    EXPECT_EQ(check->earlier[0].outcome, Outcome::fail);
    EXPECT_FALSE(check->earlier[0].evidence.empty());
    EXPECT_FALSE(check->result->evidence.empty());
    EXPECT_TRUE(std::ranges::any_of(check->result->evidence, [](const Observation& seen) {
        return seen.kind == "control";
    })) << "an attempt has a bracket of its own";
    EXPECT_LT(check->result->duration, 20s);

    // Every report beside the journal is written anew, and those that were not there are as usual.
    EXPECT_THAT(read_file(path("out/junit.xml")), AllOf(HasSubstr("<flakyFailure "), Not(HasSubstr("<failure "))));
    EXPECT_THAT(read_file(path("out/test-report.csv")), HasSubstr("at attempt 2"));
    const auto json = nlohmann::json::parse(read_file(path("out/report.json")));
    EXPECT_EQ(json["exit_code"], 0);
    EXPECT_EQ(json["run"]["reruns"].size(), 1U);
    EXPECT_THAT(read_file(path("out/report.html")), HasSubstr("<details class=\"attempt\">"));
    const Finished report = gateproof({"report", journal_, "--format", "markdown"});
    EXPECT_THAT(report.out, HasSubstr("### Judged again"));

    const std::string old = folder_.write("old.jsonl", before_);
    const Finished compared = gateproof({"compare", old, journal_, "--strict"});
    EXPECT_EQ(compared.status, 0) << compared.out;
    EXPECT_THAT(compared.out, AllOf(HasSubstr("FIXED"), HasSubstr("tls.refuses-1.1"), HasSubstr("at attempt 2"),
                                    HasSubstr("the new run is the old one")));

    // Copies of one run are one run, whichever is named first.
    for (const auto& [a, b] : {std::pair(old, journal_), std::pair(journal_, old)}) {
        const Finished merged = gateproof({"merge", a, b, "--out", path("merged.jsonl")});
        EXPECT_EQ(merged.status, 0) << merged.out << merged.err;
        EXPECT_THAT(merged.err, IsEmpty());
        EXPECT_THAT(judged_again(record_of(path("merged.jsonl"))), ElementsAre("tls.refuses-1.1"));
    }

    // A pack holds them all.
    const Finished packed =
        gateproof({"pack", journal_, "--out", path("pack.tar"), "--accept", "incomplete,partial,embedded"});
    EXPECT_EQ(packed.status, 0) << packed.err;
    EXPECT_EQ(gateproof({"verify", path("pack.tar")}).status, 0);
    const Finished unpacked = run({"tar", "xOf", path("pack.tar"), "run.jsonl"});
    EXPECT_EQ(unpacked.out, read_file(journal_));
    const Finished page = run({"tar", "xOf", path("pack.tar"), "report.html"});
    EXPECT_THAT(page.out, HasSubstr("<details class=\"attempt\">"));
}

TEST_F(Rerun, WhatStillFailsStillCounts) {
    const Finished second = again({"--fault", "accepts-tls-1.1", "--history", path("history")});
    EXPECT_EQ(second.status, 1) << second.out;
    EXPECT_THAT(second.out, HasSubstr("FAIL"));
    EXPECT_EQ(again({"--quiet", "--history", path("history")}).status, 0) << "and once it is repaired no longer";
    const RunRecord record = record_of(journal_);
    ASSERT_THAT(judged_again(record), ElementsAre("tls.refuses-1.1"));
    EXPECT_EQ(record.reruns.size(), 2U);
    const auto kept = std::filesystem::directory_iterator(path("history"));
    EXPECT_EQ(std::distance(begin(kept), end(kept)), 1) << "it is one run still";
    EXPECT_THAT(gateproof({"history", path("history")}).out, HasSubstr("1 check of the newest run was judged again"));
}

TEST_F(Rerun, NothingToDoIsSaidAndTheRecordDecides) {
    const Finished none = again({"--check", "tls.accepts-*"});
    EXPECT_EQ(none.status, 1) << "tls.refuses-1.1 still fails";
    EXPECT_THAT(none.out, AllOf(HasSubstr("nothing to judge again: no check of those chosen in "),
                                HasSubstr("--only pass those that passed"), HasSubstr("1 of ")));
    EXPECT_EQ(again({"--only", "inconclusive"}).status, 1);
    EXPECT_EQ(read_file(journal_), before_);
    EXPECT_EQ(again({"-q"}).status, 0);
    EXPECT_EQ(again({"-q"}).status, 0);
    EXPECT_EQ(again({"--fail-on", "partial"}).status, 3) << "a suite alone is a part";
    const Finished passed = again({"--check", "tls.accepts-1.2,tls.refuses-1.1", "--only", "pass"});
    EXPECT_EQ(passed.status, 0) << passed.out << passed.err;
    EXPECT_THAT(passed.out, HasSubstr("Judging 2 checks again"));
}

TEST_F(Rerun, AnotherRunIsRefusedAndTheJournalLeftAlone) {
    const auto refused = [&](std::vector<std::string> more, const std::string& why) {
        const Finished finished = again(std::move(more));
        EXPECT_EQ(finished.status, 2) << finished.out << finished.err;
        EXPECT_THAT(finished.err, HasSubstr(why));
        EXPECT_EQ(read_file(journal_), before_);
    };
    refused({"embedded-cloud"}, "target embedded-cloud was not part of it");
    refused({"--repeat", "5"}, "(give --repeat 3)");
    refused({"--timeout-scale", "2"}, "(give --timeout-scale 1)");
    refused({"--addresses", "first"}, "was changed since");
    refused({"--requirements", "2026-11"}, "leave --requirements out");
    refused({"--check", "tls.no-such"}, "tls.no-such matches no check that ");
    refused({"--shard", "1/2"}, "it is shard 1 of 1, not 1 of 2");
    refused({"--seed", "7"}, "its seed is");
    EXPECT_EQ(again({"--resume", journal_}).status, 2);
    EXPECT_EQ(gateproof({"run", "--only", "fail"}).status, 2) << "--only is of --rerun";
    const Finished missing = gateproof({"run", "--rerun", path("none.jsonl")});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.err, HasSubstr("there is no such file"));
    const std::string version = std::string("\"version\":\"") + GATEPROOF_VERSION + '"';
    std::string older = before_;
    older.replace(older.find(version), version.size(), R"("version":"0.0.1")");
    folder_.write("out/run.jsonl", older);
    const Finished other = again();
    EXPECT_EQ(other.status, 2);
    EXPECT_THAT(other.err, AllOf(HasSubstr("cannot be judged again, since this is not the same run"),
                                 HasSubstr("it was begun by gateproof 0.0.1")));
}

TEST_F(Rerun, ATornLastLineIsCutOff) {
    folder_.write("out/run.jsonl", before_ + R"({"event":"run_rerun","at":"2026)");
    EXPECT_EQ(again({"-q"}).status, 0);
    EXPECT_THAT(judged_again(record_of(journal_)), ElementsAre("tls.refuses-1.1"));
}

TEST_F(Rerun, ElsewhereTheOldJournalIsKept) {
    EXPECT_EQ(again({"-q", "--out", path("again")}).status, 0);
    EXPECT_EQ(read_file(journal_), before_);
    EXPECT_THAT(judged_again(record_of(path("again/run.jsonl"))), ElementsAre("tls.refuses-1.1"));
    EXPECT_TRUE(std::filesystem::exists(path("again/report.html")));
}

/// A gateway that outlives its runs, slow enough that a kill finds something left to do.
class RerunKilled : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(gateway_.serving()) << gateway_.output();
        auto profile = nlohmann::ordered_json::parse(read_file(gateway_.desktop()));
        profile["limits"]["connections_per_second"] = 100;
        profile_ = folder_.write("gateway/slow.json", profile.dump());
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    TemporaryFolder folder_;
    ServedGateway gateway_{(folder_.path() / "gateway").string()};
    std::string profile_;
};

TEST_F(RerunKilled, TakesBackWhatItAskedForUntilItIsResumed) {
    const std::string journal = path("out/run.jsonl");
    ASSERT_EQ(
        gateproof({"run", profile_, "--suite", "tls,server", "--out", path("out"), "--report", "none", "-q"}).status,
        0);
    const std::size_t first = ended_in(journal);
    ASSERT_GT(first, 8U);
    {
        Process process(
            command({"run", "--rerun", journal, profile_, "--only", "pass,warning", "--jobs", "1", "--report", "none"}),
            plain_environment());
        ASSERT_TRUE(process.wait_for_output("Judging ")) << process.standard_error();
        while (ended_in(journal) < first + 3 && process.alive()) {
            process.wait_for_output("nothing says this", 1ms);
        }
        process.signal(SIGKILL);
        ASSERT_EQ(process.wait(), 128 + SIGKILL) << "it must have found something running";
    }
    const RunRecord killed = read_journal(std::filesystem::path(journal)).run;
    EXPECT_EQ(killed.end_reason, EndReason::killed);
    EXPECT_GT(killed.count(Outcome::inconclusive), 0U);
    EXPECT_EQ(gateproof({"report", journal, "--format", "json"}).out.find("\"exit_code\":0"), std::string::npos)
        << "a pass that is asked for again is none until it is there again";

    const Finished resumed = gateproof({"run", "--resume", journal, profile_, "--report", "none"});
    EXPECT_EQ(resumed.status, 0) << resumed.out << resumed.err;
    const RunRecord whole = record_of(journal);
    EXPECT_EQ(whole.end_reason, EndReason::complete);
    EXPECT_EQ(whole.reruns.size(), 1U);
    EXPECT_EQ(whole.resumptions.size(), 1U);
    EXPECT_EQ(judged_again(whole).size(), whole.reruns[0].checks.size());
    for (std::size_t i = 0; i < killed.checks.size(); ++i) {
        if (killed.checks[i].result && killed.checks[i].attempt() > 1) {
            EXPECT_EQ(whole.checks[i].result->started, killed.checks[i].result->started)
                << "judged once more, not twice";
        }
        EXPECT_LE(whole.checks[i].attempt(), 2U);
    }

    // The profile is the run's: a changed one is another run.
    const std::string before = read_file(journal);
    auto profile = nlohmann::ordered_json::parse(read_file(profile_));
    profile["title"] = "changed";
    folder_.write("gateway/slow.json", profile.dump());
    const Finished changed = gateproof({"run", "--rerun", journal, profile_, "--only", "pass"});
    EXPECT_EQ(changed.status, 2);
    EXPECT_THAT(changed.err, AllOf(HasSubstr("or a certificate of it, was changed since"),
                                   HasSubstr("Put that back as it was, or begin a new run without --rerun.")));
    EXPECT_EQ(read_file(journal), before);
}

}  // namespace
}  // namespace gateproof::test
