// A run that is killed at any moment and resumed, and one that is split and merged, come to what an undisturbed one
// does.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

/// Target, check and outcome of each check, in the order of the journal.
std::vector<std::string> verdicts(const RunRecord& run) {
    std::vector<std::string> all;
    for (const CheckRecord& check : run.checks) {
        all.push_back(check.target + ' ' + check.full_id() + ' ' +
                      std::string(to_string(run.result_of(check).outcome)));
    }
    return all;
}

class Nightly : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(gateway_.serving()) << gateway_.output();
        // Slow enough that a kill finds something left to do.
        auto profile = nlohmann::ordered_json::parse(read_file(gateway_.desktop()));
        profile["limits"]["connections_per_second"] = 150;
        slow_ = folder_.write("gateway/slow.json", profile.dump());
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    [[nodiscard]] RunRecord judged(const std::string& journal) const {
        const JournalRead read = read_journal(std::filesystem::path(journal));
        EXPECT_TRUE(read.usable) << journal;
        EXPECT_THAT(read.problems, IsEmpty()) << journal;
        return read.run;
    }
    /// The undisturbed run.
    RunRecord whole(const std::vector<std::string>& words) {
        std::vector<std::string> all{"run", "--journal", path("whole.jsonl"), "--report", "none", "-q"};
        all.insert(all.end(), words.begin(), words.end());
        EXPECT_EQ(gateproof(all).status, 0);
        return judged(path("whole.jsonl"));
    }
    [[nodiscard]] static std::size_t ended_in(const std::string& journal) {
        std::error_code missing;
        if (!std::filesystem::exists(journal, missing)) {
            return 0;
        }
        const std::string text = read_file(journal);
        constexpr std::string_view event = R"({"event":"check_ended")";
        std::size_t count = 0;
        for (std::size_t at = text.find(event); at != std::string::npos; at = text.find(event, at + 1)) {
            ++count;
        }
        return count;
    }

    TemporaryFolder folder_;
    ServedGateway gateway_{(folder_.path() / "gateway").string()};
    std::string slow_;
};

TEST_F(Nightly, KilledAtTenMomentsAndResumedItEqualsAnUndisturbedRun) {
    const std::vector<std::string> selection{slow_, "--suite", "tls,server,port", "--jobs", "2"};
    const RunRecord undisturbed = whole(selection);
    const std::size_t checks = undisturbed.checks.size() - undisturbed.count(Outcome::skipped);
    ASSERT_GT(checks, 12U);
    std::mt19937 random(4046);
    int killed = 0;
    for (int moment = 0; moment < 10; ++moment) {
        const std::string journal = path("killed-" + std::to_string(moment) + "/run.jsonl");
        const std::size_t after = random() % (checks - 4);
        std::vector<std::string> words{"run", "--out", path("killed-" + std::to_string(moment)), "--report", "none"};
        words.insert(words.end(), selection.begin(), selection.end());
        {
            Process process(command(words), plain_environment());
            ASSERT_TRUE(process.wait_for_output("Running ")) << process.standard_error();
            while (ended_in(journal) < after && process.alive()) {
                process.wait_for_output("nothing says this", 1ms);
            }
            process.signal(SIGKILL);
            killed += process.wait() == 128 + SIGKILL ? 1 : 0;
        }
        const RunRecord before = read_journal(std::filesystem::path(journal)).run;
        if (before.end_reason == EndReason::complete) {
            continue;  // it was over before the signal came
        }
        const Finished resumed = gateproof({"run", slow_, "--resume", journal, "--report", "none"});
        EXPECT_EQ(resumed.status, 0) << resumed.out << resumed.err;
        const RunRecord after_all = judged(journal);
        EXPECT_EQ(verdicts(after_all), verdicts(undisturbed));
        EXPECT_EQ(after_all.end_reason, EndReason::complete);
        EXPECT_EQ(after_all.resumptions.size(), 1U);
        for (std::size_t i = 0; i < before.checks.size(); ++i) {
            if (before.checks[i].result) {
                EXPECT_EQ(after_all.checks[i].result->started, before.checks[i].result->started) << "judged once";
            }
        }
    }
    EXPECT_GE(killed, 8) << "most of the kills must have found something running";
}

TEST_F(Nightly, ShardsMergedEqualOneRun) {
    const std::vector<std::string> selection{gateway_.cloud(), gateway_.desktop(), gateway_.mock(), "--suite",
                                             "tls,server,port"};
    const RunRecord undisturbed = whole(selection);
    std::vector<std::string> merge{"merge", "--out", path("merged.jsonl"), "-q"};
    for (const char* shard : {"1", "2", "3", "4"}) {
        const std::string journal = path(std::string(shard) + ".jsonl");
        std::vector<std::string> words{"run",  "--shard", std::string(shard) + "/4", "--journal", journal, "--report",
                                       "none", "-q"};
        words.insert(words.end(), selection.begin(), selection.end());
        const Finished finished = gateproof(words);
        EXPECT_EQ(finished.status, 0) << finished.err;
        EXPECT_GT(ended_in(journal), 0U);
        merge.insert(merge.begin() + 1, journal);
    }
    const Finished merged = gateproof(merge);
    EXPECT_EQ(merged.status, 0) << merged.err;
    EXPECT_THAT(merged.err, IsEmpty());
    EXPECT_EQ(verdicts(judged(path("merged.jsonl"))), verdicts(undisturbed));
    const Finished compared = gateproof({"compare", path("whole.jsonl"), path("merged.jsonl"), "--strict"});
    EXPECT_EQ(compared.status, 0) << compared.out;
    EXPECT_THAT(compared.out, HasSubstr("nothing changed"));

    const Finished partial = gateproof({"merge", path("1.jsonl"), path("3.jsonl"), "--out", path("part.jsonl"), "-q"});
    EXPECT_EQ(partial.status, 3);
    EXPECT_THAT(partial.err, HasSubstr("shard 2 of 4 is missing"));
    const Finished report = gateproof({"report", path("1.jsonl"), path("2.jsonl"), path("3.jsonl"), path("4.jsonl")});
    EXPECT_THAT(report.out, HasSubstr(std::to_string(undisturbed.checks.size()) + " of "));
}

TEST_F(Nightly, ShardVariablesAreReadWhenAsked) {
    const auto planned = [&](std::map<std::string, std::string> variables, std::vector<std::string> words) {
        ProcessOptions options = plain_environment();
        options.environment.merge(variables);
        words.insert(words.begin(), {"run", gateway_.desktop(), "--check", "tls.accepts-*,tls.refuses-*", "--report",
                                     "none", "--out", path("out"), "-v"});
        return run(command(words), options);
    };
    const Finished gitlab = planned({{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "3"}}, {"--shard", "auto"});
    EXPECT_EQ(gitlab.status, 0) << gitlab.err;
    EXPECT_THAT(gitlab.out, HasSubstr(", shard 2 of 3"));
    EXPECT_THAT(gitlab.err, HasSubstr("shard 2 of 3, says GitLab (CI_NODE_INDEX=2, CI_NODE_TOTAL=3)"));
    const Finished whole = planned({{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "3"}}, {});
    EXPECT_THAT(whole.out, testing::Not(HasSubstr("shard")));
    const std::string status = path("status");
    const Finished bazel =
        planned({{"TEST_SHARD_INDEX", "0"}, {"TEST_TOTAL_SHARDS", "2"}, {"TEST_SHARD_STATUS_FILE", status}},
                {"--shard", "auto"});
    EXPECT_EQ(bazel.status, 0) << bazel.err;
    EXPECT_TRUE(std::filesystem::exists(status));
    EXPECT_EQ(planned({{"JOB_COMPLETION_INDEX", "0"}}, {"--shard", "auto"}).status, 2);
    EXPECT_EQ(planned({{"JOB_COMPLETION_INDEX", "0"}}, {"--shard", "auto", "--shards", "2"}).status, 0);
    const Finished none = planned({}, {"--shard", "auto"});
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.err, HasSubstr("no variable says which shard this is"));
    const Finished empty = planned({}, {"--shard", "90/100"});
    EXPECT_EQ(empty.status, 0) << "a shard to which nothing fell is no failure" << empty.out;
}

TEST_F(Nightly, WhatIsNotTheSameRunIsRefused) {
    const std::string journal = path("out/run.jsonl");
    EXPECT_EQ(gateproof({"run", slow_, "--check", "tls.accepts-*", "--out", path("out"), "--report", "none"}).status,
              0);
    // Without its last line it is a run that was killed.
    const std::string whole_run = read_file(journal);
    const std::string before = whole_run.substr(0, whole_run.rfind('\n', whole_run.size() - 2) + 1);
    folder_.write("out/run.jsonl", before);
    const Finished other = gateproof({"run", "--resume", journal, slow_, "--check", "tls.refuses-*"});
    EXPECT_EQ(other.status, 2);
    EXPECT_THAT(other.err, HasSubstr("is planned now and was not then"));
    auto profile = nlohmann::ordered_json::parse(read_file(slow_));
    profile["title"] = "changed";
    folder_.write("gateway/slow.json", profile.dump());
    const Finished changed = gateproof({"run", "--resume", journal, slow_});
    EXPECT_EQ(changed.status, 2);
    EXPECT_THAT(changed.err, HasSubstr("or a certificate of it, was changed since"));
    EXPECT_EQ(read_file(journal), before) << "what is refused is left alone";
    EXPECT_EQ(gateproof({"run", "--resume", folder_.write("no-journal", "hello\n")}).status, 2);
}

TEST_F(Nightly, AJournalThatHoldsNoRunYetBeginsOne) {
    for (const std::string& text : {std::string(), std::string(R"({"event":"run_star)")}) {
        const std::string journal = folder_.write("run.jsonl", text);
        const Finished finished = gateproof({"run", slow_, "--check", "tls.accepts-1.2", "--resume", journal,
                                             "--journal", journal, "--report", "none"});
        EXPECT_EQ(finished.status, 0) << finished.err;
        EXPECT_THAT(finished.err, HasSubstr("a new run begins"));
        EXPECT_EQ(judged(journal).count(Outcome::pass), 1U);
    }
}

/// Whoever writes a journal chooses the profile, and a profile chooses which secrets are sent where.
TEST_F(Nightly, AProfileThatAJournalNamesIsSaidBeforeItIsRead) {
    std::filesystem::copy(path("gateway"), path("elsewhere"), std::filesystem::copy_options::recursive);
    const std::string secret = folder_.write("elsewhere/secret.txt", "s3cr3t-0f-th3-v1ct1m");
    auto profile = nlohmann::ordered_json::parse(read_file(slow_));
    auto& operation = profile["operations"].begin().value();
    operation["headers"]["X-Exfil"] = "file:" + secret;
    const std::string hostile = folder_.write("elsewhere/hostile.json", profile.dump());
    ASSERT_EQ(
        gateproof({"run", hostile, "--check", "tls.accepts-*", "--out", path("victim"), "--report", "none"}).status, 0);
    const std::string journal = path("victim/run.jsonl");
    const std::string whole_run = read_file(journal);
    const std::string killed = whole_run.substr(0, whole_run.rfind('\n', whole_run.size() - 2) + 1);
    folder_.write("victim/run.jsonl", killed);

    const Finished refused = gateproof({"run", "--resume", journal});
    EXPECT_EQ(refused.status, 2) << refused.out;
    EXPECT_THAT(refused.err, testing::AllOf(HasSubstr(hostile), HasSubstr("give it on the command line again")));
    EXPECT_EQ(read_file(journal), killed) << "nothing was run";
    // A name that stands for no file of the journal's is a path all the same, and a link is where it leads to.
    std::string renamed = killed;
    const std::string told = nlohmann::json(hostile).dump();
    for (std::size_t at = renamed.find(told); at != std::string::npos; at = renamed.find(told, at)) {
        renamed.replace(at, told.size(), R"("link.json")");
    }
    folder_.write("victim/run.jsonl", renamed);
    std::filesystem::create_symlink(hostile, path("victim/link.json"));
    ProcessOptions in_victim = plain_environment();
    const Finished linked =
        run({"/bin/sh", "-c",
             "cd '" + path("victim") + "' && exec '" + std::string(GATEPROOF_PROGRAM) + "' run --resume run.jsonl"},
            in_victim);
    EXPECT_EQ(linked.status, 2) << linked.out;
    EXPECT_THAT(linked.err, HasSubstr("give it on the command line again"));

    // Beside the journal it is taken, and said before its references are read, also where nothing else is printed.
    std::filesystem::remove(path("victim/link.json"));
    std::filesystem::copy_file(hostile, path("victim/link.json"));
    std::filesystem::remove(secret);
    const Finished named =
        run({"/bin/sh", "-c",
             "cd '" + path("victim") + "' && exec '" + std::string(GATEPROOF_PROGRAM) + "' run --resume run.jsonl -q"},
            in_victim);
    EXPECT_EQ(named.status, 2) << named.out;
    const std::size_t said = named.err.find("run.jsonl names the profile link.json");
    ASSERT_NE(said, std::string::npos) << named.err;
    EXPECT_LT(said, named.err.find(secret + " does not exist"));
}

/// A limit on the size of files and a full disk: what was judged is kept, and the run goes on where there is room.
TEST_F(Nightly, AFullDiskLosesNothingThatWasJudged) {
    const std::vector<std::string> selection{slow_, "--suite", "tls,server,port", "--report", "none"};
    const RunRecord undisturbed = whole({slow_, "--suite", "tls,server,port"});
    // Its beginning and half of the rest, in whole pages.
    const std::string text = read_file(path("whole.jsonl"));
    const std::size_t kib = (text.find(R"({"event":"check_started")") + text.size()) / 2 / 4096 * 4;
    // What is measured of its coverage would meet the limit as well, and spoil what other programs have written.
    std::string run_words = "GCOV_PREFIX=" + path("gcov") + " exec " + GATEPROOF_PROGRAM + " run";
    for (const std::string& word : selection) {
        run_words += ' ' + word;
    }
    std::filesystem::create_directory(path("limited"));
    std::filesystem::create_directory(path("disk"));
    const std::vector<std::pair<std::string, std::string>> disks{
        {"limited", "ulimit -f " + std::to_string(kib) + "; " + run_words + " --out " + path("limited")},
        {"disk", "mount -t tmpfs -o size=" + std::to_string(kib) + "k none " + path("disk") + " && (" + run_words +
                     " --out " + path("disk") + "); code=$?; cp " + path("disk/run.jsonl") + ' ' + path("disk.jsonl") +
                     "; exit $code"}};
    for (const auto& [name, script] : disks) {
        std::vector<std::string> words{"bash", "-c", script};
        if (name == "disk") {
            if (run({"unshare", "-m", "mount", "-t", "tmpfs", "none", path("disk")}).status != 0) {
                continue;  // not root, or no mounting here
            }
            words.insert(words.begin(), {"unshare", "-m"});
        }
        const Finished full = run(words, plain_environment());
        EXPECT_EQ(full.status, 4) << name << full.out << full.err;
        EXPECT_THAT(full.err, testing::ContainsRegex("cannot write the journal .*(File too large|No space left)"))
            << name;
        const std::string journal = name == "disk" ? path("disk.jsonl") : path("limited/run.jsonl");
        const RunRecord kept = judged(journal);
        const std::size_t count = ended_in(journal);
        EXPECT_GT(count, 0U) << name;
        EXPECT_LT(count, undisturbed.checks.size() - undisturbed.count(Outcome::skipped)) << name;
        EXPECT_EQ(gateproof({"run", slow_, "--resume", journal, "--report", "none", "-q"}).status, 0) << name;
        EXPECT_EQ(verdicts(judged(journal)), verdicts(undisturbed)) << name;
    }
}

}  // namespace
}  // namespace gateproof::test
