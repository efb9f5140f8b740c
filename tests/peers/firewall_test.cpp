// A real packet filter between two network namespaces, real SOCKS5 and CONNECT proxies, and what gateproof makes of
// what comes through.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "harness/journal/read.hpp"
#include "tests/peers/peer.hpp"
#include "tests/support/namespaces.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

class FirewallTest : public testing::Test {
protected:
    void SetUp() override {
        if (!network_.missing().empty()) {
            GTEST_SKIP() << network_.missing();
        }
        // The packet filter is to decide alone.
        gateway_ = std::make_unique<Process>(network_.at_server(
            {GATEPROOF_PROGRAM, "gateway", "--address", "0.0.0.0", "--fault", "no-allow-list", "--write", path("gw")}));
        ASSERT_TRUE(gateway_->wait_for_output("serving until", std::chrono::seconds(30)))
            << gateway_->standard_output() << gateway_->standard_error();
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    /// The gateway's mock profile, seen from the client's side and these vantage points.
    std::string write_profile(const std::string& points) {
        Json profile = Json::parse(read_file(path("gw/embedded-mock.json")));
        profile["endpoint"]["connect"] = NetworkNamespaces::server_address;
        profile["vantage_points"] = Json::parse(points);
        profile["limits"]["connect_timeout_ms"] = 700;
        profile["limits"]["probe_timeout_ms"] = 1500;
        profile.erase("timeouts");
        const std::string text = profile.dump(2);
        return folder_.write("gw/profile.json", text);
    }

    CheckResult judge(const std::string& points, const std::string& check = "firewall.other-source-blocked") {
        const Finished finished =
            run(network_.at_client({GATEPROOF_PROGRAM, "run", write_profile(points), "--check", check, "--journal",
                                    path("run.jsonl"), "--out", path("out")}));
        output_ = finished.out + finished.err;
        const RunRecord record = read_journal(folder_.path() / "run.jsonl").run;
        return record.checks.empty() ? CheckResult{} : record.result_of(record.checks.front());
    }

    /// The rule decides what becomes of 10.213.7.3.
    void filter(const std::string& what) {
        const std::string rule = what.empty() ? "" : "ip saddr 10.213.7.3 tcp dport != 0 " + what;
        ASSERT_EQ(network_.filter(rule), "");
    }

    void start_proxy(std::vector<std::string> command) {
        proxy_ = std::make_unique<Process>(network_.at_client(std::move(command)));
        for (int tries = 0; tries < 200; ++tries) {  // neither of them says when it listens
            const Finished seen = run(network_.at_client({"ss", "-Hltn", "sport = :1080"}));
            if (!seen.out.empty()) {
                return;
            }
            ASSERT_TRUE(proxy_->alive()) << proxy_->standard_error();
        }
        FAIL() << "the proxy does not listen";
    }

    TemporaryFolder folder_;
    NetworkNamespaces network_;
    std::unique_ptr<Process> gateway_;
    std::unique_ptr<Process> proxy_;
    std::string output_;

    static constexpr const char* other = R"([{"name": "other", "source": "10.213.7.3", "expected": "blocked"}])";
    static constexpr const char* socks =
        R"([{"name": "other", "proxy": "socks5://127.0.0.1:1080", "expected": "blocked"}])";
    static constexpr const char* web =
        R"([{"name": "other", "proxy": "http://127.0.0.1:1080", "expected": "blocked"}])";
};

TEST_F(FirewallTest, AnOpenFirewallIsCaught) {
    const CheckResult result = judge(other);
    EXPECT_EQ(result.outcome, Outcome::fail) << output_;
    EXPECT_THAT(result.sentence, HasSubstr("answered with HTTP 200"));
}

TEST_F(FirewallTest, DropResetAndIcmpAreToldApart) {
    for (const auto& [rule, words] : std::vector<std::pair<std::string, std::string>>{
             {"drop", "silently dropped"},
             {"reject with tcp reset", "refused: TCP reset"},
             {"reject", "refused: TCP reset or ICMP port unreachable"},
             {"reject with icmp type admin-prohibited", "rejected: ICMP host unreachable or prohibited"}}) {
        filter(rule);
        const CheckResult result = judge(other);
        EXPECT_EQ(result.outcome, Outcome::pass) << rule << '\n' << output_;
        EXPECT_THAT(result.sentence, HasSubstr(words)) << rule;
    }
}

TEST_F(FirewallTest, AnAllowedSourceThatIsBlockedIsCaught) {
    const char* points = R"([{"name": "office", "source": "10.213.7.3", "expected": "allowed"}])";
    EXPECT_EQ(judge(points, "firewall.allowed-source-served").outcome, Outcome::pass) << output_;
    filter("drop");
    EXPECT_EQ(judge(points, "firewall.allowed-source-served").outcome, Outcome::fail) << output_;
}

TEST_F(FirewallTest, AnAddressThatThisMachineHasNotIsInconclusive) {
    const CheckResult result = judge(R"([{"name": "other", "source": "10.213.7.99", "expected": "blocked"}])");
    EXPECT_EQ(result.outcome, Outcome::inconclusive) << output_;
}

TEST_F(FirewallTest, AnEndpointThatIsBlockedForUsTooProvesNothing) {
    ASSERT_EQ(network_.filter("tcp dport != 0 drop"), "");
    EXPECT_EQ(judge(other).outcome, Outcome::inconclusive) << output_;
}

TEST_F(FirewallTest, ThroughASocksProxy) {
    const std::string program = find_program("microsocks");
    if (program.empty()) {
        GTEST_SKIP() << "microsocks is not installed: apt-get install microsocks";
    }
    EXPECT_EQ(judge(socks).outcome, Outcome::inconclusive) << "no proxy there\n" << output_;
    start_proxy({program, "-i", "127.0.0.1", "-p", "1080", "-b", "10.213.7.3"});
    EXPECT_EQ(judge(socks).outcome, Outcome::fail) << "it is let through\n" << output_;
    filter("drop");
    const CheckResult dropped = judge(socks);
    EXPECT_EQ(dropped.outcome, Outcome::pass) << output_;
    EXPECT_THAT(dropped.sentence, HasSubstr("silently dropped"));
    filter("reject with tcp reset");
    const CheckResult refused = judge(socks);
    EXPECT_EQ(refused.outcome, Outcome::pass) << output_;
    EXPECT_THAT(refused.sentence, HasSubstr("refused"));
}

TEST_F(FirewallTest, ASocksProxyThatWantsAPasswordIsInconclusive) {
    const std::string program = find_program("microsocks");
    if (program.empty()) {
        GTEST_SKIP() << "microsocks is not installed: apt-get install microsocks";
    }
    start_proxy({program, "-i", "127.0.0.1", "-p", "1080", "-b", "10.213.7.3", "-u", "us", "-P", "open-sesame"});
    filter("drop");
    EXPECT_EQ(judge(socks).outcome, Outcome::inconclusive) << output_;
    const auto with_password = [this](const std::string& password) {
        folder_.write("gw/password", password);
        return judge(R"([{"name": "other", "proxy": "socks5h://127.0.0.1:1080", "user": "us",
                         "password": "file:password", "expected": "blocked"}])");
    };
    EXPECT_EQ(with_password("wrong").outcome, Outcome::inconclusive) << output_;
    EXPECT_EQ(with_password("open-sesame").outcome, Outcome::pass) << output_;
    EXPECT_EQ(read_file(path("run.jsonl")).find("open-sesame"), std::string::npos);
}

TEST_F(FirewallTest, ThroughAWebProxy) {
    const std::string program = find_program("tinyproxy");
    if (program.empty()) {
        GTEST_SKIP() << "tinyproxy is not installed: apt-get install tinyproxy-bin";
    }
    const std::string config = folder_.write("tinyproxy.conf", fmt::format(R"(
Port 1080
Listen 127.0.0.1
Bind 10.213.7.3
Timeout 20
LogFile "{}"
)",
                                                                           path("tinyproxy.log")));
    EXPECT_EQ(judge(web).outcome, Outcome::inconclusive) << "no proxy there\n" << output_;
    start_proxy({program, "-d", "-c", config});
    EXPECT_EQ(judge(web).outcome, Outcome::fail) << "it is let through\n" << output_;
    filter("drop");
    const CheckResult dropped = judge(web);
    EXPECT_EQ(dropped.outcome, Outcome::pass) << output_;
    EXPECT_THAT(dropped.sentence, HasSubstr("silently dropped"));
    filter("reject with tcp reset");
    // "HTTP 500": the proxy could not connect, and it does not say whose fault that was.
    EXPECT_EQ(judge(web).outcome, Outcome::inconclusive) << output_;
}

}  // namespace
}  // namespace gateproof::test
