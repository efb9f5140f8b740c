#include <gtest/gtest.h>

#include "suites/client/reach/judge.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites {
namespace {

using test::attempt;
using test::Came;

TEST(ClientReachJudgement, ServerName) {
    const Attempt came = attempt({Came().ended(Ending::closed), Came().hello()});
    EXPECT_EQ(judge_server_name(came, "localhost").outcome(), Outcome::pass);
    EXPECT_EQ(judge_server_name(came, "gateway.example").outcome(), Outcome::fail);
    stage::Visit nameless = Came().hello();
    nameless.hello->hello = ClientHello::offering(TlsVersion::tls_1_3, "", TlsVersion::tls_1_2);
    EXPECT_EQ(judge_server_name(attempt({nameless}), "gateway.example").outcome(), Outcome::fail);
    EXPECT_EQ(judge_server_name(attempt({nameless}), "localhost").outcome(), Outcome::skipped)
        << "Java sends no name without a dot";
    EXPECT_EQ(judge_server_name(attempt({Came().ended(Ending::closed)}), "localhost").outcome(), Outcome::inconclusive);
}

TEST(ClientReachJudgement, HostField) {
    const auto host = [](std::string value) {
        return judge_host_field(attempt({Came().hello().request(200).field("Host", std::move(value))}),
                                "gateway.example")
            .outcome();
    };
    EXPECT_EQ(host("gateway.example:4046"), Outcome::pass);
    for (const char* const wrong : {"gateway.example", "gateway.example:", "gateway.example.com:4046", "127.0.0.1:4046",
                                    "gateway.example:4046x"}) {
        EXPECT_EQ(host(wrong), Outcome::fail) << wrong;
    }
    EXPECT_EQ(judge_host_field(attempt({Came().hello().request(200)}), "gateway.example").outcome(), Outcome::fail);
    EXPECT_EQ(judge_host_field(attempt({Came().hello()}), "gateway.example").outcome(), Outcome::inconclusive);
}

constexpr const char* declared = "gateway.example:4046";

stage::Visit by_tunnel(const char* tunnel, Came came = Came().hello().finished().request(200)) {
    stage::Visit visit = came;
    visit.tunnel = tunnel;
    return visit;
}

TEST(ClientReachJudgement, HostFieldAtTheUsualPort) {
    const auto host = [](const char* tunnel) {
        const Came came = Came().hello().request(200).field("Host", "gateway.example");
        return judge_host_field(attempt({by_tunnel(tunnel, came)}), "gateway.example").outcome();
    };
    EXPECT_EQ(host("gateway.example:443"), Outcome::pass);
    EXPECT_EQ(host("gateway.example:4443"), Outcome::fail);
    EXPECT_EQ(host(declared), Outcome::fail);
}

TEST(ClientReachJudgement, DeclaredPortIsWhatTheProxyIsAskedFor) {
    const auto judged = [](std::vector<stage::Visit> visits, Claim::Kind claim = Claim::Kind::success) {
        return judge_declared_port(attempt(std::move(visits), claim), declared).outcome();
    };
    EXPECT_EQ(judged({by_tunnel(declared)}), Outcome::pass);
    EXPECT_EQ(judged({by_tunnel("Gateway.example:4046")}), Outcome::pass);
    EXPECT_EQ(judged({by_tunnel("gateway.example:443")}), Outcome::fail);
    EXPECT_EQ(judged({by_tunnel(declared), by_tunnel("gateway.example:443")}), Outcome::fail) << "the second as well";
    EXPECT_EQ(judged({}), Outcome::inconclusive) << "who asked for nothing shows nothing";
    EXPECT_EQ(judged({}, Claim::Kind::unsupported), Outcome::skipped);
    Attempt elsewhere = attempt({});
    elsewhere.strays = {by_tunnel("other.example:4046")};
    EXPECT_EQ(judge_declared_port(elsewhere, declared).outcome(), Outcome::fail) << "it called another host";
    Attempt beside = attempt({by_tunnel(declared)}, Claim::Kind::success);
    beside.strays = {by_tunnel("telemetry.example:443")};
    EXPECT_EQ(judge_declared_port(beside, declared).outcome(), Outcome::pass) << "another host beside it is no port";
}

TEST(ClientReachJudgement, NextAddress) {
    const auto judged = [](std::vector<stage::Visit> visits, Claim::Kind claim) {
        return judge_next_address(attempt(std::move(visits), claim), "127.0.0.1").outcome();
    };
    EXPECT_EQ(judged({Came().hello().finished().request(200)}, Claim::Kind::success), Outcome::pass);
    EXPECT_EQ(judged({}, Claim::Kind::failure), Outcome::warning);
    EXPECT_EQ(judged({Came().hello().finished().request(500)}, Claim::Kind::failure), Outcome::inconclusive);
    EXPECT_EQ(judged({}, Claim::Kind::success), Outcome::inconclusive);
    EXPECT_EQ(judged({}, Claim::Kind::unsupported), Outcome::skipped);
    EXPECT_EQ(judged({}, Claim::Kind::crashed), Outcome::fail);
}

TEST(ClientReachJudgement, NoOtherPortBesideOneThatIsRefused) {
    const stage::Visit refused = by_tunnel(declared, Came().ended(Ending::closed, true));
    const auto judged = [](std::vector<stage::Visit> visits, Claim::Kind claim = Claim::Kind::failure) {
        return judge_no_other_port(attempt(std::move(visits), claim), declared).outcome();
    };
    EXPECT_EQ(judged({refused}), Outcome::pass);
    EXPECT_EQ(judged({refused, refused}), Outcome::pass) << "a bounded retry";
    EXPECT_EQ(judged({refused, by_tunnel("gateway.example:443")}), Outcome::fail);
    EXPECT_EQ(judged({refused, by_tunnel("gateway.example:443")}, Claim::Kind::success), Outcome::fail);
    EXPECT_EQ(judged({by_tunnel("gateway.example:443")}), Outcome::inconclusive) << "it never called the declared one";
    EXPECT_EQ(judged({refused}, Claim::Kind::success), Outcome::inconclusive) << "whom did it call?";
    EXPECT_EQ(judged({}), Outcome::inconclusive);
    Attempt clear = attempt({refused});
    clear.strays = {Came().ended(Ending::closed)};
    clear.strays.back().in_clear = true;
    EXPECT_EQ(judge_no_other_port(clear, declared).outcome(), Outcome::fail);
}

}  // namespace
}  // namespace gateproof::suites
