#include "harness/journal/read.hpp"

#include <gmock/gmock.h>

#include <random>
#include <sstream>

#include "harness/journal/codec.hpp"

namespace gateproof::read_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto noon = *parse_iso_time("2026-02-03T12:00:00.000Z");

CheckRecord planned(std::string id, std::string skip_reason = {}) {
    return {{"tls", std::move(id), "title", {"CLOUD-TLS-MIN"}}, "cloud", std::move(skip_reason)};
}

CheckEnded ended(std::string id, Outcome outcome) {
    CheckResult result;
    result.outcome = outcome;
    result.sentence = "because";
    result.started = noon;
    result.duration = 5ms;
    return {"cloud", std::move(id), result};
}

/// A run of four checks: one passes, one fails, one is skipped, one never ends.
std::string killed_journal() {
    return encode_event(RunStarted{{1, "0.1.0", noon, "host", 7}, {{"CLOUD-TLS-MIN", "s", "src", Level::must}}}) +
           encode_event(TargetRecord{"cloud", "Cloud", "test", "cloud", "https://a:4046", ""}) +
           encode_event(planned("tls.a")) + encode_event(planned("tls.b")) +
           encode_event(planned("tls.c", "no second identity")) + encode_event(planned("tls.d")) +
           encode_event(CheckStarted{"cloud", "tls.a", noon}) + encode_event(ended("tls.a", Outcome::pass)) +
           encode_event(ended("tls.b", Outcome::fail));
}

JournalRead read(const std::string& text) {
    std::istringstream in(text);
    return read_journal(in);
}

TEST(ReadJournal, AWholeRun) {
    const JournalRead journal = read(killed_journal() + encode_event(ended("tls.d", Outcome::warning)) +
                                     encode_event(RunEnded{noon + 1s, EndReason::complete, {}}));
    EXPECT_TRUE(journal.usable);
    EXPECT_THAT(journal.problems, IsEmpty());
    const RunRecord& run = journal.run;
    EXPECT_EQ(run.seed, 7U);
    EXPECT_EQ(run.end_reason, EndReason::complete);
    EXPECT_EQ(run.ended, noon + 1s);
    ASSERT_EQ(run.checks.size(), 4U);
    EXPECT_EQ(run.count(Outcome::pass), 1U);
    EXPECT_EQ(run.count(Outcome::fail), 1U);
    EXPECT_EQ(run.count(Outcome::skipped), 1U);
    EXPECT_EQ(run.count(Outcome::warning), 1U);
    EXPECT_EQ(run.count(Outcome::inconclusive), 0U);
    EXPECT_EQ(run.result_of(run.checks[2]).sentence, "no second identity");
    EXPECT_EQ(run.requirements.at("CLOUD-TLS-MIN").source, "src");
    EXPECT_EQ(run.targets.at(0).channel, "cloud");
}

TEST(ReadJournal, WhatWasLeftOutIsOfEveryTargetUnlessItSaysOfWhich) {
    RunRecord run = read(killed_journal()).run;
    run.targets.push_back({"desktop", "Desktop", "test", "desktop", "https://a", ""});
    run.selection = Selection{{}, {}, {"tls.x"}};
    run.whole_plan = 7;
    run.left_out = {{{"tls", "tls.x", "t", {"R"}}, "--exclude tls.x", true, "", {"cloud", "desktop"}},
                    {{"tls", "tls.y", "t", {"R"}}, "--exclude tls.x", true, "", {"desktop"}}};
    const std::string text = encode_run(run);
    EXPECT_EQ(text.find("\"targets\":[\"cloud\""), std::string::npos) << "said once for all";
    const JournalRead journal = read(text);
    EXPECT_THAT(journal.problems, IsEmpty());
    EXPECT_EQ(journal.run.selection, run.selection);
    EXPECT_EQ(journal.run.left_out_count(), 3U);
    EXPECT_EQ(journal.run.excluded_count(), 3U);
    EXPECT_EQ(journal.run.missing_count(), 0U);
    EXPECT_THAT(journal.run.left_out[0].targets, ElementsAre("cloud", "desktop"));
    EXPECT_THAT(journal.run.left_out[1].targets, ElementsAre("desktop"));
    EXPECT_EQ(encode_run(journal.run), text);
}

TEST(ReadJournal, AnOlderOneTellsByItsWordsWhatSkippedMeans) {
    const auto skip_of = [](const std::string& reason) {
        std::string line = encode_event(planned("tls.x", reason));
        const std::string member = R"(,"skip":"not-applicable")";
        const std::size_t place = line.find(member);
        EXPECT_NE(place, std::string::npos) << line;
        line.erase(place, member.size());
        return std::get<CheckRecord>(decode_event(line).event.value()).skip;
    };
    EXPECT_EQ(skip_of("not a requirement of the desktop channel"), Skip::not_applicable);
    EXPECT_EQ(skip_of("needs a second identity"), Skip::not_tried);
}

TEST(ReadJournal, OfTwoClocksTheWorseCounts) {
    ClockReading apart;
    apart.state = ClockReading::State::apart;
    apart.sentence = "ten minutes ahead";
    ClockReading together;
    together.state = ClockReading::State::together;
    const JournalRead journal =
        read(killed_journal() + encode_event(ClockRead{"cloud", apart}) + encode_event(ClockRead{"cloud", together}));
    EXPECT_THAT(journal.problems, IsEmpty());
    ASSERT_TRUE(journal.run.targets.at(0).clock);
    EXPECT_EQ(journal.run.targets.at(0).clock->sentence, "ten minutes ahead");
    EXPECT_THAT(encode_run(journal.run), HasSubstr("ten minutes ahead"));
    EXPECT_FALSE(read(killed_journal()).run.targets.at(0).clock);
    EXPECT_THAT(read(killed_journal() + encode_event(ClockRead{"nobody", apart})).problems,
                ElementsAre(HasSubstr("no target")));
}

TEST(ReadJournal, AnOlderOneDoesNotSayWhatWasLeftOut) {
    const RunRecord run = read(killed_journal()).run;
    EXPECT_FALSE(run.selection);
    EXPECT_EQ(run.whole_plan, 0U);
    EXPECT_EQ(run.left_out_count(), 0U);
    EXPECT_EQ(run.missing_count(), 0U);
}

TEST(ReadJournal, AKilledRunCountsItsMissingChecksAsInconclusive) {
    const JournalRead journal = read(killed_journal() + R"({"event":"check_ended","target":"clo)");
    EXPECT_TRUE(journal.usable);
    EXPECT_THAT(journal.problems, ElementsAre(HasSubstr("line 10: the last line is truncated")));
    const RunRecord& run = journal.run;
    EXPECT_FALSE(run.ended);
    const CheckResult missing = run.result_of(run.checks[3]);
    EXPECT_EQ(missing.outcome, Outcome::inconclusive);
    EXPECT_EQ(missing.sentence, "not run: the run was killed");
    EXPECT_EQ(run.count(Outcome::inconclusive), 1U);
}

TEST(ReadJournal, AnInterruptedRunSaysSo) {
    const JournalRead journal = read(killed_journal() + encode_event(RunEnded{noon, EndReason::interrupted, {}}));
    EXPECT_EQ(journal.run.result_of(journal.run.checks[3]).sentence, "not run: the run ended first (interrupted)");
}

TEST(ReadJournal, WhatWasNotRunForABanSaysSoUntilTheRunGoesOn) {
    const std::string cut = killed_journal() +
                            encode_event(TargetCutOff{"cloud", {noon, {"tls.a"}, "connection reset"}}) +
                            encode_event(RunEnded{noon, EndReason::cut_off, {}});
    const JournalRead journal = read(cut);
    const CheckResult missing = journal.run.result_of(journal.run.checks[3]);
    EXPECT_EQ(missing.outcome, Outcome::inconclusive);
    EXPECT_THAT(missing.sentence, HasSubstr("not run: cut off since "));
    EXPECT_THAT(missing.sentence, HasSubstr(", after tls.a: "));
    EXPECT_THAT(missing.remedy, HasSubstr("--resume"));
    EXPECT_EQ(encode_run(journal.run), encode_run(read(encode_run(journal.run)).run));
    const JournalRead resumed = read(cut + encode_event(RunResumed{noon, "host", 3}));
    EXPECT_EQ(resumed.run.result_of(resumed.run.checks[3]).sentence, "not run: the run was killed");
    EXPECT_THAT(read(killed_journal() + encode_event(TargetCutOff{"other", {noon, {}, ""}})).problems,
                ElementsAre(HasSubstr("other, which is no target, is cut off")));
}

TEST(ReadJournal, AWholeLastLineWithoutItsNewlineStillCounts) {
    std::string text = killed_journal();
    text.pop_back();
    const JournalRead journal = read(text);
    EXPECT_THAT(journal.problems, IsEmpty());
    EXPECT_EQ(journal.run.count(Outcome::fail), 1U);
}

TEST(ReadJournal, EveryTruncationIsReadable) {
    const std::string text = killed_journal();
    for (std::size_t length = 0; length < text.size(); ++length) {
        const JournalRead journal = read(text.substr(0, length));
        EXPECT_LE(journal.problems.size(), 1U) << length;
    }
}

TEST(ReadJournal, BadLinesAreNamedAndTheRestCounts) {
    const JournalRead journal =
        read(killed_journal() + "garbage\n\r\n\n" + R"({"event":"weather"})" + "\n" +
             encode_event(ended("tls.a", Outcome::fail)) + encode_event(ended("tls.z", Outcome::fail)) +
             encode_event(planned("tls.a")) + encode_event(RunStarted{{1, "x", noon, "other", 1}, {}}) +
             encode_event(ended("tls.d", Outcome::pass)));
    EXPECT_THAT(
        journal.problems,
        ElementsAre(HasSubstr("line 10: no valid JSON"), HasSubstr("line 14: tls.a of cloud ended twice"),
                    HasSubstr("line 15: tls.z of cloud ended but was never planned"),
                    HasSubstr("line 16: tls.a of cloud is planned twice"), HasSubstr("line 17: a second run_started")));
    EXPECT_EQ(journal.run.hostname, "host");
    EXPECT_EQ(journal.run.count(Outcome::pass), 2U);
    EXPECT_EQ(journal.run.count(Outcome::fail), 1U);
}

TEST(ReadJournal, AnUnknownSchemaIsNotUsable) {
    const JournalRead journal = read(encode_event(RunStarted{{99, "9", noon, "host", 7}, {}}));
    EXPECT_FALSE(journal.usable);
    EXPECT_THAT(journal.problems, ElementsAre(HasSubstr("schema 99 is unknown")));
    EXPECT_FALSE(read("").usable);
    EXPECT_FALSE(read("not a journal\n").usable);
}

TEST(ReadJournal, AnEndlessLineIsSkippedAndTheNextOneRead) {
    const JournalRead journal = read(killed_journal() + std::string(max_journal_line + 10, 'x') + "\n" +
                                     encode_event(ended("tls.d", Outcome::pass)));
    EXPECT_THAT(journal.problems, ElementsAre(HasSubstr("line 10: longer than 8 MiB")));
    EXPECT_EQ(journal.run.count(Outcome::pass), 2U);
}

TEST(ReadJournal, ProblemsAreBounded) {
    std::string text = killed_journal();
    for (int i = 0; i < 1000; ++i) {
        text += "x\n";
    }
    EXPECT_EQ(read(text).problems.size(), 101U);
}

TEST(ReadJournal, RandomDamageNeverThrows) {
    const std::string whole = killed_journal();
    std::mt19937 random(4046);
    for (int round = 0; round < 500; ++round) {
        std::string text = whole;
        for (int i = 0; i < 5; ++i) {
            text[random() % text.size()] = static_cast<char>(random());
        }
        EXPECT_NO_THROW(read(text)) << "round " << round;
    }
}

TEST(ReadJournal, AMissingFileIsAProblem) {
    const JournalRead journal = read_journal(std::filesystem::path("no/such/file.jsonl"));
    EXPECT_FALSE(journal.usable);
    EXPECT_THAT(journal.problems, ElementsAre("no/such/file.jsonl: does not exist"));
    const JournalRead folder = read_journal(std::filesystem::path("."));
    EXPECT_FALSE(folder.usable);
    EXPECT_EQ(folder.problems.size(), 1U);
}

}  // namespace
}  // namespace gateproof::read_test
