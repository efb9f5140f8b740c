// Scenes that are held for whoever comes: what is printed, what curl meets, and what stays hidden.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using namespace std::chrono_literals;

class ClientServe : public testing::Test {
protected:
    void SetUp() override {
        const Finished made = gateproof({"client", "init", file(), "--", "curl", "-sS", "--fail", "--cacert", "{ca}",
                                         "--cert", "{certificate}", "--key", "{key}", "-H",
                                         "Authorization: Bearer {token}", "{url}/gateway/customer/status"});
        ASSERT_EQ(made.status, 0) << made.err;
    }
    [[nodiscard]] std::string file() const { return (folder_.path() / "led ger.json").string(); }
    [[nodiscard]] ProcessOptions options() const {
        ProcessOptions options = plain_environment();
        std::filesystem::create_directories(folder_.path() / "tmp");
        options.environment["TMPDIR"] = (folder_.path() / "tmp").string();
        return options;
    }
    /// Begins to serve; what it printed until then is its output.
    std::unique_ptr<Process> serve(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"client", "serve", file()};
        words.insert(words.end(), more.begin(), more.end());
        auto process = std::make_unique<Process>(command(words), options());
        EXPECT_TRUE(process->wait_for_output("serving until Ctrl-C", 30s)) << process->standard_error();
        return process;
    }
    /// The line of the profile's command, as it is to be typed.
    static std::string typed(const Process& process) {
        std::smatch found;
        const std::string& out = process.standard_output();
        return std::regex_search(out, found, std::regex("\nread +(\\. .*)\n")) ? found[1].str() : std::string();
    }
    /// Types it into a shell, with more words behind it.
    static Finished type(const Process& process, const std::string& more = {}) {
        return run({"/bin/sh", "-c", typed(process) + " " + more}, plain_environment());
    }
    /// Ends it and gives all that it printed.
    static std::string end(Process& process) {
        process.signal(SIGINT);
        EXPECT_EQ(process.wait(30s), 0) << process.standard_error();
        return process.standard_output();
    }

    TemporaryFolder folder_;
};

TEST_F(ClientServe, TheConformingGatewayServesTheProfilesCommandAsItIsPrinted) {
    const auto process = serve({"--visits", "2"});
    EXPECT_THAT(process->standard_output(),
                AllOf(HasSubstr("scene    conforming: The conforming gateway\n"),
                      HasSubstr("url      https://localhost:"), HasSubstr("gateproof-pki/ca.pem\n")));
    const Finished called = type(*process);
    EXPECT_EQ(called.status, 0) << called.err << typed(*process);
    EXPECT_TRUE(process->wait_for_output("pass: the client is served by the conforming gateway"));
    // A second visitor finds the same port and another attempt of the same scene.
    EXPECT_EQ(type(*process).status, 0);
    EXPECT_EQ(process->wait(30s), 0);
    const std::string out = process->standard_output();
    const std::regex line(
        R"(\d\d:\d\d:\d\d\.\d\d\d UTC  127\.0\.0\.1:\d+  hello TLS 1\.3, TLS 1\.2[^ ]*.* for localhost \(http/1\.1\), became TLS 1\.3 TLS_\w+  certificate \S.*  GET /gateway/customer/status \[access token in field authorization\] -> 200  closed with close_notify by the client after \d+ ms\n)");
    EXPECT_EQ(std::distance(std::sregex_iterator(out.begin(), out.end(), line), std::sregex_iterator()), 2) << out;
}

TEST_F(ClientServe, AnExpiredCertificateIsRefusedByCurlAndAcceptedByCurlWithK) {
    const auto process = serve({"--check", "client-trust.expired-refused"});
    const Finished refused = type(*process);
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.err, HasSubstr("expired"));
    EXPECT_TRUE(process->wait_for_output("pass: "));
    EXPECT_THAT(process->standard_output(), HasSubstr("the client sent alert certificate_expired (45)"));
    const Finished accepted = type(*process, "-k");
    EXPECT_EQ(accepted.status, 0) << accepted.err;
    EXPECT_TRUE(process->wait_for_output("fail: "));
    EXPECT_THAT(end(*process),
                AllOf(HasSubstr("GET /gateway/customer/status [access token in field authorization] -> 200"),
                      HasSubstr("was accepted"), HasSubstr("to do: verify the server's certificate")));
}

TEST_F(ClientServe, WhoeverComesWithoutTlsIsSeen) {
    const auto process = serve({"--visits", "1"});
    run({"/bin/sh", "-c",
         fmt::format(". {}; curl -sS \"http://localhost:$GATEPROOF_PORT/\"",
                     std::regex_replace(typed(*process), std::regex("^\\. ('[^']*');.*"), "$1"))},
        plain_environment());
    EXPECT_EQ(process->wait(30s), 0) << "one visit was asked for";
    EXPECT_THAT(process->standard_output(), HasSubstr("HTTP without TLS  GET / -> no answer"));
}

TEST_F(ClientServe, SecretsStandInAFileOfTheirOwnerAloneAndNothingIsLeft) {
    const auto process = serve({"--check", "client-reach.served"});
    std::smatch found;
    const std::string out = process->standard_output();
    ASSERT_TRUE(std::regex_search(out, found, std::regex("\nvalues +(\\S+) ")));
    const std::string variables = found[1];
    struct stat status {};
    ASSERT_EQ(stat(variables.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    const std::string text = read_file(variables);
    ASSERT_TRUE(std::regex_search(text, found, std::regex("export GATEPROOF_TOKEN='([^']+)'")));
    const std::string token = found[1];
    EXPECT_EQ(type(*process).status, 0);
    EXPECT_TRUE(process->wait_for_output("pass: "));
    const std::string all = end(*process);
    EXPECT_THAT(all, Not(HasSubstr(token)));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "tmp"));
}

TEST_F(ClientServe, EndsAfterItsTimeAndOnAPortOfChoice) {
    std::string port;
    {
        const auto first = serve();
        const std::string out = first->standard_output();
        std::smatch found;
        ASSERT_TRUE(std::regex_search(out, found, std::regex("https://localhost:(\\d+)")));
        port = found[1];
        const Finished taken = run(command({"client", "serve", file(), "--port", port}), options());
        EXPECT_EQ(taken.status, 2);
        EXPECT_THAT(taken.err, AllOf(HasSubstr("--port " + port), HasSubstr("choose another")));
        end(*first);
    }
    const auto process = serve({"--port", port, "--for", "200ms"});
    EXPECT_THAT(process->standard_output(), HasSubstr("https://localhost:" + port + "\n"));
    EXPECT_EQ(process->wait(30s), 0);
}

TEST_F(ClientServe, WhatCannotBeHeldIsSaid) {
    const auto refused = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"client", "serve"});
        const Finished finished = gateproof(words);
        EXPECT_EQ(finished.status, 2) << finished.out;
        return finished.err;
    };
    EXPECT_THAT(refused({file(), "--check", "client-tls.no-fallback"}),
                AllOf(HasSubstr("has 2 cases; give one"), HasSubstr("--case alert: A fatal alert"),
                      HasSubstr("--case reset: ")));
    EXPECT_THAT(refused({file(), "--check", "client-tls.no-fallback", "--case", "fin"}),
                AllOf(HasSubstr("has no such case"), HasSubstr("--case alert")));
    EXPECT_THAT(refused({file(), "--check", "client-trust.expird-refused"}),
                HasSubstr("did you mean client-trust.expired-refused?"));
    EXPECT_THAT(refused({file(), "--check", "client-trust.*"}), HasSubstr("one scene can be held"));
    EXPECT_THAT(refused({"embedded-cloud"}), HasSubstr("is the profile of a gateway"));
    EXPECT_THAT(refused({"embedded-client-cloud"}), HasSubstr("gateproof client init"));
}

}  // namespace
}  // namespace gateproof::test
