// What a proxy does is never the gateway's: neither held against it nor passed.
#include "tests/selfproof/by_proxy.hpp"

#include <gmock/gmock.h>

#include "tests/support/test_proxy.hpp"

namespace gateproof::selfproof {
namespace {

using test::proxy_at;
using test::ProxyBehaviour;
using test::TestProxy;
using testing::HasSubstr;
using testing::Not;
using Fault = ProxyBehaviour::Fault;
using Kind = VantagePoint::Kind;

/// What sends nothing says what it always said.
bool sends_nothing(const std::string& name) {
    return name.ends_with(" port.declared") || name.find(" certificate.") != std::string::npos ||
           name.find(" rotation.") != std::string::npos;
}

const std::vector<std::string> some_suites{"tls", "mtls", "server", "port", "oauth", "m2m", "permission"};

/// Nothing but inconclusive, and the proxy named with what it did.
void expect_nothing_judged(const Verdicts& verdicts, const std::string& words) {
    std::size_t judged = 0;
    for (const auto& [name, said] : verdicts) {
        if (said.outcome == Outcome::skipped || sends_nothing(name)) {
            continue;
        }
        ++judged;
        EXPECT_EQ(said.outcome, Outcome::inconclusive) << name << ": " << said.sentence;
        EXPECT_THAT(said.sentence, HasSubstr(words)) << name;
        EXPECT_THAT(said.remedy, HasSubstr("gateproof doctor")) << name;
        EXPECT_THAT(said.sentence + said.remedy, Not(HasSubstr("hunter2"))) << name;
    }
    EXPECT_GT(judged, 100U);
}

TEST(ByProxy, ARefusalOfTheProxyIsNeverTheGateways) {
    TestProxy forbids({.fault = Fault::refuses, .number = 403});
    expect_nothing_judged(verdicts_by(proxy_at(forbids.port(), Kind::http_connect), some_suites), "with 403");
    TestProxy unknown({.user = "user", .password = "other"});
    expect_nothing_judged(verdicts_by(proxy_at(unknown.port(), Kind::http_connect, "user", "hunter2"), some_suites),
                          "with 407");
    TestProxy refused({.kind = ProxyBehaviour::Kind::socks, .fault = Fault::refuses, .number = 5});
    expect_nothing_judged(verdicts_by(proxy_at(refused.port(), Kind::socks5h), some_suites), "SOCKS5 proxy");
    TestProxy cuts({.fault = Fault::cuts});
    expect_nothing_judged(verdicts_by(proxy_at(cuts.port(), Kind::http_connect), some_suites), "HTTP proxy");
}

/// A proxy that fails now and then takes verdicts away, and makes none.
void expect_only_taken_away(const Verdicts& direct, const Verdicts& by_proxy) {
    std::size_t kept = 0;
    for (const auto& [name, said] : direct) {
        const Said& other = by_proxy.at(name);
        const bool same = other.outcome == said.outcome;
        kept += same && said.outcome == Outcome::pass ? 1U : 0U;
        EXPECT_TRUE(same || other.outcome == Outcome::inconclusive || other.outcome == Outcome::skipped)
            << name << ": " << to_string(said.outcome) << ", by the proxy " << to_string(other.outcome) << ": "
            << other.sentence;
    }
    EXPECT_GT(kept, 0U);
}

TEST(ByProxy, OneThatFailsNowAndThenMakesNoFinding) {
    const Verdicts direct = verdicts_by(nullptr, some_suites);
    TestProxy unavailable({.fault = Fault::refuses, .number = 503, .every = 40});
    expect_only_taken_away(direct, verdicts_by(proxy_at(unavailable.port(), Kind::http_connect), some_suites));
    TestProxy cuts({.kind = ProxyBehaviour::Kind::socks, .fault = Fault::cuts_tunnels, .number = 300, .every = 40});
    expect_only_taken_away(direct, verdicts_by(proxy_at(cuts.port(), Kind::socks5h), some_suites));
}

TEST(ByProxy, FindingsAreFoundThroughOne) {
    TestProxy proxy({.fault = Fault::dribbles, .user = "user", .password = "hunter2"});
    const auto by = proxy_at(proxy.port(), Kind::http_connect, "user", "hunter2");
    const Verdicts broken = verdicts_by(by, {"tls", "mtls"}, {"accepts-tls-1.1", "identity-ignores-case"});
    EXPECT_EQ(broken.at("embedded-cloud tls.refuses-1.1").outcome, Outcome::fail);
    EXPECT_EQ(broken.at("embedded-cloud mtls.cn-exact").outcome, Outcome::fail);
    const std::vector<std::string> asked = proxy.asked();
    EXPECT_GT(asked.size(), 50U);
}

}  // namespace
}  // namespace gateproof::selfproof
