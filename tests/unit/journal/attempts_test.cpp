// A check that was judged more than once: what a journal keeps of it, and what merging makes of its copies.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/journal/codec.hpp"
#include "harness/journal/merge.hpp"
#include "harness/journal/read.hpp"
#include "harness/journal/write.hpp"

namespace gateproof::attempts_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const auto noon = *parse_iso_time("2026-02-03T12:00:00.000Z");

CheckResult result(Outcome outcome, std::chrono::minutes after) {
    CheckResult made;
    made.outcome = outcome;
    made.sentence = "came to " + std::string(to_string(outcome));
    made.started = noon + after;
    made.evidence.push_back({"control", made.started, {}});
    return made;
}

CheckRecord check(std::string id, std::vector<CheckResult> attempts) {
    CheckRecord record{{"tls", std::move(id), "title", {"R"}}, "cloud"};
    if (!attempts.empty()) {
        record.result = attempts.back();
        attempts.pop_back();
    }
    record.earlier = std::move(attempts);
    return record;
}

RunRecord run_of(std::vector<CheckRecord> checks) {
    RunRecord run;
    run.tool_version = "1";
    run.hostname = "host";
    run.started = noon;
    run.ended = noon + 1min;
    run.end_reason = EndReason::complete;
    run.plan_digest = "plan";
    run.seed = 7;
    run.targets.push_back({"cloud", "", "test", "cloud", "https://a:4046", ""});
    run.checks = std::move(checks);
    return run;
}

Rerun rerun(std::chrono::minutes after, std::vector<AttemptAsked> checks) {
    return {noon + after, "host", std::move(checks)};
}

JournalRead read_text(const std::string& text) {
    std::istringstream journal(text);
    return read_journal(journal);
}

std::vector<Outcome> outcomes(const CheckRecord& one) {
    std::vector<Outcome> all;
    for (const CheckResult& attempt : one.earlier) {
        all.push_back(attempt.outcome);
    }
    if (one.result) {
        all.push_back(one.result->outcome);
    }
    return all;
}

TEST(Attempts, AllAreWrittenAndReadBackAndTheLatestCounts) {
    RunRecord run = run_of({check("tls.a", {result(Outcome::fail, 0min), result(Outcome::pass, 30min)}),
                            check("tls.b", {result(Outcome::pass, 0min)})});
    run.reruns.push_back(rerun(30min, {{"cloud", "tls.a", "", 2}}));
    const JournalRead read = read_text(encode_run(run));
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(encode_run(read.run), encode_run(run));
    EXPECT_THAT(outcomes(read.run.checks[0]), ElementsAre(Outcome::fail, Outcome::pass));
    EXPECT_THAT(read.run.checks[0].earlier[0].evidence, SizeIs(1));
    EXPECT_EQ(read.run.checks[0].attempt(), 2U);
    EXPECT_EQ(read.run.checks[1].attempt(), 1U);
    EXPECT_EQ(read.run.reruns, run.reruns);
    EXPECT_EQ(read.run.count(Outcome::pass), 2U);
    EXPECT_EQ(read.run.end_reason, EndReason::complete);
}

TEST(Attempts, AJournalWithoutThemHasNoWordOfThem) {
    const std::string text = encode_run(run_of({check("tls.a", {result(Outcome::fail, 0min)})}));
    EXPECT_THAT(text, testing::Not(HasSubstr("attempt")));
    EXPECT_THAT(text, testing::Not(HasSubstr("run_rerun")));
}

/// A verdict that was taken back by asking again is not there any more until the new one is.
TEST(Attempts, OneThatWasAskedForAndNeverEndedIsNoPass) {
    RunRecord run =
        run_of({check("tls.a", {result(Outcome::pass, 0min)}), check("tls.b", {result(Outcome::fail, 0min)}),
                check("tls.c", {result(Outcome::pass, 0min)})});
    std::string text = encode_run(run);
    text += encode_event(RunRerun{rerun(30min, {{"cloud", "tls.a", "", 2}, {"cloud", "tls.b", "", 2}})});
    const JournalRead read = read_text(text);
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(read.run.end_reason, EndReason::killed);
    EXPECT_FALSE(read.run.ended);
    EXPECT_EQ(read.run.result_of(read.run.checks[0]).outcome, Outcome::inconclusive);
    EXPECT_THAT(read.run.result_of(read.run.checks[0]).sentence, HasSubstr("attempt 2 was asked for"));
    EXPECT_EQ(read.run.result_of(read.run.checks[1]).outcome, Outcome::fail) << "what failed still does";
    EXPECT_EQ(read.run.result_of(read.run.checks[2]).outcome, Outcome::pass);
    EXPECT_EQ(read.run.count(Outcome::inconclusive), 1U);
    EXPECT_EQ(read.run.count(Outcome::fail), 1U);
    EXPECT_EQ(encode_run(read.run), encode_run(read_text(encode_run(read.run)).run)) << "and is kept so";
    EXPECT_EQ(read_text(encode_run(read.run)).run.count(Outcome::inconclusive), 1U);

    text += encode_event(CheckEnded{"cloud", "tls.a", result(Outcome::pass, 31min), "", 2});
    EXPECT_EQ(read_text(text).run.count(Outcome::pass), 2U);
}

TEST(Attempts, WhatCannotBeIsSaidAndHidesNothing) {
    const std::string begun = encode_beginning(run_of({check("tls.a", {})}));
    const auto ended = [](Outcome outcome, std::size_t attempt) {
        return encode_event(CheckEnded{"cloud", "tls.a", result(outcome, 0min), "", attempt});
    };
    const JournalRead twice = read_text(begun + ended(Outcome::fail, 1) + ended(Outcome::pass, 1));
    EXPECT_THAT(twice.problems, ElementsAre(HasSubstr("ended twice")));
    EXPECT_EQ(twice.run.count(Outcome::fail), 1U);
    const JournalRead gap = read_text(begun + ended(Outcome::fail, 3));
    EXPECT_THAT(gap.problems, ElementsAre(HasSubstr("is missing")));
    EXPECT_THAT(outcomes(gap.run.checks[0]), ElementsAre(Outcome::inconclusive, Outcome::inconclusive, Outcome::fail));
    const JournalRead stranger = read_text(begun + encode_event(RunRerun{rerun(1min, {{"cloud", "tls.z", "", 2}})}));
    EXPECT_THAT(stranger.problems, ElementsAre(HasSubstr("was never planned")));
    EXPECT_THAT(decode_event(R"({"event":"run_rerun","at":"2026-02-03T12:00:00Z","checks":[{"target":"t","check":"c",)"
                             R"("attempt":1001}]})")
                    .problem,
                HasSubstr("attempt"));
}

TEST(Attempts, AreAppendedAfterTheLastWholeLine) {
    const auto file = std::filesystem::path(testing::TempDir()) / "gateproof-attempts.jsonl";
    RunRecord run = run_of({check("tls.a", {result(Outcome::fail, 0min)})});
    std::ofstream(file) << encode_run(run) << R"({"event":"run_re)";
    run.reruns.push_back(rerun(30min, {{"cloud", "tls.a", "", 2}}));
    run.checks[0] = check("tls.a", {result(Outcome::fail, 0min), result(Outcome::pass, 30min)});
    {
        JournalWriter writer(file, JournalWriter::Mode::rerun);
        writer.started(run);
        writer.check_ended(run.checks[0]);
        writer.ended(run);
        EXPECT_FALSE(writer.failed());
    }
    const JournalRead read = read_journal(file);
    std::filesystem::remove(file);
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(encode_run(read.run), encode_run(run));
}

TEST(Attempts, OfCopiesTheLaterCounts) {
    const RunRecord original =
        run_of({check("tls.a", {result(Outcome::fail, 0min)}), check("tls.b", {result(Outcome::pass, 0min)})});
    RunRecord again = original;
    again.reruns.push_back(rerun(30min, {{"cloud", "tls.a", "", 2}}));
    again.checks[0] = check("tls.a", {result(Outcome::fail, 0min), result(Outcome::pass, 30min)});
    again.ended = noon + 31min;
    for (const MergedRun& merged :
         {merge_runs({{"old", original}, {"new", again}}), merge_runs({{"new", again}, {"old", original}})}) {
        EXPECT_THAT(merged.conflicts, IsEmpty());
        EXPECT_THAT(outcomes(merged.run.checks[0]), ElementsAre(Outcome::fail, Outcome::pass));
        EXPECT_EQ(merged.run.checks[1].attempt(), 1U);
        EXPECT_EQ(merged.run.reruns, again.reruns);
        EXPECT_EQ(merged.run.ended, again.ended);
        EXPECT_EQ(merged.run.end_reason, EndReason::complete);
        EXPECT_EQ(merged.run.plan_digest, "plan");
    }
}

TEST(Attempts, AShardThatWasJudgedAgainStandsForItsCopy) {
    const auto shard = [](std::size_t index, CheckRecord one) {
        RunRecord run = run_of({std::move(one)});
        run.shard = {index, 2};
        run.seed = index;
        return run;
    };
    const RunRecord first = shard(1, check("tls.a", {result(Outcome::fail, 0min)}));
    const RunRecord second = shard(2, check("tls.b", {result(Outcome::pass, 0min)}));
    RunRecord again = shard(1, check("tls.a", {result(Outcome::fail, 0min), result(Outcome::pass, 9min)}));
    again.reruns.push_back(rerun(9min, {{"cloud", "tls.a", "", 2}}));
    const MergedRun merged = merge_runs({{"1", first}, {"2", second}, {"1 again", again}});
    EXPECT_THAT(merged.conflicts, IsEmpty());
    EXPECT_EQ(merged.run.count(Outcome::pass), 2U);
    EXPECT_EQ(merged.run.reruns, again.reruns);
    EXPECT_EQ(merged.run.end_reason, EndReason::complete);
}

TEST(Attempts, OfCopiesThatWereJudgedAgainApartEachIsKept) {
    const RunRecord original = run_of({check("tls.a", {result(Outcome::fail, 0min)})});
    const auto later = [&](Outcome outcome, std::chrono::minutes after) {
        RunRecord run = original;
        run.reruns.push_back(rerun(after, {{"cloud", "tls.a", "", 2}}));
        run.checks[0] = check("tls.a", {result(Outcome::fail, 0min), result(outcome, after)});
        return run;
    };
    const MergedRun merged = merge_runs({{"late", later(Outcome::fail, 40min)}, {"soon", later(Outcome::pass, 30min)}});
    EXPECT_THAT(outcomes(merged.run.checks[0]), ElementsAre(Outcome::fail, Outcome::pass, Outcome::fail));
    EXPECT_THAT(merged.run.reruns, SizeIs(2));
    EXPECT_THAT(merged.conflicts, ElementsAre(HasSubstr("the later counts")));
    const MergedRun same_moment = merge_runs({{"b", later(Outcome::fail, 30min)}, {"a", later(Outcome::pass, 30min)}});
    EXPECT_EQ(same_moment.run.count(Outcome::fail), 1U) << "of one moment the worse counts";
}

TEST(Attempts, ACopyThatWaitsForOneTakesAPassBack) {
    const RunRecord original = run_of({check("tls.a", {result(Outcome::pass, 0min)})});
    RunRecord cut = original;
    cut.reruns.push_back(rerun(30min, {{"cloud", "tls.a", "", 2}}));
    cut.checks[0].earlier.push_back(*std::exchange(cut.checks[0].result, std::nullopt));
    cut.ended.reset();
    cut.end_reason = EndReason::killed;
    const MergedRun merged = merge_runs({{"old", original}, {"cut", cut}});
    EXPECT_EQ(merged.run.count(Outcome::pass), 0U);
    EXPECT_EQ(merged.run.count(Outcome::inconclusive), 1U);
    EXPECT_EQ(merged.run.end_reason, EndReason::killed);
    RunRecord resumed = cut;
    resumed.checks[0].result = result(Outcome::pass, 35min);
    resumed.resumptions.push_back({noon + 34min, "host", 0});
    resumed.ended = noon + 36min;
    resumed.end_reason = EndReason::complete;
    const MergedRun whole = merge_runs({{"resumed", resumed}, {"cut", cut}, {"old", original}});
    EXPECT_THAT(whole.conflicts, IsEmpty());
    EXPECT_THAT(outcomes(whole.run.checks[0]), ElementsAre(Outcome::pass, Outcome::pass));
    EXPECT_EQ(whole.run.end_reason, EndReason::complete);
}

/// Two runs of one plan are no attempts at one: nobody repaired anything between them.
TEST(Attempts, OfIndependentRunsTheWorseCounts) {
    const RunRecord one = run_of({check("tls.a", {result(Outcome::fail, 0min), result(Outcome::pass, 9min)})});
    RunRecord other = run_of({check("tls.a", {result(Outcome::fail, 60min)})});
    other.started += 60min;
    EXPECT_EQ(merge_runs({{"one", one}, {"other", other}}).run.count(Outcome::fail), 1U);
    RunRecord waits = other;
    waits.checks[0].earlier.push_back(*std::exchange(waits.checks[0].result, std::nullopt));
    EXPECT_EQ(merge_runs({{"one", one}, {"waits", waits}}).run.count(Outcome::fail), 1U);
    // Two that went on from one killed run, each with a first attempt of its own.
    RunRecord here = run_of({check("tls.a", {result(Outcome::fail, 5min)})});
    RunRecord there = run_of({check("tls.a", {result(Outcome::pass, 8min)})});
    here.resumptions.push_back({noon + 4min, "here", 0});
    there.resumptions.push_back({noon + 7min, "there", 0});
    const MergedRun apart = merge_runs({{"here", here}, {"there", there}});
    EXPECT_EQ(apart.run.count(Outcome::fail), 1U);
    EXPECT_THAT(apart.conflicts, ElementsAre(HasSubstr("the worse counts")));
}

CutOff ban(std::chrono::minutes after) {
    return {noon + after, {"tls.z"}, "connection reset"};
}

/// With one more attempt asked of each check, and none ended: the endpoint served us no more.
RunRecord asked_and_cut_off(RunRecord run, std::chrono::minutes after) {
    run.reruns.push_back(rerun(after, {}));
    for (CheckRecord& one : run.checks) {
        one.earlier.push_back(*std::exchange(one.result, std::nullopt));
        run.reruns.back().checks.push_back({one.target, one.id, "", one.attempt()});
    }
    run.targets[0].cut_off = ban(after);
    run.ended = noon + after + 1min;
    run.end_reason = EndReason::cut_off;
    return run;
}

TEST(Attempts, ABanTakesNoFailureBack) {
    const RunRecord run =
        read_text(encode_run(asked_and_cut_off(run_of({check("tls.a", {result(Outcome::fail, 0min)}),
                                                       check("tls.b", {result(Outcome::pass, 0min)})}),
                                               30min)))
            .run;
    ASSERT_TRUE(run.targets[0].cut_off);
    EXPECT_EQ(run.result_of(run.checks[0]).outcome, Outcome::fail);
    EXPECT_EQ(run.result_of(run.checks[0]).sentence, "came to fail");
    EXPECT_EQ(run.result_of(run.checks[1]).outcome, Outcome::inconclusive);
    EXPECT_THAT(run.result_of(run.checks[1]).sentence, HasSubstr("not run: cut off"));
    EXPECT_EQ(run.count(Outcome::fail), 1U) << "as result_of says";
    EXPECT_EQ(run.count(Outcome::inconclusive), 1U);
}

KnownList list(char letter) {
    return {.name = std::string(1, letter) + ".json", .sha256 = std::string(64, letter)};
}

/// The runs in every order.
std::vector<MergedRun> merged_anyhow(std::vector<NamedRun> runs) {
    std::vector<MergedRun> all;
    std::ranges::sort(runs, {}, &NamedRun::name);
    do {
        all.push_back(merge_runs(runs));
    } while (std::next_permutation(runs.begin(), runs.end(),
                                   [](const NamedRun& a, const NamedRun& b) { return a.name < b.name; }));
    return all;
}

TEST(Attempts, OfCopiesTheOneThatHoldsAllSaysWhatIsKnown) {
    RunRecord original = run_of({check("tls.a", {result(Outcome::fail, 0min)})});
    original.known = list('a');
    const auto later = [&](Outcome outcome, std::chrono::minutes after, char letter) {
        RunRecord run = original;
        run.reruns.push_back(rerun(after, {{"cloud", "tls.a", "", 2}}));
        run.checks[0] = check("tls.a", {result(Outcome::fail, 0min), result(outcome, after)});
        run.known = list(letter);
        return run;
    };
    const RunRecord soon = later(Outcome::pass, 30min, 'b');
    const RunRecord late = later(Outcome::fail, 40min, 'c');
    for (const MergedRun& merged : merged_anyhow({{"old", original}, {"soon", soon}})) {
        EXPECT_EQ(merged.known_conflict, "");
        ASSERT_TRUE(merged.run.known);
        EXPECT_EQ(merged.run.known->name, "b.json");
    }
    for (const MergedRun& merged : merged_anyhow({{"old", original}, {"soon", soon}, {"late", late}})) {
        EXPECT_THAT(merged.known_conflict, HasSubstr("the lists of known failures differ"));
        EXPECT_FALSE(merged.run.known) << "what one accepts need not be accepted of the other";
    }
    RunRecord agrees = late;
    agrees.known = list('b');
    for (const MergedRun& merged : merged_anyhow({{"old", original}, {"soon", soon}, {"late", agrees}})) {
        EXPECT_EQ(merged.known_conflict, "") << "both went on from the one with another list";
        EXPECT_TRUE(merged.run.known);
    }
    RunRecord whole = late;
    whole.checks[0] =
        check("tls.a", {result(Outcome::fail, 0min), result(Outcome::pass, 30min), result(Outcome::fail, 40min)});
    whole.reruns.insert(whole.reruns.begin(), soon.reruns.begin(), soon.reruns.end());
    whole.known = list('d');
    for (const MergedRun& merged : merged_anyhow({{"soon", soon}, {"late", late}, {"whole", whole}})) {
        EXPECT_EQ(merged.known_conflict, "");
        ASSERT_TRUE(merged.run.known);
        EXPECT_EQ(merged.run.known->name, "d.json");
    }
}

TEST(Attempts, OfCopiesTheOneThatHoldsAllSaysWhoIsCutOff) {
    const RunRecord original = run_of({check("tls.a", {result(Outcome::pass, 0min)})});
    for (const MergedRun& merged : merged_anyhow({{"old", original}, {"cut", asked_and_cut_off(original, 30min)}})) {
        EXPECT_TRUE(merged.run.targets[0].cut_off);
        EXPECT_EQ(merged.run.end_reason, EndReason::cut_off);
        EXPECT_THAT(merged.run.result_of(merged.run.checks[0]).sentence, HasSubstr("not run: cut off"));
    }
    RunRecord cut = run_of({check("tls.a", {result(Outcome::pass, 0min)}), check("tls.b", {})});
    cut.targets[0].cut_off = ban(1min);
    cut.end_reason = EndReason::cut_off;
    RunRecord killed = cut;
    killed.resumptions.push_back({noon + 9min, "host", 1});
    killed.targets[0].cut_off.reset();
    killed.ended.reset();
    killed.end_reason = EndReason::killed;
    for (const MergedRun& merged : merged_anyhow({{"cut", cut}, {"killed", killed}})) {
        EXPECT_FALSE(merged.run.targets[0].cut_off) << "it was tried anew";
        EXPECT_EQ(merged.run.result_of(merged.run.checks[1]).sentence, "not run: the run was killed");
    }
}

TEST(Attempts, MergedTheyAreTheSameWhenReadAgain) {
    const RunRecord once = run_of({check("tls.a", {result(Outcome::pass, 0min)})});
    RunRecord twice = run_of({check("tls.a", {result(Outcome::fail, 60min), result(Outcome::pass, 69min)})});
    twice.started += 60min;
    twice.reruns.push_back(rerun(69min, {{"cloud", "tls.a", "", 2}}));
    // Two that went on from one killed run, each with a first attempt of its own.
    RunRecord here = run_of({check("tls.a", {result(Outcome::warning, 5min)})});
    RunRecord there = run_of({check("tls.a", {result(Outcome::fail, 8min), result(Outcome::pass, 9min)})});
    here.resumptions.push_back({noon + 4min, "here", 0});
    there.resumptions.push_back({noon + 7min, "there", 0});
    there.reruns.push_back(rerun(9min, {{"cloud", "tls.a", "", 2}}));
    for (const std::vector<MergedRun>& all :
         {merged_anyhow({{"once", once}, {"twice", twice}}), merged_anyhow({{"here", here}, {"there", there}})}) {
        for (const MergedRun& merged : all) {
            const JournalRead read = read_text(encode_run(merged.run));
            EXPECT_THAT(read.problems, IsEmpty());
            EXPECT_EQ(read.run.count(Outcome::inconclusive), 0U);
            EXPECT_EQ(encode_run(read.run), encode_run(merged.run));
        }
    }
}

}  // namespace
}  // namespace gateproof::attempts_test
