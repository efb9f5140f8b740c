#include "harness/journal/write.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/journal/read.hpp"

namespace gateproof {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class JournalWriterTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "gateproof-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { fs::remove_all(folder_); }

    static RunRecord sample() {
        RunRecord run;
        run.tool_version = "1";
        run.started = std::chrono::system_clock::now();
        run.targets.push_back({"p", "P", "sandbox", "cloud", "https://h:1", ""});
        CheckRecord judged;
        judged.target = "p";
        judged.suite = "s";
        judged.id = "s.a";
        judged.result = CheckResult{};
        judged.result->outcome = Outcome::fail;
        judged.result->sentence = "broken";
        CheckRecord unjudged = judged;
        unjudged.id = "s.b";
        unjudged.result.reset();
        run.checks = {judged, unjudged};
        return run;
    }

    fs::path folder_;
};

TEST_F(JournalWriterTest, WhatIsWrittenIsReadBack) {
    const RunRecord run = sample();
    {
        JournalWriter writer(folder_ / "run.jsonl");
        writer.started(run);
        writer.check_started(run.checks[0], run.started);
        writer.check_ended(run.checks[0]);
        EXPECT_FALSE(writer.failed());
    }
    const JournalRead read = read_journal(folder_ / "run.jsonl");
    ASSERT_TRUE(read.usable);
    EXPECT_TRUE(read.problems.empty());
    ASSERT_EQ(read.run.checks.size(), 2U);
    ASSERT_TRUE(read.run.checks[0].result);
    EXPECT_EQ(read.run.checks[0].result->sentence, "broken");
    EXPECT_FALSE(read.run.checks[1].result) << "a check in flight is not judged";
    EXPECT_FALSE(read.run.ended) << "no run_ended event: the run was killed";
}

TEST_F(JournalWriterTest, AFileThatCannotBeMadeIsAFailureThatNamesIt) {
    const JournalWriter writer(folder_ / "missing" / "run.jsonl");
    EXPECT_TRUE(writer.failed());
    EXPECT_THAT(writer.failure(), HasSubstr("missing/run.jsonl"));
}

TEST_F(JournalWriterTest, AFullDiskIsAFailureAndNotACrash) {
    if (!fs::exists("/dev/full")) {
        GTEST_SKIP() << "no /dev/full here";
    }
    JournalWriter writer("/dev/full");
    writer.started(sample());
    EXPECT_TRUE(writer.failed());
    EXPECT_THAT(writer.failure(), HasSubstr("No space left"));
    writer.ended(sample());  // and later events are dropped quietly
}

class Resumed : public JournalWriterTest {
protected:
    /// A killed run's journal, with what the kill left behind its last whole line.
    fs::path killed(const std::string& rest) {
        RunRecord run = sample();
        const fs::path file = folder_ / "run.jsonl";
        {
            JournalWriter writer(file);
            writer.started(run);
            writer.check_ended(run.checks[0]);
        }
        std::ofstream(file, std::ios::app) << rest;
        return file;
    }
    static void go_on(const fs::path& file) {
        RunRecord run = sample();
        run.resumptions.push_back({run.started, "other", 1});
        run.checks[1].result = run.checks[0].result;
        run.ended = run.started;
        run.end_reason = EndReason::complete;
        JournalWriter writer(file, JournalWriter::Mode::resume);
        writer.started(run);
        writer.check_ended(run.checks[1]);
        writer.ended(run);
        EXPECT_FALSE(writer.failed()) << writer.failure();
    }
};

TEST_F(Resumed, GoesOnAfterTheLastWholeLine) {
    const std::string interrupted = R"({"event":"run_ended","at":"2026-02-03T12:00:00.000Z","reason":"interrupted"})";
    for (const std::string& rest : {std::string(), std::string(R"({"event":"check_en)"), std::string(200'000, 'x'),
                                    interrupted, interrupted + "\n", std::string("\n")}) {
        const fs::path file = killed(rest);
        go_on(file);
        const JournalRead read = read_journal(file);
        EXPECT_TRUE(read.problems.empty()) << read.problems[0];
        EXPECT_EQ(read.run.count(Outcome::fail), 2U);
        EXPECT_EQ(read.run.end_reason, EndReason::complete);
        ASSERT_EQ(read.run.resumptions.size(), 1U);
        EXPECT_EQ(read.run.resumptions[0].hostname, "other");
    }
}

TEST_F(Resumed, UntilItEndsAnEarlierEndingDoesNotCount) {
    const fs::path file =
        killed("{\"event\":\"run_ended\",\"at\":\"2026-02-03T12:00:00.000Z\",\"reason\":\"deadline\"}\n");
    EXPECT_EQ(read_journal(file).run.end_reason, EndReason::deadline);
    {
        RunRecord run = sample();
        run.resumptions.push_back({run.started, "other", 1});
        JournalWriter writer(file, JournalWriter::Mode::resume);
        writer.started(run);
    }
    EXPECT_EQ(read_journal(file).run.end_reason, EndReason::killed);
    EXPECT_FALSE(read_journal(file).run.ended);
}

TEST_F(Resumed, WhatIsNotThereCannotGoOn) {
    const JournalWriter writer(folder_ / "missing.jsonl", JournalWriter::Mode::resume);
    EXPECT_THAT(writer.failure(), HasSubstr("No such file"));
    EXPECT_FALSE(fs::exists(folder_ / "missing.jsonl"));
}

TEST_F(Resumed, TwoRunsNeverWriteOneJournal) {
    const fs::path file = killed("");
    const auto size = fs::file_size(file);
    const JournalWriter first(file, JournalWriter::Mode::resume);
    EXPECT_FALSE(first.failed());
    for (const auto mode : {JournalWriter::Mode::resume, JournalWriter::Mode::fresh}) {
        const JournalWriter second(file, mode);
        EXPECT_THAT(second.failure(), HasSubstr("another gateproof is writing it"));
    }
    EXPECT_EQ(fs::file_size(file), size) << "the second one must not empty it";
}

}  // namespace
}  // namespace gateproof
