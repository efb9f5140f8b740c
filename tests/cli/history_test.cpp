// gateproof run --history and gateproof history: runs are kept, bounded, and their trend is told.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class History : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    Finished judged(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"run",       "embedded-desktop", "--check", "tls.accepts-1.2",
                                       "--history", path("history"),    "--out",   path("out"),
                                       "-q"};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    }
    [[nodiscard]] std::size_t kept() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(path("history")), std::filesystem::directory_iterator()));
    }

    TemporaryFolder folder_;
};

TEST_F(History, KeepsTheNewestRunsAndTellsTheirTrend) {
    EXPECT_EQ(judged().status, 0);
    EXPECT_EQ(judged({"--fault", "no-tls-1.2"}).status, 1);
    EXPECT_EQ(judged().status, 0);
    EXPECT_EQ(kept(), 3U);
    const Finished text = gateproof({"history", path("history")});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("3 runs, "));
    EXPECT_THAT(text.out, HasSubstr("pFp  partly-judged since "));
    const auto json = nlohmann::json::parse(gateproof({"history", path("history"), "--format", "json"}).out);
    EXPECT_EQ(json.at("runs").size(), 3U);
    EXPECT_THAT(read_file(path("out/report.html")), HasSubstr("trend-title"));

    std::filesystem::create_directory(path("history/mine.jsonl.d"));
    folder_.write("history/notes.txt", "mine");
    EXPECT_EQ(judged({"--history-keep", "2"}).status, 0);
    EXPECT_EQ(kept(), 4U) << "two runs, and what is not ours";
    EXPECT_EQ(nlohmann::json::parse(gateproof({"history", path("history"), "--format", "json"}).out).at("runs").size(),
              2U);

    const std::string html = path("again.html");
    EXPECT_EQ(
        gateproof({"report", path("out/run.jsonl"), "--format", "html", "--history", path("history"), "--out", html})
            .status,
        0);
    EXPECT_THAT(read_file(html), HasSubstr("trend-title"));
    EXPECT_EQ(gateproof({"report", path("out/run.jsonl"), "--format", "html", "--out", html}).status, 0);
    EXPECT_THAT(read_file(html), Not(HasSubstr("trend-title")));
}

TEST_F(History, AFolderThatCannotBeUsedIsSaid) {
    EXPECT_EQ(gateproof({"history", path("missing")}).status, 2);
    const std::string file = folder_.write("file", "");
    const Finished finished = gateproof(
        {"run", "embedded-desktop", "--check", "tls.accepts-1.2", "--history", file + "/below", "--out", path("out")});
    EXPECT_EQ(finished.status, 2) << "before anything is sent";
}

}  // namespace
}  // namespace gateproof::test
