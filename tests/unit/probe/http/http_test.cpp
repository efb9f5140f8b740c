#include "harness/probe/http/http.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/unit/probe/http/requests.hpp"
#include "tests/unit/probe/mint.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;

std::string read_head(tcp::socket& socket) {
    std::string head;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n");
    return head;
}

/// A server in clear that gives these bytes to any request.
Peer::Script answering(std::string bytes) {
    return [bytes](tcp::socket& socket) {
        read_head(socket);
        boost::asio::write(socket, boost::asio::buffer(bytes));
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    };
}

Peer::Script serving_tls(int version, std::string answer = ok_answer) {
    return [version, answer](tcp::socket& socket) {
        ServerTls tls(socket, pki().server, demand_certificate(pki().ca, version));
        if (tls.handshake()) {
            tls.read();
            tls.write(answer);
            SSL_shutdown(tls.ssl());
        }
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    };
}

TEST(Http, ARequestIsSentAsWrittenAndTheAnswerKept) {
    std::string seen;
    HttpOutcome outcome;
    {
        Peer peer([&](tcp::socket& socket) {
            seen = read_head(socket);
            boost::asio::write(socket, boost::asio::buffer(ok_answer));
            drain(socket);
        });
        HttpRequest request = request_to(peer, false);
        request.endpoint.path_prefix = "/gateway";
        request.path = "/a/../b%2e?q=1#f";
        request.headers = {{"X-Test", "yes"}, {"X-Empty", ""}};
        outcome = send(request);
    }
    EXPECT_TRUE(seen.starts_with("GET /gateway/a/../b%2e?q=1#f HTTP/1.1\r\n")) << seen;
    EXPECT_NE(seen.find("X-Test: yes\r\n"), std::string::npos);
    EXPECT_NE(seen.find("X-Empty:"), std::string::npos);
    EXPECT_NE(seen.find("User-Agent: gateproof/"), std::string::npos);
    EXPECT_NE(seen.find("Host: localhost"), std::string::npos);
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.end, Ending::ok);
    EXPECT_EQ(outcome.response->status, 200);
    EXPECT_EQ(outcome.response->body, "OK");
    ASSERT_NE(outcome.response->header("x-one"), nullptr);
    EXPECT_EQ(*outcome.response->header("x-one"), "1");
    EXPECT_GT(outcome.total.count(), 0);
    EXPECT_TRUE(outcome.remote_address.starts_with("127.0.0.1:"));
    Operation operation;
    operation.expect_body_contains = "OK";
    EXPECT_TRUE(outcome.served(operation));
    operation.expect_status = {204};
    EXPECT_FALSE(outcome.served(operation));
}

TEST(Http, ABodyIsPostedWithoutExpectOrInventedType) {
    std::string seen;
    {
        Peer peer([&](tcp::socket& socket) {
            seen = read_head(socket);
            boost::asio::write(socket, boost::asio::buffer(ok_answer));
            drain(socket);
        });
        HttpRequest request = request_to(peer, false);
        request.method = "POST";
        request.body = std::string(3000, 'b');
        EXPECT_EQ(send(request).summary(), "HTTP 200");
    }
    EXPECT_NE(seen.find("Content-Length: 3000"), std::string::npos);
    EXPECT_EQ(seen.find("Expect"), std::string::npos);
    EXPECT_EQ(seen.find("Content-Type"), std::string::npos);
}

TEST(Http, RedirectsAreNotFollowed) {
    Peer peer(answering("HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\nContent-Length: 0\r\n\r\n"));
    const HttpOutcome outcome = send(request_to(peer, false));
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, 302);
    EXPECT_EQ(peer.connections(), 1);
    EXPECT_FALSE(outcome.is_refusal());
}

TEST(Http, DeathAndSilenceAreNoRefusals) {
    HttpRequest dead;
    dead.endpoint = dead_endpoint();
    const HttpOutcome refused = send(dead);
    EXPECT_EQ(refused.end, Ending::refused);
    EXPECT_FALSE(refused.is_refusal());
    EXPECT_EQ(refused.summary(), "connection refused");
    Peer silent(drain);
    for (const bool tls : {false, true}) {
        HttpRequest request = request_to(silent, tls);
        request.timeout = 80ms;
        const HttpOutcome outcome = send(request);
        EXPECT_EQ(outcome.end, Ending::timeout) << tls;
        EXPECT_FALSE(outcome.is_refusal());
        EXPECT_FALSE(outcome.handshake_done);
    }
    HttpRequest unknown;
    unknown.endpoint.host = "name.invalid";
    unknown.endpoint.port = 1;
    EXPECT_EQ(send(unknown).end, Ending::resolve_failed);
}

TEST(Http, CloseAndResetAreRefusals) {
    for (const bool tls : {false, true}) {
        Peer closes([](tcp::socket& socket) {
            char some[200];
            socket.read_some(boost::asio::buffer(some));
            socket.shutdown(tcp::socket::shutdown_send);
            drain(socket);
        });
        const HttpOutcome closed = send(request_to(closes, tls));
        EXPECT_EQ(closed.end, Ending::closed) << closed.detail;
        EXPECT_TRUE(closed.is_refusal());
        Peer resets([](tcp::socket& socket) {
            char some[10];
            socket.read_some(boost::asio::buffer(some));
            reset(socket);
        });
        const HttpOutcome reset = send(request_to(resets, tls));
        EXPECT_EQ(reset.end, Ending::reset) << reset.detail;
        EXPECT_TRUE(reset.is_refusal());
    }
}

TEST(Http, GarbageIsNeitherServiceNorRefusal) {
    Peer peer(answering("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
    const HttpOutcome outcome = send(request_to(peer, false));
    EXPECT_EQ(outcome.end, Ending::not_http) << outcome.detail;
    EXPECT_FALSE(outcome.is_refusal());
    Peer plain([](tcp::socket& socket) {
        boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 400 Bad Request\r\n\r\n")));
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    });
    const HttpOutcome not_tls = send(request_to(plain, true));
    EXPECT_EQ(not_tls.end, Ending::handshake_failed) << not_tls.detail;
    EXPECT_FALSE(not_tls.is_refusal());
}

TEST(Http, HugeBodiesAndHeadersAreBounded) {
    const std::string body(HttpClient::max_body + 70000, 'x');
    Peer big(answering("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
    const HttpOutcome outcome = send(request_to(big, false));
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.end, Ending::ok) << outcome.detail;
    EXPECT_EQ(outcome.response->body.size(), HttpClient::max_body);
    EXPECT_TRUE(outcome.response->truncated);
    std::string many = "HTTP/1.1 200 OK\r\n";
    while (many.size() < HttpClient::max_headers + 1000) {
        many += "X-Filler: " + std::string(500, 'f') + "\r\n";
    }
    Peer heads(answering(many + "\r\n"));
    EXPECT_EQ(send(request_to(heads, false)).end, Ending::not_http);
    Peer long_line(answering("HTTP/1.1 200 OK\r\nX: " + std::string(200000, 'f') + "\r\n\r\n"));
    EXPECT_EQ(send(request_to(long_line, false)).end, Ending::not_http);
}

TEST(Http, ABrokenOffBodyIsNotService) {
    Peer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
    const HttpOutcome outcome = send(request_to(peer, false));
    EXPECT_EQ(outcome.end, Ending::closed);
    EXPECT_FALSE(outcome.served(Operation{}));
    EXPECT_FALSE(outcome.is_refusal());
    ASSERT_TRUE(outcome.response);
    EXPECT_TRUE(outcome.response->truncated);
}

TEST(Http, ATrickleEndsByTheTimeout) {
    Peer peer([](tcp::socket& socket) {
        read_head(socket);
        boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 200 OK\r\nX: ")));
        boost::asio::steady_timer pause(socket.get_executor());
        for (;;) {
            boost::asio::write(socket, boost::asio::buffer("y", 1));
            pause.expires_after(5ms);
            pause.wait();
        }
    });
    HttpRequest request = request_to(peer, false);
    request.timeout = 100ms;
    EXPECT_EQ(send(request).end, Ending::timeout);
}

class HttpMutualTls : public testing::TestWithParam<int> {};

TEST_P(HttpMutualTls, TheIdentityIsServed) {
    Peer peer(serving_tls(GetParam()));
    HttpRequest request = request_to(peer, true);
    request.identity = identity_of(pki().client);
    const HttpOutcome outcome = send(request);
    ASSERT_TRUE(outcome.response) << outcome.detail;
    EXPECT_EQ(outcome.response->status, 200);
    EXPECT_TRUE(outcome.handshake_done);
    EXPECT_EQ(outcome.tls_version, static_cast<TlsVersion>(GetParam()));
    EXPECT_TRUE(outcome.cipher_suite.starts_with("TLS_")) << outcome.cipher_suite;
    EXPECT_FALSE(outcome.alert);
}

TEST_P(HttpMutualTls, WithoutItTheAlertIsSeen) {
    Peer peer(serving_tls(GetParam()));
    const HttpOutcome outcome = send(request_to(peer, true));
    EXPECT_FALSE(outcome.response);
    ASSERT_TRUE(outcome.alert) << outcome.detail;
    const bool tls13 = GetParam() == TLS1_3_VERSION;
    EXPECT_EQ(outcome.alert->description, tls13 ? 116 : 40);
    EXPECT_EQ(outcome.handshake_done, tls13);
    EXPECT_EQ(outcome.end, Ending::alert);
    EXPECT_TRUE(outcome.is_refusal());
}

INSTANTIATE_TEST_SUITE_P(Versions, HttpMutualTls, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

/// What the kernel tells of a connection. linux/tcp.h has all of it, but clashes with netinet/tcp.h, which has the
/// beginning.
struct TcpInfo {
    tcp_info beginning;
    std::uint64_t rates_and_bytes[4];
    std::uint32_t segments_out;
    std::uint32_t segments_in;
    std::uint32_t not_sent;
    std::uint32_t shortest_round_trip;
    std::uint32_t data_segments_in;
};

/// In how many segments everything came that the client sent.
std::uint32_t segments_received(tcp::socket& socket) {
    TcpInfo info{};
    socklen_t size = sizeof info;
    EXPECT_EQ(::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info.data_segments_in;
}

TEST(Http, ARequestCanLeaveWithTheFinished) {
    std::atomic<std::uint32_t> segments{0};
    const Peer peer([&segments](tcp::socket& socket) {
        ServerTls tls(socket, pki().server);
        if (tls.handshake() && !tls.read().empty()) {
            segments = segments_received(socket);
            tls.write(ok_answer);
        }
    });
    // Behind the ClientHello. The system may join two writes by itself while the machine is busy, but never parts one.
    constexpr int tries = 20;
    for (const bool with_finished : {false, true}) {
        std::uint32_t most = 0;
        for (int i = 0; i < tries && most < 3; ++i) {
            HttpRequest request = request_to(peer, true);
            request.with_finished = with_finished;
            ASSERT_EQ(send(std::move(request)).summary(), "HTTP 200");
            most = std::max(most, segments.load());
        }
        EXPECT_EQ(most, with_finished ? 2U : 3U);
    }
}

TEST(Http, OldVersionsCanBeAskedFor) {
    Peer peer(serving_tls(TLS1_VERSION));
    HttpRequest request = request_to(peer, true);
    request.identity = identity_of(pki().client);
    request.min_version = TlsVersion::tls_1_0;
    const HttpOutcome outcome = send(request);
    ASSERT_TRUE(outcome.response) << outcome.detail;
    EXPECT_EQ(outcome.tls_version, TlsVersion::tls_1_0);
}

TEST(Http, EveryRequestHasAConnectionAndASessionOfItsOwn) {
    std::atomic<int> resumed{0};
    Peer peer([&](tcp::socket& socket) {
        ServerTls tls(socket, pki().server);
        if (tls.handshake()) {
            resumed += SSL_session_reused(tls.ssl());
            tls.read();
            tls.write(ok_answer);
            SSL_shutdown(tls.ssl());
        }
        drain(socket);
    });
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(run(loop, client.send(request_to(peer, true))).summary(), "HTTP 200");
    }
    EXPECT_EQ(peer.connections(), 3);
    EXPECT_EQ(resumed, 0);
}

HttpRequest kept_request_to(const Peer& peer, bool tls, std::string method = "GET") {
    HttpRequest request = request_to(peer, tls);
    request.keep_connection = true;
    request.method = std::move(method);
    return request;
}

TEST(Http, AKeptConnectionServesTheNextRequestAndIsKnown) {
    Peer peer([](tcp::socket& socket) {
        ServerTls tls(socket, pki().server, demand_certificate(pki().ca, TLS1_3_VERSION));
        if (tls.handshake()) {
            while (!tls.read().empty()) {
                tls.write(ok_answer);
            }
        }
    });
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    const auto identity = identity_of(pki().client);
    for (const std::string method : {"GET", "GET", "POST"}) {
        HttpRequest request = kept_request_to(peer, true, method);
        request.identity = identity;
        const bool first = peer.connections() == 0;
        const HttpOutcome outcome = run(loop, client.send(std::move(request)));
        EXPECT_EQ(outcome.summary(), "HTTP 200") << outcome.detail;
        EXPECT_EQ(outcome.over_kept_connection, !first);
        EXPECT_EQ(outcome.tls_version, TlsVersion::tls_1_3) << "also where another request made the connection";
    }
    EXPECT_EQ(peer.connections(), 1);
}

/// Answers one request on each connection, which then stays open and silent.
struct Deaf {
    std::vector<std::shared_ptr<tcp::socket>> held = {};
    Peer peer{[this](tcp::socket& socket) {
        const auto kept = std::make_shared<tcp::socket>(std::move(socket));
        held.push_back(kept);
        read_head(*kept);
        boost::asio::write(*kept, boost::asio::buffer(ok_answer));
    }};
    // The sockets belong to the peer's loop and go before it, when its thread has met its last client.
    ~Deaf() { held.clear(); }
};

TEST(Http, IdentitiesShareNoConnection) {
    Deaf deaf;
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    for (int i = 0; i < 3; ++i) {
        HttpRequest request = kept_request_to(deaf.peer, false);
        request.identity = i == 2 ? nullptr : identity_of(pki().client);
        EXPECT_EQ(run(loop, client.send(std::move(request))).summary(), "HTTP 200");
    }
    EXPECT_EQ(deaf.peer.connections(), 3);
}

TEST(Http, AServerThatClosesWithoutAWordIsAskedAgain) {
    Peer peer([](tcp::socket& socket) {
        read_head(socket);
        boost::asio::write(socket, boost::asio::buffer(ok_answer));
    });
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    for (const std::string method : {"GET", "GET", "POST", "GET", "POST"}) {
        const HttpOutcome outcome = run(loop, client.send(kept_request_to(peer, false, method)));
        EXPECT_EQ(outcome.summary(), "HTTP 200") << method << ": " << outcome.detail;
        EXPECT_FALSE(outcome.over_kept_connection);
    }
    EXPECT_GE(peer.connections(), 5);
}

TEST(Http, CancellationEndsARequestAndTheClientStaysUsable) {
    Peer peer(drain);
    Peer good(answering(ok_answer));
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    for (const bool tls : {false, true}) {
        boost::asio::cancellation_signal cancel;
        HttpRequest request = request_to(peer, tls);
        request.timeout = 60s;
        request.connect_timeout = 60s;
        std::exception_ptr thrown;
        boost::asio::co_spawn(
            loop, client.send(request),
            boost::asio::bind_cancellation_slot(cancel.slot(),
                                                [&](std::exception_ptr error, const HttpOutcome&) { thrown = error; }));
        boost::asio::steady_timer when(loop, 30ms);
        when.async_wait([&](auto) { cancel.emit(boost::asio::cancellation_type::terminal); });
        const auto begin = std::chrono::steady_clock::now();
        loop.restart();
        loop.run();
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
        EXPECT_TRUE(thrown);
        EXPECT_EQ(run(loop, client.send(request_to(good, false))).summary(), "HTTP 200");
    }
}

TEST(Http, ADroppedLoopDropsItsRequests) {
    Peer peer(drain);
    auto loop = std::make_unique<boost::asio::io_context>();
    auto client = std::make_unique<HttpClient>(loop->get_executor());
    HttpRequest request = request_to(peer, true);
    boost::asio::co_spawn(*loop, client->send(request), boost::asio::detached);
    loop->run_for(30ms);
    client.reset();
    loop.reset();  // must neither crash nor leak; the sanitizer builds tell
    EXPECT_EQ(peer.connections(), 1);
}

}  // namespace
}  // namespace gateproof::test
