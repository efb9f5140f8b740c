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

}  // namespace
}  // namespace gateproof
