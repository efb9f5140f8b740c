// What a person sees on a terminal: the live line, colours, and neither where they are not wanted.
#include <gmock/gmock.h>

#include "tests/cli/command.hpp"
#include "tests/support/listener.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Terminal : public testing::Test {
protected:
    /// A run that lasts a second, so that the live line is surely drawn.
    std::string slow_run(const std::map<std::string, std::string>& environment) {
        int status = 0;
        const std::string seen = on_terminal({"run", write_profile(folder_, listener_.port(), 60'000), "--suite", "tls",
                                              "--deadline", "1s", "--out", (folder_.path() / "out").string()},
                                             environment, status);
        EXPECT_EQ(status, 3);
        return seen;
    }

    TemporaryFolder folder_;
    Listener listener_;
};

TEST_F(Terminal, ALiveLineThatFitsAndIsCleared) {
    const std::string seen = slow_run({});
    EXPECT_THAT(seen, testing::ContainsRegex("\r0/[0-9]+ done, [0-9]+ running, longest lab tls\\."));
    EXPECT_THAT(seen, HasSubstr("\r\x1b[K"));
    EXPECT_THAT(seen, HasSubstr("\x1b[1;33mINCONCLUSIVE\x1b[0m"));
    for (std::size_t begin = seen.find("\r0/"); begin != std::string::npos; begin = seen.find("\r0/", begin + 1)) {
        const std::size_t end = seen.find("\x1b[K", begin);
        ASSERT_NE(end, std::string::npos);
        EXPECT_LE(end - begin - 1, 59U + 2U) << "columns; the ellipsis has three bytes";
    }
}

/// The live line counts failures, and the summary tells each of them once.
TEST_F(Terminal, AFailureIsToldOnce) {
    int status = 0;
    const std::string seen = on_terminal({"run", "embedded-cloud", "--check", "tls.refuses-1.1", "--fault",
                                          "accepts-tls-1.1", "--out", (folder_.path() / "out").string()},
                                         {}, status);
    EXPECT_EQ(status, 1);
    std::size_t told = 0;
    for (std::size_t at = seen.find("FAIL"); at != std::string::npos; at = seen.find("FAIL", at + 1)) {
        ++told;
    }
    EXPECT_EQ(told, 1U) << seen;
}

TEST_F(Terminal, NoColorIsRespected) {
    const std::string seen = slow_run({{"NO_COLOR", "1"}});
    EXPECT_THAT(seen, Not(testing::ContainsRegex("\x1b\\[[0-9;]*m")));
    EXPECT_THAT(seen, HasSubstr(" done, "));
}

TEST_F(Terminal, CiGetsPlainLines) {
    const std::string seen = slow_run({{"CI", "true"}});
    EXPECT_THAT(seen, Not(HasSubstr("\x1b")));
    EXPECT_THAT(seen, Not(HasSubstr(" done, ")));
    EXPECT_THAT(seen, HasSubstr("INCONCLUSIVE"));
}

TEST_F(Terminal, ADumbTerminalGetsPlainLines) {
    EXPECT_THAT(slow_run({{"TERM", "dumb"}}), Not(HasSubstr("\x1b")));
}

TEST_F(Terminal, QuietIsQuietHereToo) {
    int status = 0;
    const std::string seen = on_terminal({"run", "--quiet", write_profile(folder_, listener_.port(), 60'000), "--suite",
                                          "tls", "--deadline", "1s", "--out", (folder_.path() / "out").string()},
                                         {}, status);
    EXPECT_EQ(status, 3);
    EXPECT_EQ(seen, "");
}

TEST_F(Terminal, InitAsksItsQuestions) {
    // Answers come from a terminal; an empty one takes what stands in brackets.
    int status = 0;
    const std::string file = (folder_.path() / "mine.json").string();
    const std::string shell = find_program("bash");
    ASSERT_NE(shell, "");
    const std::string seen = on_terminal({"init", file, "--environment", "test", "--channel", "desktop", "--url",
                                          "https://gw.example", "--control-path", "/status"},
                                         {}, status, "\n");
    EXPECT_EQ(status, 0) << seen;
    EXPECT_THAT(seen, HasSubstr("wrote "));
    EXPECT_THAT(seen, Not(HasSubstr("Environment")));
    EXPECT_EQ(gateproof({"profile", "validate", file}).status, 0);
}

}  // namespace
}  // namespace gateproof::test
