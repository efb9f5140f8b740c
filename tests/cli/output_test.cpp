// What becomes of what the program prints: readers that go away, full disks, reports of an earlier run.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Output : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// A line of bash; "G" stands for the program.
    [[nodiscard]] static Finished bash(const std::string& words) {
        return run(
            {"/bin/bash", "-c", fmt::format("set -o pipefail; G() {{ '{}' \"$@\"; }}; {}", GATEPROOF_PROGRAM, words)});
    }
    [[nodiscard]] bool is_there(const std::string& name) const { return std::filesystem::exists(path(name)); }

    TemporaryFolder folder_;
};

TEST_F(Output, AReaderThatGoesAwayIsNobodysFailure) {
    for (const char* words : {"G list --requirements | true", "G plan --json | true", "G run --help | true"}) {
        const Finished finished = bash(words);
        EXPECT_EQ(finished.status, 0) << words << finished.err;
        EXPECT_THAT(finished.err, IsEmpty()) << words;
    }
    const Finished failed =
        bash(fmt::format("G run -v --fault no-tls-1.2 --check 'tls.*' --out '{}' | true", path("out")));
    EXPECT_EQ(failed.status, 1) << "the verdict stays the exit code\n" << failed.err;
    EXPECT_TRUE(is_there("out/report.html"));
    EXPECT_NE(bash("G list --nope 2>&1 | true").status, 134);
    EXPECT_EQ(bash("G list --nope 2>/dev/full").status, 2);
}

TEST_F(Output, AFullDiskIsTold) {
    ASSERT_EQ(bash(fmt::format("G run --check 'port.*' -q --out '{}'", path("out"))).status, 0);
    for (const std::string& words :
         {std::string("list"), std::string("--help"), fmt::format("report '{}'", path("out/run.jsonl")),
          fmt::format("run --check 'port.*' --out '{}'", path("out"))}) {
        const Finished finished = bash("G " + words + " >/dev/full");
        EXPECT_EQ(finished.status, 4) << words;
        EXPECT_THAT(finished.err, HasSubstr("standard output did not take everything: No space left")) << words;
    }
}

TEST_F(Output, ReportsOfAnEarlierRunDoNotOutliveIt) {
    const std::string out = path("out");
    ASSERT_EQ(gateproof({"run", "--check", "port.*", "--report", "html,junit,markdown", "-q", "--out", out}).status, 0);
    ASSERT_TRUE(is_there("out/report.md"));
    folder_.write("out/notes.md", "mine");
    ASSERT_EQ(gateproof({"run", "--check", "port.*", "--report", "junit", "-q", "--out", out}).status, 0);
    EXPECT_FALSE(is_there("out/report.md"));
    EXPECT_FALSE(is_there("out/report.html"));
    EXPECT_TRUE(is_there("out/junit.xml"));
    EXPECT_TRUE(is_there("out/notes.md"));
    std::filesystem::remove(path("out/run.jsonl"));
    folder_.write("out/report.md", "mine");
    ASSERT_EQ(gateproof({"run", "--check", "port.*", "--report", "junit", "-q", "--out", out}).status, 0);
    EXPECT_EQ(read_file(path("out/report.md")), "mine") << "no run of ours wrote it";
}

TEST_F(Output, ReportsDrawTheConclusionOfTheExitCode) {
    const auto judged = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"run",      "--fault",       "no-ocsp-staple", "--suite",  "server",
                                       "--report", "json,markdown", "--out",          path("out")};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    };
    EXPECT_EQ(judged({}).status, 0);
    EXPECT_EQ(nlohmann::json::parse(read_file(path("out/report.json"))).at("conclusion"), "partial");
    const Finished strict = judged({"--strict"});
    EXPECT_EQ(strict.status, 1);
    EXPECT_THAT(strict.out, testing::ContainsRegex("warned, which is no success in this run, of .* \\(exit code 1\\)"));
    const nlohmann::json report = nlohmann::json::parse(read_file(path("out/report.json")));
    EXPECT_EQ(report.at("conclusion"), "failed");
    EXPECT_EQ(report.at("exit_code"), 1);
    EXPECT_THAT(read_file(path("out/report.md")), HasSubstr("warned, which is no success in this run"));
    // A journal that is read later tells the same.
    EXPECT_EQ(gateproof({"report", path("out/run.jsonl"), "--format", "json"}).out, read_file(path("out/report.json")));
}

TEST_F(Output, ServerCertificatesAreThoseThatServersShow) {
    ASSERT_EQ(gateproof({"run", "--suite", "server,rotation", "--report", "json", "-q", "--out", path("out")}).status,
              0);
    const nlohmann::json report = nlohmann::json::parse(read_file(path("out/report.json")));
    std::size_t servers = 0;
    for (const nlohmann::json& one : report.at("certificates")) {
        if (one.at("role") == "server") {
            ++servers;
            EXPECT_THAT(one.at("subject").get<std::string>(), HasSubstr("gateway.embedded.test"));
        }
    }
    EXPECT_GE(servers, 2U) << "of the cloud and of the desktop listener";
}

TEST_F(Output, MessagesNameTheOptionThatTheySpeakOf) {
    const std::string file = folder_.write("file", "");
    const auto refused = [&](const std::vector<std::string>& words, const std::string& why) {
        const Finished finished = gateproof(words);
        EXPECT_EQ(finished.status, 2) << finished.err;
        EXPECT_THAT(finished.err, HasSubstr(why));
        EXPECT_THAT(finished.err, Not(HasSubstr(".tmp")));
    };
    refused({"gateway", "--write", file + "/below"}, "--write " + file + "/below: no files can be written there");
    refused({"run", "--history", file}, "--history " + file);
    refused({"run", "--out", file + "/below"}, "--out " + file + "/below");
    refused({"run", "--report", "none,html"}, "--report: none stands alone");
    refused({"profile", "show"}, "unknown command show");
    refused({"lst"}, "unknown command lst; did you mean list?");
    refused({"list", "subcommand"}, "not expected: subcommand");
    refused({"--verbose", "run"}, "give it behind the command");
    refused({"run", "--seed", "abc"}, "not a whole number");
    refused({"gateway", "--cloud-port", "99999"}, "65535");
    refused({"rotate-check", "--profile", "embedded-desktop"}, "--old and --new");
    refused({"init", path("x.json"), "--url", "http://x.example"}, "--url http://x.example: ");
}

TEST_F(Output, InitNamesFilesAsTheProfileSeesThem) {
    folder_.write("client.pem", "x");
    const Finished finished = bash(fmt::format(
        "cd '{}' && mkdir prof && G init prof/p.json --environment test --channel cloud --certificate client.pem --key "
        "env:KEY",
        folder_.path().string()));
    EXPECT_EQ(finished.status, 0) << finished.err;
    const nlohmann::json profile = nlohmann::json::parse(read_file(path("prof/p.json")));
    EXPECT_EQ(profile.at("identities").at("enrolled").at("certificate"), "file:../client.pem");
    EXPECT_EQ(profile.at("identities").at("enrolled").at("key"), "env:KEY");
    EXPECT_THAT(finished.out, HasSubstr("environment test, channel cloud"));
}

}  // namespace
}  // namespace gateproof::test
