#include "reports/formats/console.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>
#include <sstream>
#include <string>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ConsoleSummary, FailuresFirstWithSentenceAndRemedy) {
    const std::string text = console_summary(sample_run(), {}, {"out/run.jsonl"});
    EXPECT_TRUE(
        text.starts_with("FAIL  cloud tls.refuses-1.1: a title\n"
                         "    negotiated TLS 1.1\n"
                         "    remedy: disable TLS 1.1\n"
                         "    repeat: gateproof run cloud.json --check tls.refuses-1.1 --seed 42\n\n"
                         "ERROR  desktop tls.refuses-1.1"))
        << text;
    const std::string more = "how to mend what it found: gateproof explain tls.refuses-1.1\n\n";
    EXPECT_NE(text.find(more), std::string::npos);
    EXPECT_EQ(text.find("gateproof explain", text.find(more) + more.size()), std::string::npos) << "once";
    EXPECT_LT(text.find("ERROR"), text.find("INCONCLUSIVE"));
    EXPECT_LT(text.find("INCONCLUSIVE"), text.find("WARNING"));
    EXPECT_THAT(text, Not(HasSubstr("not for desktop")));
    EXPECT_TRUE(
        text.ends_with("6 checks: 1 passed, 1 with a warning, 1 failed, 1 in error, 1 inconclusive, 1 not "
                       "applicable in 3.00 s\njournal: out/run.jsonl\n"))
        << text;
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ConsoleSummary, VerboseAddsEvidenceRequirementAndSkipReasons) {
    const std::string text = console_summary(sample_run(), {.colour = false, .verbose = true}, {});
    EXPECT_THAT(text, HasSubstr("+0.012 alert level=2 name=\"protocol_version (70)\""));
    EXPECT_THAT(text, HasSubstr("    CLOUD-TLS-MIN (must): TLS 1.2"));
    EXPECT_THAT(text, HasSubstr("NOT APPLICABLE  desktop tls.accepts-1.2: a title\n    not for desktop\n"));
}

TEST(ConsoleSummary, ADeadEndpointIsToldOnce) {
    RunRecord run = empty_run();
    for (int i = 0; i < 40; ++i) {
        run.checks.push_back(check_with("cloud", "tls.check-" + std::to_string(i),
                                        result_with(Outcome::inconclusive, "not served: connection refused")));
    }
    const std::string text = console_summary(run, {}, {});
    EXPECT_THAT(text, HasSubstr("INCONCLUSIVE  cloud: 40 checks\n    tls.check-0 tls.check-1 "));
    const std::size_t told = text.find("connection refused");
    ASSERT_NE(told, std::string::npos);
    EXPECT_EQ(text.find("connection refused", told + 1), std::string::npos);
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const bool pasted = text.compare(begin, 12, "    repeat: ") == 0;  // which must not be broken
        EXPECT_TRUE(end - begin <= 110U || pasted) << text.substr(begin, end - begin);
    }
}

TEST(ConsoleSummary, ColourOnlyWhenAsked) {
    const std::string text = console_summary(sample_run(), {.colour = true, .verbose = false}, {});
    EXPECT_THAT(text, HasSubstr("\x1b[1;31mFAIL\x1b[0m"));
    EXPECT_THAT(text, HasSubstr("\x1b[32m1 passed\x1b[0m"));
}

TEST(ConsoleSummary, WhatAPeerSaidCannotSteerTheTerminal) {
    RunRecord run = empty_run();
    run.checks = {
        check_with("cloud", "tls.a", result_with(Outcome::fail, "said \x1b]0;owned\x07\r\n\xe2\x80\xae", "x\x9b"))};
    const std::string text = console_summary(run, {}, {});
    EXPECT_THAT(text, HasSubstr("    said \\x1b]0;owned\\x07 \\u202e\n"));
    for (const char c : text) {
        EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
    }
}

TEST(ConsoleSummary, SaysWhyARunIsNotWhole) {
    RunRecord run = sample_run();
    run.ended.reset();
    run.end_reason = EndReason::killed;
    EXPECT_THAT(console_summary(run, {}, {}), HasSubstr("The run was killed"));
    run.end_reason = EndReason::interrupted;
    EXPECT_THAT(console_summary(run, {}, {}), HasSubstr("The run did not complete (interrupted)"));
}

TEST(ConsoleSummary, ABanIsOneFinding) {
    const std::string text = console_summary(cut_off_run(), {}, {});
    EXPECT_THAT(text, HasSubstr("INCONCLUSIVE  cloud: 3 checks\n    tls.a tls.b tls.c\n    not run: cut off since "));
    EXPECT_EQ(text.find("INCONCLUSIVE"), text.rfind("INCONCLUSIVE"));
    EXPECT_THAT(text, HasSubstr("The run did not complete (cut off)"));
}

TEST(CheckLine, OutcomeTargetIdTimeSentence) {
    const RunRecord run = sample_run();
    EXPECT_EQ(check_line(run.checks[0], *run.checks[0].result, {}),
              "FAIL         cloud tls.refuses-1.1 (1.23 s): negotiated TLS 1.1\n");
}

/// What a terminal would break in mid-word is broken at spaces; a line that is to be pasted is not.
TEST(Console, SentencesAreWrappedToTheTerminal) {
    RunRecord run = sample_run();
    for (CheckRecord& check : run.checks) {
        if (check.result) {
            check.result->sentence = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
        }
    }
    const std::string wide = console_summary(run, {}, {});
    EXPECT_NE(wide.find("    one two three four five six seven eight nine ten eleven twelve thirteen fourteen\n"),
              std::string::npos);
    ConsoleStyle narrow;
    narrow.columns = 40;
    EXPECT_NE(console_summary(run, narrow, {}).find("    one two three four five six seven\n    eight nine ten"),
              std::string::npos)
        << console_summary(run, narrow, {});
}

/// So is what begins with a word of its own.
TEST(Console, LinesOfALabelAreWrappedToTheTerminal) {
    RunRecord run = sample_run();
    for (CheckRecord& check : run.checks) {
        check.title = "one two three four five six seven eight nine ten eleven twelve thirteen";
        if (!check.skip_reason.empty()) {
            check.skip = Skip::not_tried;
            check.skip_reason = "needs one two three four five six seven eight nine ten; add them to the profile";
        }
    }
    ConsoleStyle narrow;
    narrow.columns = 40;
    const std::string text = console_summary(run, narrow, {});
    std::istringstream lines(text);
    std::set<std::string> labels;
    for (std::string line; std::getline(lines, line);) {
        for (const char* label : {"FAIL", "NOT TRIED"}) {
            if (line.starts_with(fmt::format("{}  ", label))) {
                labels.insert(label);
                EXPECT_LE(line.size(), narrow.columns) << line;
            }
        }
    }
    EXPECT_THAT(labels, testing::ElementsAre("FAIL", "NOT TRIED")) << text;
    EXPECT_THAT(
        text, testing::HasSubstr("NOT TRIED  1 check: needs one two three\n    four five six seven eight nine ten;\n"));
}

}  // namespace
}  // namespace gateproof::reports
