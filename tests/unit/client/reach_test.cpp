// Each fault of the way to the gateway, seen on the wire.
#include <gtest/gtest.h>

#include "client/http/url.hpp"
#include "tests/support/listener.hpp"
#include "tests/unit/client/server.hpp"

namespace gateproof::client::test {
namespace {

TEST(Reach, NamesTheServerInTheHelloAndInTheHostField) {
    Server server{Scene()};
    const std::string host = "Host: localhost:" + std::to_string(server.port()) + "\r\n";
    EXPECT_EQ(read_once(server).outcome, Outcome::success);
    EXPECT_EQ(server.visits().back().server_name, "localhost");
    EXPECT_NE(server.requests().back().find(host), std::string::npos) << server.requests().back();
    read_once(server, {"no-server-name"});
    EXPECT_EQ(server.visits().back().server_name, "");
    EXPECT_EQ(server.requests().size(), 2U);
    read_once(server, {"server-name-of-another"});
    EXPECT_EQ(server.visits().back().server_name, "other.localhost");
    read_once(server, {"host-without-port"});
    EXPECT_NE(server.requests().back().find("Host: localhost\r\n"), std::string::npos) << server.requests().back();
    EXPECT_EQ(server.visits().size(), 4U);
}

TEST(Reach, TriesTheNextAddress) {
    // 127.0.0.2 has nobody at this port: the server listens on 127.0.0.1 alone.
    Server server{Scene()};
    Options options = server.options();
    options.addresses = {"127.0.0.2", "127.0.0.1"};
    EXPECT_EQ(read_once(options).outcome, Outcome::success);
    options.faults = {"first-address-only"};
    EXPECT_EQ(read_once(options).outcome, Outcome::failure);
    EXPECT_EQ(server.visits().size(), 1U);
}

/// Every first four bytes that come to a place that resets all connections.
std::vector<std::string> first_bytes_at_a_resetting_place(const std::vector<std::string>& faults) {
    std::vector<std::string> seen;
    Scene scene;
    scene.raw = [&seen](tcp::socket& socket) {
        std::string bytes(2048, '\0');
        bytes.resize(socket.read_some(boost::asio::buffer(bytes)));
        seen.push_back(bytes.substr(0, 4));
        gateproof::test::reset(socket);
    };
    Server server(std::move(scene));
    EXPECT_EQ(read_once(server, faults).outcome, Outcome::failure);
    return seen;
}

TEST(Reach, SendsNothingInClearWhereTlsFails) {
    const std::vector<std::string> right = first_bytes_at_a_resetting_place({});
    ASSERT_EQ(right.size(), 1U);
    EXPECT_EQ(right.front().substr(0, 2), "\x16\x03");
    const std::vector<std::string> wrong = first_bytes_at_a_resetting_place({"falls-back-to-http"});
    ASSERT_EQ(wrong.size(), 2U);
    EXPECT_EQ(wrong.back(), "GET ");
}

/// A proxy that notes where tunnels are to go, and refuses them.
std::vector<std::string> tunnels_asked_for(const std::vector<std::string>& faults) {
    std::vector<std::string> seen;
    Scene scene;
    scene.raw = [&seen](tcp::socket& socket) {
        std::string head;
        boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n");
        seen.push_back(head.substr(0, head.find(" HTTP")));
        boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 403 Forbidden\r\n\r\n")));
    };
    Server proxy(std::move(scene));
    Options options = proxy.options(faults);
    options.base_url = "https://services.example:4046";
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    EXPECT_EQ(read_once(options).outcome, Outcome::failure);
    return seen;
}

TEST(Reach, CallsTheDeclaredPortAndNoOther) {
    using Seen = std::vector<std::string>;
    EXPECT_EQ(tunnels_asked_for({}), Seen{"CONNECT services.example:4046"});
    EXPECT_EQ(tunnels_asked_for({"dials-443"}), Seen{"CONNECT services.example:443"});
    EXPECT_EQ(tunnels_asked_for({"falls-back-to-443"}),
              (Seen{"CONNECT services.example:4046", "CONNECT services.example:443"}));
}

TEST(Reach, IsServedThroughAProxy) {
    Server server{Scene()};
    const std::uint16_t target = server.port();
    Scene tunnel;
    tunnel.raw = [target](tcp::socket& client) {
        std::string head;
        boost::asio::read_until(client, boost::asio::dynamic_buffer(head), "\r\n\r\n");
        tcp::socket there(client.get_executor());
        there.connect({boost::asio::ip::address_v4::loopback(), target});
        boost::asio::write(client, boost::asio::buffer(std::string("HTTP/1.1 200 Fine\r\n\r\n")));
        std::thread back([&] {
            boost::system::error_code error;
            std::array<char, 4096> piece{};
            while (!error) {
                const std::size_t size = there.read_some(boost::asio::buffer(piece), error);
                if (!error) {
                    boost::asio::write(client, boost::asio::buffer(piece, size), error);
                }
            }
        });
        boost::system::error_code error;
        std::array<char, 4096> piece{};
        while (!error) {
            const std::size_t size = client.read_some(boost::asio::buffer(piece), error);
            if (!error) {
                boost::asio::write(there, boost::asio::buffer(piece, size), error);
            }
        }
        there.shutdown(tcp::socket::shutdown_both, error);
        back.join();
    };
    Server proxy(std::move(tunnel));
    Options options = server.options();
    options.addresses.clear();
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    const Result result = read_once(options);
    EXPECT_EQ(result.outcome, Outcome::success) << result.text;
}

TEST(Url, IsReadStrictly) {
    const auto url = parse_url("HTTPS://Host.example:4046/prefix?a=b#c");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->secure);
    EXPECT_EQ(url->place, (Place{"Host.example", 4046}));
    EXPECT_EQ(url->path, "/prefix?a=b");
    EXPECT_EQ(parse_url("https://host")->place.port, 443);
    EXPECT_EQ(parse_url("http://[::1]:8080/")->place, (Place{"::1", 8080}));
    EXPECT_EQ(parse_url("https://[::1]/")->place.text(), "[::1]:443");
    for (const char* text :
         {"", "host", "ftp://host", "https://", "https://:1", "https://a@host", "https://host:0", "https://host:65536",
          "https://host:x", "https://ho st", "https://[::1", "https://[::1]x"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
}

TEST(Url, ALocationIsResolvedWhereItStands) {
    const Url base = *parse_url("https://host:4046/a/b?c");
    const auto text = [&base](const char* location) {
        const auto url = resolve_location(base, location);
        return url ? (url->secure ? "https " : "http ") + url->place.text() + ' ' + url->path : "none";
    };
    EXPECT_EQ(text("/x?y#z"), "https host:4046 /x?y");
    EXPECT_EQ(text("x"), "https host:4046 /a/x");
    EXPECT_EQ(text("?x"), "https host:4046 /a/b?x");
    EXPECT_EQ(text("//other/x"), "https other:443 /x");
    EXPECT_EQ(text("http://host:4046/x"), "http host:4046 /x");
    EXPECT_EQ(text("/x?u=http://y"), "https host:4046 /x?u=http://y");
    EXPECT_EQ(text("ftp://x"), "none");
}

}  // namespace
}  // namespace gateproof::client::test
