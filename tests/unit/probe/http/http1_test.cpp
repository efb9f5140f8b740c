#include "harness/probe/http/http1.hpp"

#include <gtest/gtest.h>

#include "tests/unit/probe/mint.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof {
namespace {

using namespace std::chrono_literals;

boost::asio::awaitable<HttpOutcome> exchange(Http1& http) {
    std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    co_await http.send(std::move(request));
    HttpOutcome outcome = co_await http.receive();
    co_await http.session().shutdown();
    co_return outcome;
}

/// What is read of a server that answers the first request with these bytes and closes.
HttpOutcome answer_of(const std::string& bytes) {
    test::Peer peer([&bytes](boost::asio::ip::tcp::socket& socket) {
        test::ServerTls tls(socket, test::pki().server);
        if (tls.handshake() && !tls.read().empty()) {
            if (!bytes.empty()) {
                tls.write(bytes);
            }
            SSL_shutdown(tls.ssl());
        }
        socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send);
        test::drain(socket);
    });
    boost::asio::io_context loop;
    TlsOptions options;
    options.endpoint = peer.endpoint();
    options.server_name = "localhost";
    options.timeout = 5s;
    TlsConnection connection;
    connection.session = std::make_unique<TlsSession>(loop.get_executor(), options);
    connection.step = test::run(loop, connection.session->connect());
    Http1 http(std::move(connection));
    HttpOutcome outcome = test::run(loop, exchange(http));
    return outcome;
}

TEST(Http1, AWholeAnswer) {
    const HttpOutcome outcome = answer_of("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.end, Ending::ok);
    EXPECT_EQ(outcome.response->status, 403);
    EXPECT_EQ(outcome.response->body, "no");
}

TEST(Http1, InterimAnswersAreNotTheAnswer) {
    const std::string interim =
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n";
    const HttpOutcome outcome = answer_of(interim + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, 200);
    EXPECT_EQ(outcome.response->body, "OK");
    const HttpOutcome alone = answer_of(interim);
    EXPECT_FALSE(alone.response);
    EXPECT_EQ(without_interim(interim + "HTTP/1.1 404 "), "HTTP/1.1 404 ");
    EXPECT_EQ(without_interim("HTTP/1.1 101 Switching\r\n\r\nx"), "HTTP/1.1 101 Switching\r\n\r\nx");
    EXPECT_EQ(without_interim("HTTP/1.1 103 Early"), "HTTP/1.1 103 Early") << "more may come of it";
}

TEST(Http1, ACloseWithoutAnAnswerIsARefusal) {
    const HttpOutcome outcome = answer_of("");
    EXPECT_FALSE(outcome.response);
    EXPECT_EQ(outcome.end, Ending::closed);
    EXPECT_TRUE(outcome.is_refusal());
}

TEST(Http1, ASuccessThatIsBrokenOffIsNoRefusal) {
    const HttpOutcome outcome = answer_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nOK");
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, 200);
    EXPECT_EQ(outcome.end, Ending::closed);
    EXPECT_FALSE(outcome.is_refusal());
    const HttpOutcome in_head = answer_of("HTTP/1.1 200 OK\r\nContent-Le");
    EXPECT_FALSE(in_head.response);
    EXPECT_EQ(in_head.end, Ending::not_http);
    EXPECT_FALSE(in_head.is_refusal());
}

}  // namespace
}  // namespace gateproof
