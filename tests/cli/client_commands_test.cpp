// Client software that means ill, or is merely broken: never a pass, soon over, bounded, and nothing of it stays.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr const char* good_call =
    R"(curl -sS --fail --cacert "$1" --cert "$2" --key "$3" "$4/gateway/customer/status")";

/// Processes whose command line has this text, other than those that end already.
std::vector<pid_t> processes_with(const std::string& text) {
    std::vector<pid_t> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename().string();
        const bool number = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
        if (number && read_file(entry.path() / "cmdline").find(text) != std::string::npos) {
            found.push_back(std::stoi(name));
        }
    }
    return found;
}

/// Nobody sleeps that long but for one test: the seconds tell whose processes they are.
class ClientCommands : public testing::Test {
protected:
    void SetUp() override {
        static int number = 0;
        mark_ = fmt::format("{}.{:03}", 100000 + getpid() % 100000, ++number);
        std::filesystem::create_directory(folder_.path() / "tmp");
    }

    /// A profile whose command is this script, with {ca}, {certificate}, {key} and {url} as $1 to $4.
    std::string profile(const std::string& script, const Json& patience = {{"start_ms", 1500}, {"end_ms", 4000}}) {
        const Json profile{
            {"name", "ill"},
            {"side", "client"},
            {"environment", "sandbox"},
            {"channel", "cloud"},
            {"client",
             {{"pki", "pki"},
              {"patience", patience},
              {"trigger",
               {{"command",
                 {{"read", {"/bin/sh", "-c", script, "sh", "{ca}", "{certificate}", "{key}", "{url}"}}}}}}}}};
        return folder_.write("ill.json", profile.dump());
    }
    [[nodiscard]] ProcessOptions options() const {
        ProcessOptions options = plain_environment();
        options.environment["TMPDIR"] = (folder_.path() / "tmp").string();
        return options;
    }
    [[nodiscard]] std::vector<std::string> run_words(const std::string& file) const {
        return command({"run", file, "--quick", "--check", "client-trust.expired-refused", "--out",
                        (folder_.path() / "out").string(), "--report", "none"});
    }
    Finished judge(const std::string& script, const Json& patience = {{"start_ms", 1500}, {"end_ms", 4000}}) {
        return run(run_words(profile(script, patience)), options());
    }
    /// What a check came to, as the report has it.
    [[nodiscard]] Json result(const std::string& id = "client-trust.expired-refused") const {
        const Finished report = run(
            command({"report", (folder_.path() / "out/run.jsonl").string(), "--format", "json"}), plain_environment());
        const Json all = Json::parse(report.out);
        for (const Json& check : all["checks"]) {
            if (check["id"] == id) {
                return check;
            }
        }
        return {};
    }
    /// Inconclusive, with a sentence and a remedy like these; nothing of it is left.
    void expect_inconclusive(const Finished& finished, const std::string& sentence, const std::string& remedy) const {
        EXPECT_EQ(finished.status, 3) << finished.out << finished.err;
        const Json check = result();
        EXPECT_EQ(check["outcome"], "inconclusive") << check;
        EXPECT_THAT(check["sentence"].get<std::string>(), HasSubstr(sentence));
        EXPECT_THAT(check["remedy"].get<std::string>(), HasSubstr(remedy));
        expect_nothing_left();
    }
    void expect_nothing_left() const {
        const auto latest = std::chrono::steady_clock::now() + 20s;
        while (!processes_with(mark_).empty() && std::chrono::steady_clock::now() < latest) {
            std::this_thread::sleep_for(5ms);
        }
        EXPECT_TRUE(processes_with(mark_).empty());
        while (!std::filesystem::is_empty(folder_.path() / "tmp") && std::chrono::steady_clock::now() < latest) {
            std::this_thread::sleep_for(5ms);
        }
        EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "tmp")) << "folders of attempts";
    }
    /// A process that is told to stay for good, and is known by the mark.
    [[nodiscard]] std::string stays() const { return "sleep " + mark_; }

    TemporaryFolder folder_;
    std::string mark_;
};

TEST_F(ClientCommands, NeverCame) {
    const auto began = std::chrono::steady_clock::now();
    expect_inconclusive(judge("exec " + stays()), "still running after ", "{url}, or {host} and {port}");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s * GATEPROOF_SLOW);
    EXPECT_THAT(result()["remedy"].get<std::string>(), HasSubstr("client.patience.start_ms"));
}

TEST_F(ClientCommands, CrashesAtOnce) {
    expect_inconclusive(judge("kill -SEGV $$"), "ended by signal 11", "crashes before it calls anybody");
}

TEST_F(ClientCommands, EndsWithAnError) {
    expect_inconclusive(judge("echo the database is away >&2; exit 3"), "it ended with exit code 3 after ",
                        "see what it wrote");
    EXPECT_THAT(result()["sentence"].get<std::string>(), HasSubstr(R"( s; it wrote "the database is away")"));
}

TEST_F(ClientCommands, IsNotThere) {
    Json patience = {{"start_ms", 1500}, {"end_ms", 4000}};
    const std::string file = profile("", patience);
    Json profile = Json::parse(read_file(file));
    profile["client"]["trigger"]["command"]["read"] = {"./no-such-program", "{url}"};
    folder_.write("ill.json", profile.dump());
    expect_inconclusive(run(run_words(file), options()), "could not be started: No such file or directory",
                        "begins in the folder of the profile");
}

TEST_F(ClientCommands, CallsAnotherPort) {
    // Bound and not listening: nobody else gets that port meanwhile, and whoever calls it is refused.
    const int other = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    ASSERT_EQ(bind(other, reinterpret_cast<sockaddr*>(&at), size), 0);
    ASSERT_EQ(getsockname(other, reinterpret_cast<sockaddr*>(&at), &size), 0);
    expect_inconclusive(judge(fmt::format("curl -sS https://localhost:{}/", ntohs(at.sin_port))),
                        "nothing came; it ended with exit code 7", "{url}, or {host} and {port}");
    EXPECT_THAT(result()["sentence"].get<std::string>(), HasSubstr("curl: (7) Failed to connect"));
    close(other);
}

TEST_F(ClientCommands, MeetsAWallOfSilence) {
    // A socket that listens and accepts nobody, its queue full: as behind a firewall that drops, connecting hangs.
    const int wall = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    ASSERT_EQ(bind(wall, reinterpret_cast<sockaddr*>(&at), size), 0);
    ASSERT_EQ(listen(wall, 0), 0);
    ASSERT_EQ(getsockname(wall, reinterpret_cast<sockaddr*>(&at), &size), 0);
    std::vector<int> queue;
    for (int i = 0; i < 4; ++i) {
        queue.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        static_cast<void>(connect(queue.back(), reinterpret_cast<sockaddr*>(&at), size));
    }
    expect_inconclusive(judge(fmt::format("exec curl -sS https://127.0.0.1:{}/{}", ntohs(at.sin_port), mark_)),
                        "nothing came; it was still running", "{url}, or {host} and {port}");
    for (const int one : queue) {
        close(one);
    }
    close(wall);
}

TEST_F(ClientCommands, SaysThatAllIsWellWithoutACall) {
    expect_inconclusive(judge("exit 0"), "nothing came; it ended with exit code 0", "client.exit.success");
}

TEST_F(ClientCommands, DoesNotHeedSigterm) {
    const auto began = std::chrono::steady_clock::now();
    // Patience for the whole act is long: it is never-came that ends it, and its grace.
    expect_inconclusive(
        judge("trap '' TERM; while :; do " + stays() + "; done", {{"start_ms", 500}, {"end_ms", 60000}}),
        "did not heed SIGTERM and was killed", "{url}, or {host} and {port}");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 40s * GATEPROOF_SLOW);
}

TEST_F(ClientCommands, ForksAndStays) {
    // In a session of its own, and once more forked, so that no parent of it is left.
    const Finished finished = judge("setsid sh -c '(" + stays() + ") & " + stays() + " & exit 0' </dev/null; exit 0");
    expect_inconclusive(finished, "left 2 processes behind, which were killed", "{url}, or {host} and {port}");
}

TEST_F(ClientCommands, KillsWhatWatchesOverIt) {
    expect_inconclusive(judge("kill -9 $PPID; exec " + stays()), "nobody can tell how it ended",
                        "kills what watches over it");
}

TEST_F(ClientCommands, ServedBesideItsFlood) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers take address space without end";
#endif
    const std::string flood = "yes 0123456789abcdef | head -c 200000000; ";
    std::vector<std::string> bounded{"/bin/sh", "-c", "ulimit -v 1500000; exec \"$@\"", "sh"};
    const std::vector<std::string> words =
        run_words(profile(flood + good_call, {{"start_ms", 20000}, {"end_ms", 30000}}));
    bounded.insert(bounded.end(), words.begin(), words.end());
    const Finished finished = run(bounded, options());
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_LT(finished.max_resident_kib, 300'000);
    EXPECT_LT(std::filesystem::file_size(folder_.path() / "out/run.jsonl"), 100'000U);
    expect_nothing_left();
}

TEST_F(ClientCommands, AMachineWithoutIpv6JudgesAllTheSame) {
    // A network of its own, where that may be made, with its loopback device up and no IPv6.
    const std::vector<std::string> alone{
        "unshare",
        "-rn",
        "/bin/sh",
        "-c",
        "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && ip link set lo up && exec \"$@\"",
        "sh"};
    std::vector<std::string> tried = alone;
    tried.emplace_back("true");
    if (find_program("unshare").empty() || run(tried).status != 0) {
        GTEST_SKIP() << "no network of its own can be made here";
    }
    std::vector<std::string> words = alone;
    const std::vector<std::string> judging = run_words(profile(good_call, {{"start_ms", 20000}, {"end_ms", 30000}}));
    words.insert(words.end(), judging.begin(), judging.end());
    const Finished finished = run(words, options());
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_EQ(result()["outcome"], "pass");
}

/// A run that is under way: its program has been started.
class ClientCommandsEnded : public ClientCommands {
protected:
    /// The program says that it is there by a file, and leaves a process in a session of its own beside it.
    std::unique_ptr<Process> begin() {
        const std::string there = (folder_.path() / "there").string();
        auto harness = std::make_unique<Process>(
            run_words(profile(fmt::format("trap '' TERM INT HUP; echo state > \"$GATEPROOF_WORK/state\"; mkdir -p "
                                          "\"$GATEPROOF_WORK/a/b\"; echo x > \"$GATEPROOF_WORK/a/b/c\"; setsid {0} & : "
                                          "> '{1}'; while :; do {0}; done",
                                          stays(), there),
                              {{"start_ms", 60000}, {"end_ms", 60000}})),
            options());
        const auto latest = std::chrono::steady_clock::now() + 30s;
        while ((!std::filesystem::exists(there) || processes_with(mark_).size() < 3) &&
               std::chrono::steady_clock::now() < latest) {
            std::this_thread::sleep_for(5ms);
        }
        EXPECT_FALSE(processes_with(stays()).empty());
        EXPECT_FALSE(std::filesystem::is_empty(folder_.path() / "tmp"));
        return harness;
    }
};

TEST_F(ClientCommandsEnded, ByCtrlC) {
    const auto harness = begin();
    harness->signal(SIGINT);
    EXPECT_EQ(harness->wait(30s), 130) << harness->standard_error();
    expect_nothing_left();
}

TEST_F(ClientCommandsEnded, ByTheTerminalThatWent) {
    const auto harness = begin();
    harness->signal(SIGHUP);
    EXPECT_EQ(harness->wait(30s), 130) << harness->standard_error();
    expect_nothing_left();
}

TEST_F(ClientCommandsEnded, BySigkill) {
    const auto harness = begin();
    harness->signal(SIGKILL);
    EXPECT_EQ(harness->wait(30s), 128 + SIGKILL);
    expect_nothing_left();
}

TEST_F(ClientCommandsEnded, ByTheDeadlineOfTheRun) {
    std::vector<std::string> words =
        run_words(profile("trap '' TERM; while :; do " + stays() + "; done", {{"start_ms", 60000}, {"end_ms", 60000}}));
    words.insert(words.end(), {"--deadline", "1s"});
    const Finished finished = run(words, options());
    EXPECT_EQ(finished.status, 3) << finished.out << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("deadline"));
    expect_nothing_left();
}

class NotServed : public ClientCommands {
protected:
    /// All checks of client software.
    Finished judge_all(const std::string& script) {
        const std::string file = profile(script, {{"start_ms", 20000}, {"end_ms", 30000}});
        return run(command({"run", file, "--quick", "--out", (folder_.path() / "out").string(), "--report", "none"}),
                   options());
    }
};

TEST_F(NotServed, WhoNeverCameIsOneFindingAtOnce) {
    const auto began = std::chrono::steady_clock::now();
    const Finished finished = judge_all("exit 1");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s * GATEPROOF_SLOW);
    EXPECT_EQ(finished.status, 3) << finished.err;
    EXPECT_THAT(finished.out, AllOf(HasSubstr("NOT SERVED   ill: the client is not served by the conforming gateway"),
                                    HasSubstr("nothing came; it ended with exit code 1"),
                                    HasSubstr("put {url}, or {host} and {port}"), HasSubstr("then run again")));
    EXPECT_THAT(finished.out, Not(HasSubstr("FAIL")));
    EXPECT_THAT(finished.out, HasSubstr(" 0 passed"));
}

/// curl without --cacert, and with the system's roots where the stage's would stand.
TEST_F(NotServed, WhoComesAndDoesNotTrustTheTestRootIsOneFindingAndItsHelloIsStillLookedAt) {
    const Finished finished = judge_all(
        R"(unset CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR; curl -sS --fail --ciphers ECDHE+AESGCM "$4/gateway/customer/status")");
    EXPECT_EQ(finished.status, 3) << finished.out;
    EXPECT_THAT(finished.out, AllOf(HasSubstr("NOT SERVED   ill: "), HasSubstr("let it trust {ca}")));
    EXPECT_EQ(finished.out.find("NOT SERVED   "), finished.out.rfind("NOT SERVED   "));
    EXPECT_THAT(finished.out, AllOf(Not(HasSubstr("FAIL ")), HasSubstr(" 0 failed")));
    EXPECT_EQ(result("client-tls.suites-offered")["outcome"], "pass");
    for (const char* const check :
         {"client-reach.served", "client-tls.speaks-1.2", "client-tls.speaks-1.3", "client-tls.ecdsa-served[p-256]",
          "client-tls.http1-served[alpn]", "client-tls.served-by-suite[chacha20]", "client-trust.expired-refused",
          "client-identity.presented[tls-1.3]"}) {
        const nlohmann::json judged = result(check);
        EXPECT_EQ(judged["outcome"], "inconclusive") << check;
        EXPECT_THAT(judged["sentence"].get<std::string>(), HasSubstr("not run")) << check;
    }
}

/// What is seen of it is said, whoever serves it.
TEST_F(NotServed, WhoSpeaksHttp2AloneIsToldSo) {
    const Finished finished = judge_all(
        R"(openssl s_client -quiet -alpn h2 -connect "${4#https://}" -CAfile "$GATEPROOF_CA" </dev/null; exit 1)");
    EXPECT_EQ(finished.status, 1) << finished.out;
    EXPECT_THAT(finished.out, HasSubstr("by ALPN it speaks h2 alone"));
    EXPECT_EQ(result("client-reach.served")["outcome"], "inconclusive");
}

TEST_F(NotServed, WhoKnowsNoEllipticCurvesIsJudgedAllTheSame) {
    const Finished finished =
        judge_all(std::string(good_call) + " --tls-max 1.2 --ciphers ECDHE-RSA-AES128-GCM-SHA256");
    EXPECT_THAT(finished.out, Not(HasSubstr("NOT SERVED")));
    EXPECT_THAT(finished.out, ContainsRegex("FAIL .*client-tls.ecdsa-served"));
}

/// As in a container that may open few files: ports of scenes that are over make room, and too few end nothing but
/// checks.
TEST(FewDescriptors, AreEnoughOrFailNobody) {
    const TemporaryFolder folder;
    const auto judged = [&folder](int descriptors) {
        return pasted(
            fmt::format("ulimit -n {} && gateproof run embedded-client-cloud --suite client-trust,client-tls --quick",
                        descriptors),
            folder.path());
    };
    const Finished enough = judged(256);
    EXPECT_EQ(enough.status, 0) << enough.out << enough.err;
    const Finished few = judged(96);
    EXPECT_THAT(few.status, testing::AnyOf(0, 3)) << few.out << few.err;
    EXPECT_THAT(few.out, HasSubstr(" 0 failed")) << "what lacks descriptors is no fault of the client's";
}

}  // namespace
}  // namespace gateproof::test
