// Tunnels through proxies: what is said to them byte by byte, and what becomes of what they say.
#include "harness/probe/socket/proxy.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "tests/support/test_proxy.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Fault = ProxyBehaviour::Fault;
using Kind = VantagePoint::Kind;
using State = ProxyHandshake::State;

Endpoint target(Kind kind, const std::string& host = "gw.example", const std::string& user = {},
                const std::string& password = {}) {
    Endpoint endpoint;
    endpoint.host = host;
    endpoint.port = 4046;
    endpoint.proxy = proxy_at(3128, kind, user, password);
    return endpoint;
}

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    std::ranges::for_each(values, [&text](int value) { text += static_cast<char>(value); });
    return text;
}

/// Hands over what it wants and no more, as sockets do; what is left is the endpoint's.
std::string feed_all(ProxyHandshake& handshake, std::string_view all, std::size_t most = 1000) {
    while (handshake.state() == State::asking && !all.empty()) {
        const std::size_t count = std::min({handshake.wants(), most, all.size()});
        handshake.feed(all.substr(0, count));
        all.remove_prefix(count);
    }
    return std::string(all);
}

TEST(ProxyHandshake, ConnectNamesTheEndpointAndTheUser) {
    EXPECT_EQ(ProxyHandshake(target(Kind::http_connect)).take_output(),
              "CONNECT gw.example:4046 HTTP/1.1\r\nHost: gw.example:4046\r\n\r\n");
    EXPECT_EQ(ProxyHandshake(target(Kind::http_connect, "2001:db8::7")).take_output(),
              "CONNECT [2001:db8::7]:4046 HTTP/1.1\r\nHost: [2001:db8::7]:4046\r\n\r\n");
    EXPECT_THAT(ProxyHandshake(target(Kind::http_connect, "gw.example", "user", "pass")).take_output(),
                EndsWith("\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n"));
    Endpoint elsewhere = target(Kind::http_connect);
    elsewhere.connect_address = "192.0.2.7";
    EXPECT_THAT(ProxyHandshake(elsewhere).take_output(), HasSubstr("CONNECT 192.0.2.7:4046 "));
}

TEST(ProxyHandshake, NothingBehindTheHeadIsTakenHoweverItComes) {
    const std::string long_head =
        "HTTP/1.1 200 Yes\r\nX: " + std::string(ProxyHandshake::max_head / 2, 'x') + "\r\n\r\n";
    for (const std::string& head :
         {std::string("HTTP/1.1 200 Connection established\r\n\r\n"), std::string("HTTP/1.0 200 OK\n\n"),
          std::string("HTTP/1.1 200\r\nVia: a\n\r\n"), std::string("HTTP/1.1 299 Odd\r\n\r\n"),
          std::string("HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), long_head}) {
        for (const std::size_t most : {1U, 2U, 1000U}) {
            ProxyHandshake handshake(target(Kind::http_connect));
            EXPECT_EQ(feed_all(handshake, head + "\n\nSSH-2.0", most), "\n\nSSH-2.0") << head.substr(0, 60);
            EXPECT_EQ(handshake.state(), State::open) << handshake.problem();
        }
    }
}

TEST(ProxyHandshake, ARefusalOfConnectIsNamed) {
    const std::map<std::string, std::string> said{{"403", "lets nobody through"}, {"407", "a user and a password"},
                                                  {"502", "got no connection"},   {"503", "got no connection"},
                                                  {"504", "heard nothing"},       {"302", "opens no tunnel"},
                                                  {"101", "opens no tunnel"}};
    for (const auto& [status, words] : said) {
        ProxyHandshake handshake(target(Kind::http_connect));
        feed_all(handshake, "HTTP/1.1 " + status + " What they say\r\nContent-Length: 3\r\n\r\n");
        EXPECT_EQ(handshake.state(), State::failed);
        EXPECT_THAT(handshake.problem(),
                    HasSubstr("HTTP proxy 127.0.0.1:3128 answered CONNECT gw.example:4046 with " + status + ": "));
        EXPECT_THAT(handshake.problem(), HasSubstr(words));
        EXPECT_THAT(handshake.problem(), Not(HasSubstr("What they say")));
    }
}

TEST(ProxyHandshake, WhatIsNoHttpEndsItAtOnce) {
    for (const std::string& said :
         {bytes({0x15, 3, 1, 0, 2}), std::string("SSH-2.0\r\n"), std::string("HTTP/2 200\r\n\r\n"),
          std::string("HTTP/1.1 abc\r\n\r\n"), std::string("HTTP/1.1\r\n\r\n")}) {
        ProxyHandshake handshake(target(Kind::http_connect));
        feed_all(handshake, said);
        EXPECT_EQ(handshake.state(), State::failed) << said;
        EXPECT_THAT(handshake.problem(), HasSubstr("no HTTP"));
    }
    ProxyHandshake endless(target(Kind::http_connect));
    feed_all(endless, "HTTP/1.1 200 OK\r\nX: " + std::string(2 * ProxyHandshake::max_head, 'x'));
    EXPECT_EQ(endless.state(), State::failed);
    EXPECT_THAT(endless.problem(), HasSubstr("a head that does not end"));
}

TEST(ProxyHandshake, SocksTakesNamesAndAddresses) {
    const std::map<std::string, std::string> said{
        {"gw.example", bytes({5, 1, 0, 3, 10}) + "gw.example" + bytes({0x0f, 0xce})},
        {"192.0.2.7", bytes({5, 1, 0, 1, 192, 0, 2, 7, 0x0f, 0xce})},
        {"2001:db8::7", bytes({5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0x0f, 0xce})}};
    for (const auto& [host, request] : said) {
        ProxyHandshake handshake(target(Kind::socks5h, host));
        EXPECT_EQ(handshake.take_output(), bytes({5, 1, 0}));
        EXPECT_EQ(feed_all(handshake, bytes({5, 0})), "");
        EXPECT_EQ(handshake.take_output(), request);
    }
}

TEST(ProxyHandshake, SocksEndsWithItsAnswerWhateverAddressThatNames) {
    for (const std::string& address :
         {bytes({1, 127, 0, 0, 1, 4, 5}), bytes({4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 5}),
          bytes({3, 4, 'n', 'a', 'm', 'e', 4, 5}), bytes({3, 0, 4, 5})}) {
        for (const std::size_t most : {1U, 1000U}) {
            ProxyHandshake handshake(target(Kind::socks5h));
            const std::string answer = bytes({5, 0, 5, 0, 0}) + address + "behind";
            EXPECT_EQ(feed_all(handshake, answer, most), "behind");
            EXPECT_EQ(handshake.state(), State::open) << handshake.problem();
        }
    }
}

TEST(ProxyHandshake, SocksLogsInWhereItIsAsked) {
    ProxyHandshake handshake(target(Kind::socks5h, "gw.example", "user", "pass"));
    EXPECT_EQ(handshake.take_output(), bytes({5, 2, 0, 2}));
    feed_all(handshake, bytes({5, 2}));
    EXPECT_EQ(handshake.take_output(), bytes({1, 4}) + "user" + bytes({4}) + "pass");
    ProxyHandshake refused = handshake;
    feed_all(handshake, bytes({1, 0}));
    EXPECT_THAT(handshake.take_output(), HasSubstr("gw.example"));
    feed_all(refused, bytes({1, 1}));
    EXPECT_EQ(refused.state(), State::failed);
    EXPECT_THAT(refused.problem(), HasSubstr("does not know the user and the password"));
    EXPECT_THAT(refused.problem(), Not(HasSubstr("pass\"")));
    for (const int method : {0xff, 2, 1}) {
        ProxyHandshake nobody(target(Kind::socks5h));
        feed_all(nobody, bytes({5, method}));
        EXPECT_EQ(nobody.state(), State::failed);
        EXPECT_THAT(nobody.problem(), HasSubstr("wants a user and a password"));
    }
}

TEST(ProxyHandshake, RepliesOfSocksAreNamed) {
    const std::map<int, std::string> said{{1, "general failure"},       {2, "not allowed"}, {3, "network unreachable"},
                                          {4, "host unreachable"},      {5, "refused"},     {6, "TTL"},
                                          {7, "command not supported"}, {8, "address"},     {9, "does not know"},
                                          {255, "does not know"}};
    for (const auto& [reply, words] : said) {
        ProxyHandshake handshake(target(Kind::socks5h));
        feed_all(handshake, bytes({5, 0, 5, reply}));
        EXPECT_EQ(handshake.state(), State::failed);
        EXPECT_THAT(handshake.problem(),
                    HasSubstr("SOCKS5 proxy 127.0.0.1:3128 got no connection to gw.example:4046: reply " +
                              std::to_string(reply)));
        EXPECT_THAT(handshake.problem(), HasSubstr(words));
    }
    for (const std::string& other :
         {bytes({4, 0}), std::string("HTTP/1.1"), bytes({5, 0, 4, 0}), bytes({5, 0, 5, 0, 0, 2, 0})}) {
        ProxyHandshake handshake(target(Kind::socks5h));
        feed_all(handshake, other);
        EXPECT_EQ(handshake.state(), State::failed);
        EXPECT_THAT(handshake.problem(), HasSubstr("does not speak SOCKS5"));
    }
}

/// Says hello and hears the same.
void echo(tcp::socket& socket) {
    char buffer[64];
    const std::size_t got = socket.read_some(boost::asio::buffer(buffer));
    boost::asio::write(socket, boost::asio::buffer(buffer, got));
}

Endpoint by(const TestProxy& proxy, Kind kind, Endpoint endpoint, const std::string& user = {},
            const std::string& password = {}) {
    endpoint.proxy = proxy_at(proxy.port(), kind, user, password);
    return endpoint;
}

constexpr TcpTimeouts brief{.connect = 300ms, .exchange = 5000ms};

TEST(ByProxy, AnExchangeGoesThroughATunnel) {
    Peer peer(echo);
    for (const Kind kind : {Kind::http_connect, Kind::socks5h}) {
        for (const Fault fault : {Fault::none, Fault::dribbles}) {
            const auto spoken = kind == Kind::socks5h ? ProxyBehaviour::Kind::socks : ProxyBehaviour::Kind::connect;
            TestProxy proxy({.kind = spoken, .fault = fault, .user = "user", .password = "secret"});
            Endpoint endpoint = by(proxy, kind, peer.endpoint(), "user", "secret");
            endpoint.connect_address.clear();
            boost::asio::io_context loop;
            const TcpExchange exchange = run(loop, tcp_exchange(loop.get_executor(), endpoint, "hello", 5, {}));
            EXPECT_EQ(exchange.bytes, "hello") << exchange.detail;
            EXPECT_THAT(exchange.remote_address, HasSubstr(" by "));
            EXPECT_THAT(proxy.asked(), ElementsAre(endpoint.authority()));
        }
    }
}

TEST(ByProxy, WhatTheProxyDoesIsNeverTheEndpoints) {
    Peer peer(echo);
    struct Case {
        ProxyBehaviour behaviour;
        std::string words;
    };
    const std::vector<Case> cases{
        {{.fault = Fault::refuses, .number = 403}, "with 403"},
        {{.fault = Fault::refuses, .number = 503}, "with 503"},
        {{.fault = Fault::cuts}, "ended the connection before it had opened the tunnel"},
        {{.fault = Fault::silent}, "opened no tunnel to"},
        {{.user = "user", .password = "other"}, "with 407"},
        {{.kind = ProxyBehaviour::Kind::socks, .fault = Fault::refuses, .number = 5}, "reply 5"},
        {{.kind = ProxyBehaviour::Kind::socks, .fault = Fault::cuts}, "ended the connection"},
        {{.kind = ProxyBehaviour::Kind::socks, .user = "user", .password = "other"}, "does not know the user"},
    };
    for (const Case& one : cases) {
        TestProxy proxy(one.behaviour);
        const Kind kind = one.behaviour.kind == ProxyBehaviour::Kind::socks ? Kind::socks5h : Kind::http_connect;
        const Endpoint endpoint = by(proxy, kind, peer.endpoint(), "user", "hunter2");
        boost::asio::io_context loop;
        const TcpExchange exchange = run(loop, tcp_exchange(loop.get_executor(), endpoint, "hello", 5, brief));
        EXPECT_FALSE(exchange.connected);
        EXPECT_EQ(exchange.end, Ending::proxy_failed) << exchange.detail;
        EXPECT_THAT(exchange.detail, HasSubstr(one.words));
        EXPECT_THAT(exchange.detail, Not(HasSubstr("hunter2")));
        EXPECT_FALSE(is_refusal(exchange.end) || is_silence(exchange.end));

        HttpClient client(loop.get_executor());
        HttpRequest request;
        request.endpoint = endpoint;
        request.tls = false;
        request.connect_timeout = brief.connect;
        const HttpOutcome outcome = run(loop, client.send(request));
        EXPECT_EQ(outcome.end, Ending::proxy_failed) << one.words << ": " << outcome.summary();
        EXPECT_FALSE(outcome.response);
        EXPECT_THAT(outcome.summary(), HasSubstr("proxy 127.0.0.1:"));
        EXPECT_THAT(outcome.summary(), Not(HasSubstr("hunter2")));
    }
    EXPECT_EQ(peer.connections(), 0);
}

TEST(ByProxy, NobodyAtTheEndpointIsNoRefusalOfTheEndpoints) {
    for (const auto spoken : {ProxyBehaviour::Kind::connect, ProxyBehaviour::Kind::socks}) {
        TestProxy proxy({.kind = spoken});
        const Kind kind = spoken == ProxyBehaviour::Kind::socks ? Kind::socks5h : Kind::http_connect;
        boost::asio::io_context loop;
        const Endpoint endpoint = by(proxy, kind, dead_endpoint());
        EXPECT_EQ(run(loop, tcp_exchange(loop.get_executor(), endpoint, "x", 1, {})).end, Ending::proxy_failed);
    }
}

TEST(ByProxy, AProxyThatIsNotThereIsNamed) {
    Endpoint endpoint = target(Kind::http_connect, "127.0.0.1");
    endpoint.proxy = proxy_at(dead_endpoint().port, Kind::http_connect);
    boost::asio::io_context loop;
    const TcpExchange exchange = run(loop, tcp_exchange(loop.get_executor(), endpoint, "x", 1, {}));
    EXPECT_EQ(exchange.end, Ending::proxy_failed);
    EXPECT_THAT(exchange.detail, HasSubstr("no connection to the HTTP proxy 127.0.0.1:"));
    HttpClient client(loop.get_executor());
    HttpRequest request;
    request.endpoint = endpoint;
    EXPECT_EQ(run(loop, client.send(request)).end, Ending::proxy_failed);
}

/// Variables of the environment for as long as it lives.
class Environment {
public:
    explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {
        for (const auto& [name, value] : variables_) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
    }
    ~Environment() {
        for (const auto& [name, value] : variables_) {
            ::unsetenv(name.c_str());
        }
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    std::map<std::string, std::string> variables_;
};

/// One answer of HTTP in clear.
void answer(tcp::socket& socket) {
    std::string request;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n");
    boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")));
}

TEST(ByProxy, TheEnvironmentLeadsNowhereAndKeepsNobodyAway) {
    const std::string dead = "http://127.0.0.1:" + std::to_string(dead_endpoint().port);
    const Environment set({{"http_proxy", dead},
                           {"https_proxy", dead},
                           {"HTTPS_PROXY", dead},
                           {"ALL_PROXY", dead},
                           {"all_proxy", dead},
                           {"NO_PROXY", "*"},
                           {"no_proxy", "*"}});
    Peer peer(answer);
    TestProxy proxy({});
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    HttpRequest request;
    request.endpoint = peer.endpoint();
    request.tls = false;
    {
        ::unsetenv("NO_PROXY");
        ::unsetenv("no_proxy");
        EXPECT_EQ(run(loop, client.send(request)).summary(), "HTTP 200");
        ::setenv("NO_PROXY", "*", 1);
        ::setenv("no_proxy", "*", 1);
    }
    EXPECT_THAT(proxy.asked(), IsEmpty());
    request.endpoint = by(proxy, Kind::http_connect, peer.endpoint());
    EXPECT_EQ(run(loop, client.send(request)).summary(), "HTTP 200");
    EXPECT_THAT(proxy.asked(), ElementsAre("127.0.0.1:" + std::to_string(peer.endpoint().port)));
}

}  // namespace
}  // namespace gateproof::test
