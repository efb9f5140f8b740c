// gateproof login against the embedded gateway, with a script in the place of the browser.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"
#include "tests/support/listener.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Login : public testing::Test {
protected:
    void SetUp() override {
        // The client's registered ports are the machine's: one test at a time waits there for its browser.
        turn_ = ::open((std::filesystem::temp_directory_path() / "gateproof-test-login").c_str(),
                       O_CREAT | O_RDWR | O_CLOEXEC, 0600);
        ASSERT_GE(turn_, 0);
        ASSERT_EQ(::flock(turn_, LOCK_EX), 0);
        gateway_ =
            std::make_unique<Process>(command({"gateway", "--write", folder_.path().string()}), plain_environment());
        ASSERT_TRUE(gateway_->wait_for_output("serving until")) << gateway_->standard_error();
    }
    void TearDown() override { ::close(turn_); }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    Finished login(const std::string& decision, std::vector<std::string> more = {},
                   const std::string& browser = GATEPROOF_TEST_BROWSER) {
        ProcessOptions options = plain_environment();
        const auto profile = nlohmann::json::parse(read_file(path("embedded-desktop.json")));
        options.environment["BROWSER"] = browser;
        options.environment["BROWSER_LOG"] = path("browser.log");
        options.environment["LOGIN_USER"] = profile["oauth"]["users"]["user"]["name"];
        options.environment["LOGIN_PASSWORD"] = read_file(path("user.password"));
        options.environment["LOGIN_DECISION"] = decision;
        std::vector<std::string> all{"login", "--profile", path("embedded-desktop.json"), "--out", path("mine.token")};
        all.insert(all.end(), more.begin(), more.end());
        return run(command(all), options);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Process> gateway_;
    int turn_ = -1;
};

TEST_F(Login, TheTokenLandsInAFileForItsOwnerAlone) {
    folder_.write("mine.token", "an older one");
    ASSERT_EQ(::chmod(path("mine.token").c_str(), 0644), 0);
    const Finished finished = login("allow");
    ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
    const std::string token = read_file(path("mine.token"));
    EXPECT_EQ(std::count(token.begin(), token.end(), '.'), 2) << "a JWT";
    struct stat status {};
    ASSERT_EQ(::stat(path("mine.token").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_THAT(finished.out + finished.err, Not(HasSubstr(token)));
    EXPECT_THAT(finished.out, HasSubstr(R"("oauth": {"tokens": {"user": "file:)"));
    // The browser outlives the command that opened it.
    const std::string visits = "intruder 404\nintruder 400\nhome Logged in\n";
    for (int tries = 0; tries < 500 && read_file(path("browser.log")) != visits; ++tries) {
        ::usleep(10'000);
    }
    EXPECT_EQ(read_file(path("browser.log")), visits);
}

TEST_F(Login, TheTokenIsTakenFromTheFile) {
    ASSERT_EQ(login("allow").status, 0);
    auto profile = nlohmann::json::parse(read_file(path("embedded-desktop.json")));
    profile["oauth"]["tokens"] = {{"user", "file:mine.token"}};
    profile["name"] = "with-token";
    const std::string file = folder_.write("with-token.json", profile.dump());
    const Finished finished = gateproof({"run", file, "--suite", "oauth", "--out", path("out")});
    EXPECT_EQ(finished.status, 0) << finished.out;
    EXPECT_THAT(finished.out + read_file(path("out/run.jsonl")), Not(HasSubstr(read_file(path("mine.token")))));
    profile["oauth"]["tokens"] = {{"user", "env:MINE_TOKEN"}, {"second-user", "file:desktop-second-user.token"}};
    folder_.write("with-token.json", profile.dump());
    ProcessOptions options = plain_environment();
    options.environment["MINE_TOKEN"] = read_file(path("mine.token"));
    const Finished by_variable =
        run(command({"run", file, "--check", "permission.own-data-served", "-v", "--out", path("out")}), options);
    EXPECT_EQ(by_variable.status, 0) << by_variable.out << by_variable.err;
    EXPECT_THAT(by_variable.out, HasSubstr("permission.own-data-served[own-return-status]"));
    EXPECT_THAT(by_variable.out, Not(HasSubstr(read_file(path("mine.token")))));
}

TEST_F(Login, ARefusalIsSaidAndLeavesNoFile) {
    const Finished finished = login("deny");
    EXPECT_EQ(finished.status, 3) << finished.out;
    EXPECT_THAT(finished.err, HasSubstr("access_denied"));
    EXPECT_NE(::access(path("mine.token").c_str(), F_OK), 0);
}

TEST_F(Login, WhatTheAuthorityHasToSayShowsNoSecret) {
    auto profile = nlohmann::json::parse(read_file(path("embedded-desktop.json")));
    profile["oauth"]["client"]["secret"] = "file:client.secret";
    folder_.write("client.secret", "s3cret/of+client");
    const std::string file = folder_.write("with-secret.json", profile.dump());
    const std::string browser = folder_.write("says.py", R"(#!/usr/bin/env python3
import sys, urllib.parse, urllib.request
asked = urllib.parse.parse_qs(urllib.parse.urlsplit(sys.argv[1]).query)
said = {"state": asked["state"][0], "error": "access_denied", "error_description": "not s3cret\\/of\\u002bclient"}
urllib.request.urlopen(asked["redirect_uri"][0] + "?" + urllib.parse.urlencode(said)).read()
)");
    ASSERT_EQ(::chmod(browser.c_str(), 0700), 0);
    ProcessOptions options = plain_environment();
    options.environment["BROWSER"] = browser;
    const Finished finished = run(command({"login", "--profile", file, "--out", path("mine.token")}), options);
    EXPECT_EQ(finished.status, 3) << finished.out << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("access_denied not [redacted]"));
}

TEST_F(Login, NobodyComesWithinTheTime) {
    const Finished finished = login("allow", {"--wait", "300ms", "--no-browser"});
    EXPECT_EQ(finished.status, 3);
    EXPECT_THAT(finished.out, HasSubstr("/gateway3/oauth/authorize?response_type=code"));
    EXPECT_THAT(finished.out, testing::ContainsRegex("&code_challenge=[A-Za-z0-9_-]{43}&code_challenge_method=S256"));
    EXPECT_THAT(finished.out, testing::ContainsRegex("&state=[A-Za-z0-9_-]{24}"));
    EXPECT_THAT(finished.out, HasSubstr("&redirect_uri=http%3A%2F%2F127.0.0.1%3A"));
    EXPECT_THAT(finished.err, HasSubstr("nobody logged in"));
    const Finished without = login("allow", {"--wait", "300ms"}, "/nonexistent/browser");
    EXPECT_THAT(without.out, HasSubstr("No browser could be started"));
}

TEST_F(Login, WhatCannotWorkIsSaidBeforehand) {
    const Finished cloud = gateproof({"login", "--profile", path("embedded-cloud.json")});
    EXPECT_EQ(cloud.status, 2);
    EXPECT_THAT(cloud.err, HasSubstr("no loopback address"));
    EXPECT_THAT(cloud.err, HasSubstr("register one such as http://127.0.0.1/callback")) << "what to do";
    EXPECT_THAT(cloud.err, HasSubstr("refer to it in oauth.tokens"));
    for (const char* uri :
         {"https://127.0.0.1/cb", "http://127.0.0.1.attacker.example/", "http://192.0.2.7/callback"}) {
        auto profile = nlohmann::json::parse(read_file(path("embedded-desktop.json")));
        profile["oauth"]["client"]["redirect_uri"] = uri;
        const std::string file = folder_.write("elsewhere.json", profile.dump());
        const Finished elsewhere = gateproof({"login", "--profile", file, "--out", path("mine.token")});
        EXPECT_EQ(elsewhere.status, 2) << uri;
        EXPECT_THAT(elsewhere.err, HasSubstr("register one such as")) << uri;
        EXPECT_NE(::access(path("mine.token").c_str(), F_OK), 0) << uri;
    }
    const Finished role = gateproof({"login", "--profile", path("embedded-desktop.json"), "--user", "../x"});
    EXPECT_EQ(role.status, 2);
    const Finished missing = gateproof({"login", "--profile", path("nothing.json")});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(gateproof({"login", "--help"}).out, HasSubstr("Examples:"));
}

}  // namespace
}  // namespace gateproof::test
