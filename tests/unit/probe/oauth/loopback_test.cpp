#include "harness/probe/oauth/loopback_redirect.hpp"

#include <gmock/gmock.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <system_error>

namespace gateproof::oauth {
namespace {

TEST(LoopbackUri, KnowsLoopbackInClearAlone) {
    const auto parsed = parse_loopback_uri("http://127.0.0.1:8765/callback");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->port, 8765);
    EXPECT_EQ(parsed->path, "/callback");
    EXPECT_EQ(parse_loopback_uri("http://[::1]/cb")->with_port(81), "http://[::1]:81/cb");
    EXPECT_EQ(parse_loopback_uri("http://localhost/cb")->with_port(81), "http://localhost:81/cb");
    EXPECT_EQ(parse_loopback_uri("http://127.0.0.1")->path, "/");
    for (const char* other :
         {"https://127.0.0.1/cb", "http://127.0.0.2/cb", "http://127.0.0.1.example/cb", "http://127.0.0.1:99999/cb",
          "http://127.0.0.1:/cb", "http://127.0.0.1:80x/cb", "http://127.0.0.1/cb?x", "org.example.app:/cb", ""}) {
        EXPECT_FALSE(parse_loopback_uri(other)) << other;
    }
}

TEST(LoopbackRequest, OnlyAGetHasATarget) {
    EXPECT_EQ(target_of_request("GET /cb?code=1 HTTP/1.1\r\nHost: x\r\n\r\n"), "/cb?code=1");
    for (const char* other : {"POST /cb HTTP/1.1\r\n\r\n", "GET http://x/ HTTP/1.1\r\n\r\n",
                              "GET /a b HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "", "GET ", "GET / HTTP/2\r\n\r\n"}) {
        EXPECT_FALSE(target_of_request(other)) << other;
    }
}

namespace asio = boost::asio;
using asio::ip::tcp;

/// The browser that the authority sends back, and what it was shown.
struct Browser {
    explicit Browser(asio::io_context& io) : socket(io) {}
    tcp::socket socket;
    std::string page;
};

asio::awaitable<void> visit(Browser& browser, std::uint16_t port) {
    const std::string request = "GET /cb?state=mine&code=c HTTP/1.1\r\nHost: localhost\r\n\r\n";
    co_await browser.socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
    const auto bytes = asio::buffer(request);
    co_await asio::async_write(browser.socket, bytes, asio::use_awaitable);
    const auto read = asio::dynamic_buffer(browser.page);
    co_await asio::async_read(browser.socket, read, asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> log_in(LoopbackRedirect& redirect, Browser& browser, bool exchanged) {
    const auto parameters = co_await redirect.wait("mine", std::chrono::seconds(10));
    EXPECT_TRUE(parameters);
    EXPECT_EQ(browser.socket.available(), 0U) << "the code is not exchanged yet, so nobody is logged in";
    co_await redirect.answer(exchanged);
}

TEST(LoopbackRedirects, TheBrowserIsToldHowTheLoginEndedWhenItHasEnded) {
    for (const bool exchanged : {true, false}) {
        asio::io_context io;
        LoopbackRedirect redirect(io.get_executor(), *parse_loopback_uri("http://127.0.0.1/cb"));
        Browser browser(io);
        asio::co_spawn(io, log_in(redirect, browser, exchanged), asio::detached);
        asio::co_spawn(io, visit(browser, redirect.port()), asio::detached);
        io.run();
        EXPECT_THAT(browser.page, testing::HasSubstr(exchanged ? "<h1>Logged in</h1>" : "<h1>Not logged in</h1>"));
    }
}

/// Listens on ::1, on the port or on any; empty: this machine has no ::1.
std::optional<tcp::acceptor> squatter(asio::io_context& io, std::uint16_t port) {
    try {
        tcp::acceptor acceptor(io, tcp::v6());
        acceptor.set_option(asio::ip::v6_only(true));
        acceptor.bind({asio::ip::address_v6::loopback(), port});
        acceptor.listen();
        return acceptor;
    } catch (const boost::system::system_error&) {
        return std::nullopt;
    }
}

TEST(LoopbackRedirects, LocalhostIsBothOfItsAddresses) {
    asio::io_context io;
    std::optional<tcp::acceptor> other = squatter(io, 0);
    if (!other) {
        GTEST_SKIP() << "this machine has no ::1";
    }
    const std::uint16_t taken = other->local_endpoint().port();
    LoopbackUri uri = *parse_loopback_uri("http://localhost/cb");
    uri.port = taken;
    EXPECT_THROW(LoopbackRedirect(io.get_executor(), uri), std::system_error) << "whoever listens there gets the code";
    uri.port = 0;
    const LoopbackRedirect both(io.get_executor(), uri);
    EXPECT_FALSE(squatter(io, both.port())) << "it is taken";
}

}  // namespace
}  // namespace gateproof::oauth
