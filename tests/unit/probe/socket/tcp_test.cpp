#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/hello_exchange.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <future>

#include "tests/unit/probe/peer.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;

TcpExchange exchange(Endpoint endpoint, std::string bytes, std::size_t max_bytes = 1000, TcpTimeouts timeouts = {}) {
    boost::asio::io_context loop;
    return run(loop, tcp_exchange(loop.get_executor(), std::move(endpoint), std::move(bytes), max_bytes, timeouts));
}

TEST(Tcp, AnswerAndCloseAreReported) {
    Peer peer([](tcp::socket& socket) {
        boost::asio::write(socket, boost::asio::buffer(std::string("hello")));
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    });
    const TcpExchange got = exchange(peer.endpoint(), "x");
    EXPECT_TRUE(got.connected);
    EXPECT_EQ(got.end, Ending::closed);
    EXPECT_EQ(got.bytes, "hello");
    EXPECT_EQ(got.remote_address, "127.0.0.1:" + std::to_string(peer.endpoint().port));
}

TEST(Tcp, NobodyListening) {
    const TcpExchange got = exchange(dead_endpoint(), "x");
    EXPECT_FALSE(got.connected);
    EXPECT_EQ(got.end, Ending::refused);
    EXPECT_FALSE(got.detail.empty());
}

TEST(Tcp, ResetIsNotClose) {
    Peer peer([](tcp::socket& socket) {
        char byte = 0;
        boost::asio::read(socket, boost::asio::buffer(&byte, 1));
        reset(socket);
    });
    EXPECT_EQ(exchange(peer.endpoint(), "x").end, Ending::reset);
}

TEST(Tcp, SilenceEndsByTheTimeout) {
    Peer peer(drain);
    TcpTimeouts timeouts;
    timeouts.exchange = 80ms;
    const TcpExchange got = exchange(peer.endpoint(), "x", 10, timeouts);
    EXPECT_TRUE(got.connected);
    EXPECT_EQ(got.end, Ending::timeout);
}

TEST(Tcp, NeverMoreThanAskedFor) {
    Peer peer([](tcp::socket& socket) {
        const std::string lots(100000, 'a');
        for (;;) {
            boost::asio::write(socket, boost::asio::buffer(lots));
        }
    });
    const TcpExchange got = exchange(peer.endpoint(), "x", 5000);
    EXPECT_EQ(got.end, Ending::ok);
    EXPECT_EQ(got.bytes.size(), 5000U);
}

TEST(Tcp, APeerThatTakesNothingIsATimeout) {
    std::promise<void> over;
    Peer peer([&](tcp::socket&) { over.get_future().wait(); });
    TcpTimeouts timeouts;
    timeouts.exchange = 80ms;
    EXPECT_EQ(exchange(peer.endpoint(), std::string(32 * 1024 * 1024, 'x'), 10, timeouts).end, Ending::timeout);
    over.set_value();
}

TEST(Tcp, AnUnknownNameIsResolveFailed) {
    Endpoint endpoint;
    endpoint.host = "name.invalid";
    endpoint.port = 1;
    EXPECT_EQ(exchange(endpoint, "x").end, Ending::resolve_failed);
}

TEST(Tcp, CancellationEndsAnExchangeAtOnce) {
    Peer peer(drain);
    boost::asio::io_context loop;
    boost::asio::cancellation_signal cancel;
    TcpTimeouts timeouts;
    timeouts.exchange = 60s;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, tcp_exchange(loop.get_executor(), peer.endpoint(), "x", 10, timeouts),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](std::exception_ptr error, const TcpExchange&) { thrown = error; }));
    boost::asio::steady_timer when(loop, 30ms);
    when.async_wait([&](auto) { cancel.emit(boost::asio::cancellation_type::terminal); });
    const auto begin = std::chrono::steady_clock::now();
    loop.run();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    ASSERT_TRUE(thrown);
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
    }
}

TEST(Tcp, AClientHelloSentToNobodyIsConnectFailed) {
    boost::asio::io_context loop;
    const ServerAnswer answer = run(loop, exchange_client_hello(loop.get_executor(), dead_endpoint(), {1, 2, 3},
                                                                ServerAnswerParser::Until::server_hello, {}));
    EXPECT_EQ(answer.end, Ending::connect_failed);
    EXPECT_FALSE(answer.is_refusal());
}

/// A name may have addresses of which one is served and another is not: which were tried is said.
TEST(Tcp, WhereNobodyListensTheTriedAddressesAreNamed) {
    boost::asio::io_context loop;
    Endpoint endpoint = dead_endpoint();
    endpoint.host = "localhost";
    endpoint.connect_address.clear();
    const std::uint16_t port = endpoint.port;
    const TcpConnected connected = run(loop, tcp_connect(loop.get_executor(), std::move(endpoint), 5s));
    EXPECT_FALSE(connected.socket);
    EXPECT_NE(connected.detail.find("(tried "), std::string::npos) << connected.detail;
    EXPECT_NE(connected.detail.find("127.0.0.1:" + std::to_string(port)), std::string::npos) << connected.detail;
}

TEST(Tcp, AFatalAlertAnswersAClientHello) {
    Peer peer([](tcp::socket& socket) {
        boost::asio::write(socket, boost::asio::buffer(std::string("\x15\x03\x01\x00\x02\x02\x46", 7)));
        drain(socket);
    });
    boost::asio::io_context loop;
    const ServerAnswer answer = run(loop, exchange_client_hello(loop.get_executor(), peer.endpoint(), {1, 2, 3},
                                                                ServerAnswerParser::Until::server_hello, {}));
    EXPECT_EQ(answer.end, Ending::alert);
    ASSERT_TRUE(answer.alert);
    EXPECT_EQ(answer.alert->description, 70);
    EXPECT_TRUE(answer.is_refusal());
}

}  // namespace
}  // namespace gateproof::test
