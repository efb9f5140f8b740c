// What the program asks for its own process, and who may read what it writes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ProcessSecrets : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// "640"; empty: there is no such file.
    [[nodiscard]] std::string mode(const std::string& name) const {
        struct stat status {};
        return ::stat(path(name).c_str(), &status) == 0 ? fmt::format("{:o}", status.st_mode & 07777U) : std::string();
    }
    /// A line of the shell in the folder; "G" stands for the program.
    [[nodiscard]] Finished shell(const std::string& words, ProcessOptions options = plain_environment()) const {
        return run(
            {"/bin/bash", "-c",
             fmt::format("cd '{}' && G() {{ '{}' \"$@\"; }}; {}", folder_.path().string(), GATEPROOF_PROGRAM, words)},
            std::move(options));
    }

    TemporaryFolder folder_;
};

TEST_F(ProcessSecrets, OutputsAreForOwnerAndGroup) {
    const Finished made = shell(
        "umask 0; G run --check 'port.*' -q --report html,junit,prometheus --out out --history history && "
        "G pack out/run.jsonl --out pack.tar --accept incomplete,partial,embedded && "
        "G merge out/run.jsonl --out merged.jsonl -q; "
        "G report out/run.jsonl --format csv --out report.csv");
    ASSERT_EQ(made.status, 0) << made.err;
    for (const char* const file :
         {"out/run.jsonl", "out/report.html", "out/junit.xml", "pack.tar", "merged.jsonl", "report.csv"}) {
        EXPECT_EQ(mode(file), "640") << file;
    }
    EXPECT_EQ(mode("out"), "750");
    EXPECT_EQ(mode("history"), "750");
    for (const auto& kept : std::filesystem::directory_iterator(path("history"))) {
        EXPECT_EQ(mode("history/" + kept.path().filename().string()), "640");
    }
    EXPECT_EQ(mode("out/gateproof.prom"), "644") << "a collector that runs as somebody else reads it";
    ASSERT_EQ(shell("umask 077; G run --check 'port.*' -q --out mine").status, 0);
    EXPECT_EQ(mode("mine"), "700") << "what the umask takes away stays away";
    EXPECT_EQ(mode("mine/run.jsonl"), "600");
}

TEST_F(ProcessSecrets, ASecretIsNotWrittenIntoAPipe) {
    std::filesystem::create_directories(path("gateway"));
    ASSERT_EQ(::mkfifo(path("gateway/enrolled.key.pem").c_str(), 0666), 0);
    const Finished refused =
        run(command({"gateway", "--write", path("gateway")}), plain_environment(), std::chrono::seconds(20));
    EXPECT_EQ(refused.status, 2) << refused.out;
    EXPECT_THAT(refused.err, AllOf(HasSubstr("enrolled.key.pem is no regular file"), HasSubstr("name another file")));
}

TEST_F(ProcessSecrets, SecretsOfConnectionsAreLoggedNowhere) {
    ProcessOptions options = plain_environment();
    options.environment["SSLKEYLOGFILE"] = path("keys.log");
    const Finished finished =
        run(command({"run", "--check", "mtls.enrolled-served", "-q", "--out", path("out")}), options);
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("SSLKEYLOGFILE is set and ignored"));
    EXPECT_EQ(mode("keys.log"), "");
}

TEST_F(ProcessSecrets, NoCoreDumpHoldsKeys) {
    const ServedGateway gateway(path("gateway"), {}, {"/bin/bash", "-c", "ulimit -c unlimited; exec \"$@\"", "bash"});
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const std::string limits = read_file(fmt::format("/proc/{}/limits", gateway.pid()));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the leak detector looks at the process from outside";
#endif
    EXPECT_THAT(limits, testing::ContainsRegex("Max core file size +0 +0 "));
}

TEST_F(ProcessSecrets, AGatewayForTheWholeNetIsWarnedOf) {
    // An address for documentation (RFC 5737), which this machine does not have: it is warned of before it listens.
    const Finished beyond = gateproof({"gateway", "--address", "192.0.2.1"});
    EXPECT_EQ(beyond.status, 2);
    EXPECT_THAT(beyond.err, HasSubstr("warning: it listens on 192.0.2.1"));
    const ServedGateway here(path("gateway"));
    ASSERT_TRUE(here.serving()) << here.output();
    EXPECT_THAT(here.output(), testing::Not(HasSubstr("warning")));
}

}  // namespace
}  // namespace gateproof::test
