// gateproof rotate-check --interactive: the cut-over is asked for on the terminal, and what a person does there counts.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* prompt = "press Enter.";

class RotateSteps : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// A gateway that outlives the moments, and a profile of it: old certificates are exchanged or, by name, good
    /// still.
    void serve(const std::string& reading) {
        gateway_.emplace(path("gateway"));
        ASSERT_TRUE(gateway_->serving()) << gateway_->output();
        auto profile = nlohmann::json::parse(read_file(gateway_->cloud()));
        profile["reading"] = reading;
        profile["rotation"].erase("old_revoked");
        profile["rotation"]["moment"] = "before";
        profile["rotation"]["cut_over_within_ms"] = 300;
        profile_ = folder_.write("gateway/rotating.json", profile.dump());
    }
    std::string on_terminal_with(const std::vector<std::string>& more, const std::vector<Answering>& answers,
                                 const std::string& fresh = "rotated_new") {
        std::vector<std::string> words{"rotate-check", "--profile", profile_,        "--old", "enrolled",
                                       "--new",        fresh,       "--interactive", "--out", path("out")};
        words.insert(words.end(), more.begin(), more.end());
        return on_terminal(words, {}, status_, answers);
    }
    /// The line that the program printed to go on with, run word for word in the folder of the test.
    [[nodiscard]] Finished gone_on(const std::string& seen) const {
        std::smatch line;
        if (!std::regex_search(seen, line, std::regex("this goes on:\\s+(gateproof [^\r\n]*)"))) {
            return {};
        }
        return pasted(line[1], folder_.path());
    }

    TemporaryFolder folder_;
    std::optional<ServedGateway> gateway_;
    std::string profile_ = "embedded-cloud";
    int status_ = -1;
};

TEST_F(RotateSteps, BeforeAndAfterAreJudgedAroundEnter) {
    serve("packs-2024");
    const std::string seen = on_terminal_with({}, {{prompt, "\n"}});
    EXPECT_EQ(status_, 0) << seen;
    EXPECT_THAT(seen,
                AllOf(HasSubstr("now cut over: change your software to the new certificate"),
                      HasSubstr("cut over, then press Enter, 5:00 left"), HasSubstr("Since " + path("out/before"))));
    const RunRecord before = read_journal(path("out/before/run.jsonl")).run;
    const RunRecord after = read_journal(path("out/after/run.jsonl")).run;
    ASSERT_EQ(after.targets.size(), 1U);
    EXPECT_EQ(before.end_reason, EndReason::complete);
    EXPECT_EQ(after.end_reason, EndReason::complete);
    EXPECT_THAT(after.targets.front().given, testing::IsSupersetOf({"--moment", "after", "--baseline"}));
}

/// Of certificates that are exchanged one by one, here without any cut-over.
TEST_F(RotateSteps, ACutOverThatWasNotCarriedOutIsFound) {
    serve("SE-2021");
    const std::string seen = on_terminal_with({"--moment", "during"}, {{prompt, "\n"}});
    EXPECT_EQ(status_, 1) << seen;
    EXPECT_THAT(seen, HasSubstr("have the old certificate's enrolment ended"));
    EXPECT_THAT(seen, HasSubstr("repeat: gateproof rotate-check --profile"));
}

TEST_F(RotateSteps, WhatWasTypedBeforeIsNoAnswerAndTheRestCanBeJudgedLater) {
    serve("packs-2024");
    const std::string seen = on_terminal_with({"--step-wait", "1s"}, {{"", "\n"}});
    EXPECT_EQ(status_, 3) << seen;
    EXPECT_THAT(seen,
                AllOf(HasSubstr("Nobody pressed Enter within 1s, so the moment after the cut-over was not judged"),
                      HasSubstr("--moment after --baseline ")));
    EXPECT_FALSE(std::filesystem::exists(path("out/after")));
    const Finished later = gone_on(seen);
    EXPECT_EQ(later.status, 0) << later.err << later.out.substr(0, 2000);
    EXPECT_THAT(later.out, HasSubstr("Since " + path("out/before/run.jsonl")));
    EXPECT_TRUE(std::filesystem::exists(path("out/after/run.jsonl")));
}

TEST_F(RotateSteps, AnInterruptionAndAnEndOfInputSayHowToGoOn) {
    const std::string interrupted = on_terminal_with({}, {{prompt, "\x03"}});
    EXPECT_EQ(status_, 130) << interrupted;
    EXPECT_THAT(interrupted, HasSubstr("Interrupted, so the moment after"));
    const std::string closed = on_terminal_with({}, {{prompt, "\x04"}});
    EXPECT_EQ(status_, 3) << closed;
    EXPECT_THAT(closed, HasSubstr("so the moment after"));
}

TEST_F(RotateSteps, NothingIsToBeCutOverWhileTheNewCertificateIsNotFit) {
    const std::string seen = on_terminal_with({}, {}, "enrolled");
    EXPECT_EQ(status_, 1) << seen;
    EXPECT_THAT(seen, AllOf(HasSubstr("Nothing is to be cut over yet: mend what failed"), Not(HasSubstr(prompt))));
}

TEST_F(RotateSteps, IsRefusedWhereItCannotBeAsked) {
    const auto refused = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"rotate-check",  "--profile", "embedded-cloud",
                                       "--interactive", "--out",     path("out")};
        words.insert(words.end(), more.begin(), more.end());
        const Finished finished = gateproof(words);
        EXPECT_EQ(finished.status, 2) << finished.out;
        EXPECT_EQ(finished.out, "");
        return finished.err;
    };
    EXPECT_THAT(
        refused({"--moment", "during"}),
        HasSubstr("standard input is no terminal; leave it out, and run rotate-check again with --moment after"));
    EXPECT_THAT(refused({"--moment", "after"}), HasSubstr("give --moment before or during"));
    EXPECT_THAT(refused({"--quiet"}), HasSubstr("--interactive"));
    EXPECT_THAT(gateproof({"run", "embedded-cloud", "--step-wait", "1s"}).err, HasSubstr("--interactive"));
}

}  // namespace
}  // namespace gateproof::test
