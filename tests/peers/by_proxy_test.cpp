// All suites at the embedded gateway by proxies in common use: what each check says is what it says without one.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <memory>

#include "tests/selfproof/by_proxy.hpp"
#include "tests/support/files.hpp"
#include "tests/support/listener.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_proxy.hpp"

namespace gateproof::selfproof {
namespace {

using test::find_program;
using test::Process;
using test::proxy_at;
using Kind = VantagePoint::Kind;

/// Without a proxy, once for the whole program.
const Verdicts& direct() {
    static const Verdicts verdicts = verdicts_by(nullptr);
    return verdicts;
}

/// Those alone say something else by a proxy, and all of them why: it resolves the name, or they pass on a connection
/// that is closed without a word. By profile and check.
const std::map<std::string, Outcome>& apart() {
    static const std::map<std::string, Outcome> all = [] {
        std::map<std::string, Outcome> named;
        for (const char* const profile : {"embedded-cloud", "embedded-desktop", "embedded-mock"}) {
            named.emplace(fmt::format("{} port.every-address", profile), Outcome::skipped);
            for (const char* const check :
                 {"port.plaintext-refused", "timeout.silent-connection-cut", "timeout.idle-handshake-cut"}) {
                named.emplace(fmt::format("{} {}", profile, check), Outcome::inconclusive);
            }
        }
        // The cloud lets every address as far as TLS, and says no there.
        for (const char* const profile : {"embedded-desktop", "embedded-mock"}) {
            named.emplace(fmt::format("{} firewall.other-source-blocked[elsewhere]", profile), Outcome::inconclusive);
        }
        return named;
    }();
    return all;
}

std::vector<std::string> names_apart() {
    std::vector<std::string> names;
    for (const auto& [name, outcome] : apart()) {
        names.push_back(name);
    }
    return names;
}

class ByProxyPeer : public testing::Test {
protected:
    void start(std::vector<std::string> command, const std::string& ready) {
        proxy_ = std::make_unique<Process>(std::move(command));
        if (!ready.empty()) {
            ASSERT_TRUE(proxy_->wait_for_output(ready, std::chrono::seconds(20)))
                << proxy_->standard_output() << proxy_->standard_error();
            return;
        }
        for (int tries = 0; tries < 400; ++tries) {
            const std::string port = fmt::format("sport = :{}", reserved_.number());
            if (!test::run({"ss", "-Hltn", port}).out.empty()) {
                return;
            }
            ASSERT_TRUE(proxy_->alive()) << proxy_->standard_error();
        }
        FAIL() << "the proxy does not listen";
    }

    void expect_the_same(Kind kind, const std::string& user = {}, const std::string& password = {}) {
        const Verdicts proxied = verdicts_by(proxy_at(reserved_.number(), kind, user, password));
        EXPECT_EQ(differences(direct(), proxied, names_apart()), "");
        std::size_t met = 0;
        for (const auto& [name, said] : proxied) {
            const auto listed = apart().find(name);
            if (listed != apart().end() && direct().at(name).outcome == Outcome::pass) {
                ++met;
                EXPECT_EQ(said.outcome, listed->second) << name << ": " << said.sentence;
                EXPECT_THAT(said.sentence, testing::HasSubstr("proxy")) << name;
            }
        }
        EXPECT_GE(met, std::size_t{5}) << "each of the checks is met where it passes directly";
    }

    test::TemporaryFolder folder_;
    test::ReservedPort reserved_;
    std::unique_ptr<Process> proxy_;
};

TEST_F(ByProxyPeer, Squid) {
    const std::string program = find_program("squid");
    if (program.empty()) {
        GTEST_SKIP() << "squid is not installed: apt-get install squid";
    }
    const std::string config = folder_.write("squid.conf", fmt::format(R"(
http_port 127.0.0.1:{}
http_access allow all
dns_nameservers 127.0.0.1
cache deny all
cache_mem 8 MB
max_filedescriptors 1024
pid_filename none
access_log none
cache_log /dev/null
netdb_filename none
coredump_dir none
pinger_enable off
shutdown_lifetime 0 seconds
)",
                                                                       reserved_.number()));
    start({program, "-N", "-d", "1", "-f", config}, "Accepting HTTP Socket connections");
    expect_the_same(Kind::http_connect);
}

TEST_F(ByProxyPeer, TinyproxyThatWantsAPassword) {
    const std::string program = find_program("tinyproxy");
    if (program.empty()) {
        GTEST_SKIP() << "tinyproxy is not installed: apt-get install tinyproxy-bin";
    }
    const std::string config = folder_.write("tinyproxy.conf", fmt::format(R"(
Port {}
Listen 127.0.0.1
Timeout 600
MaxClients 500
BasicAuth us open-sesame
LogFile "/dev/null"
)",
                                                                           reserved_.number()));
    start({program, "-d", "-c", config}, "");
    expect_the_same(Kind::http_connect, "us", "open-sesame");
}

TEST_F(ByProxyPeer, MicrosocksThatWantsAPassword) {
    const std::string program = find_program("microsocks");
    if (program.empty()) {
        GTEST_SKIP() << "microsocks is not installed: apt-get install microsocks";
    }
    start({program, "-i", "127.0.0.1", "-p", std::to_string(reserved_.number()), "-u", "us", "-P", "open-sesame"}, "");
    expect_the_same(Kind::socks5h, "us", "open-sesame");
}

}  // namespace
}  // namespace gateproof::selfproof
