#include "tests/support/test_proxy.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <limits>
#include <memory>
#include <utility>

#include "harness/text/encoding.hpp"

namespace gateproof::test {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using Fault = ProxyBehaviour::Fault;
using Kind = ProxyBehaviour::Kind;

namespace {

constexpr std::size_t no_end = std::numeric_limits<std::size_t>::max();

void reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

/// Passes on what comes, and how it ends; after `most` bytes it ends both.
awaitable<void> pass_on(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to, std::size_t most) {
    std::array<char, 16384> bytes;
    error_code error;
    while (most > 0) {
        const std::size_t got = co_await from->async_read_some(asio::buffer(bytes.data(), std::min(most, bytes.size())),
                                                               asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            break;
        }
        most -= most == no_end ? 0 : got;
        co_await asio::async_write(*to, asio::buffer(bytes.data(), got),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            break;
        }
    }
    if (most == 0) {
        from->close(error);
        to->close(error);
    } else if (error == asio::error::eof) {
        to->shutdown(tcp::socket::shutdown_send, error);
    } else {
        reset(*to);
    }
}

std::string no_connection(Kind kind) {
    return kind == Kind::connect ? "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
                                 : std::string("\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00", 10);
}

}  // namespace

TestProxy::TestProxy(ProxyBehaviour behaviour)
    : behaviour_(std::move(behaviour)),
      acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()) {
    asio::co_spawn(context_, accept(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
}

TestProxy::~TestProxy() {
    context_.stop();
    thread_.join();
}

std::vector<std::string> TestProxy::asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
}

awaitable<void> TestProxy::accept() {
    for (;;) {
        tcp::socket client = co_await acceptor_.async_accept(asio::use_awaitable);
        const bool faulty = ++connections_ % behaviour_.every == 0;
        asio::co_spawn(context_, serve(std::move(client), faulty), asio::detached);
    }
}

awaitable<std::string> TestProxy::hear_connect(tcp::socket& client) {
    std::string head;
    co_await asio::async_read_until(client, asio::dynamic_buffer(head), "\r\n\r\n", asio::use_awaitable);
    const std::string login = "Proxy-Authorization: Basic " + base64(behaviour_.user + ':' + behaviour_.password);
    if (!behaviour_.user.empty() && head.find(login + "\r\n") == std::string::npos) {
        const std::string_view refusal =
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n";
        co_await asio::async_write(client, asio::buffer(refusal), asio::use_awaitable);
        co_return std::string();
    }
    const std::size_t begins = head.find(' ') + 1;
    co_return head.substr(begins, head.find(' ', begins) - begins);
}

awaitable<std::string> TestProxy::hear_socks(tcp::socket& client) {
    const auto read = [&client](std::size_t count, std::string& into) {
        into.assign(count, '\0');
        return asio::async_read(client, asio::buffer(into), asio::use_awaitable);
    };
    const auto byte = [](char c) { return static_cast<std::size_t>(static_cast<unsigned char>(c)); };
    std::string bytes;
    co_await read(2, bytes);
    co_await read(byte(bytes[1]), bytes);
    const bool login = !behaviour_.user.empty();
    const bool can = !login || bytes.find('\x02') != std::string::npos;
    const std::string method{'\x05', static_cast<char>(!can ? 0xff : login ? 2 : 0)};
    co_await asio::async_write(client, asio::buffer(method), asio::use_awaitable);
    if (!can) {
        co_return std::string();
    }
    if (login) {
        std::string user;
        std::string password;
        co_await read(2, bytes);
        co_await read(byte(bytes[1]), user);
        co_await read(1, bytes);
        co_await read(byte(bytes[0]), password);
        const bool known = user == behaviour_.user && password == behaviour_.password;
        const std::string said{'\x01', static_cast<char>(known ? 0 : 1)};
        co_await asio::async_write(client, asio::buffer(said), asio::use_awaitable);
        if (!known) {
            co_return std::string();
        }
    }
    co_await read(4, bytes);
    const char kind = bytes[3];
    std::string host;
    if (kind == 3) {
        co_await read(1, bytes);
        co_await read(byte(bytes[0]), host);
    } else if (kind == 1) {
        asio::ip::address_v4::bytes_type raw;
        co_await asio::async_read(client, asio::buffer(raw), asio::use_awaitable);
        host = asio::ip::make_address_v4(raw).to_string();
    } else {
        asio::ip::address_v6::bytes_type raw;
        co_await asio::async_read(client, asio::buffer(raw), asio::use_awaitable);
        host = '[' + asio::ip::make_address_v6(raw).to_string() + ']';
    }
    co_await read(2, bytes);
    co_return fmt::format("{}:{}", host, byte(bytes[0]) << 8 | byte(bytes[1]));
}

awaitable<void> TestProxy::answer(tcp::socket& client, std::size_t number, bool dribbles) {
    std::string text;
    if (behaviour_.kind == Kind::socks) {
        // To an address by name, as few proxies do.
        text = {'\x05', static_cast<char>(number), '\x00', '\x03', '\x09'};
        text += "localhost";
        text += std::string_view("\x12\x34", 2);
    } else {
        text = fmt::format("HTTP/1.1 {} Said\r\nVia: 1.1 proxy.test\r\n", number == 0 ? 200 : number);
        if (dribbles) {
            text += "X-Long: " + std::string(3000, 'x') + "\r\n";
        }
        text += "\r\n";
    }
    const std::size_t piece = dribbles ? 7 : text.size();
    for (std::size_t at = 0; at < text.size(); at += piece) {
        co_await asio::async_write(client, asio::buffer(text.data() + at, std::min(piece, text.size() - at)),
                                   asio::use_awaitable);
    }
}

awaitable<void> TestProxy::serve(tcp::socket client, bool faulty) {
    const Fault fault = faulty ? behaviour_.fault : Fault::none;
    client.set_option(tcp::no_delay(true));
    std::string target;
    if (behaviour_.kind == Kind::connect) {
        target = co_await hear_connect(client);
    } else {
        target = co_await hear_socks(client);
    }
    if (target.empty()) {
        co_return;
    }
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(target);
    }
    if (fault == Fault::silent) {
        asio::steady_timer timer(context_, std::chrono::hours(1));
        co_await timer.async_wait(asio::use_awaitable);
    }
    if (fault == Fault::cuts) {
        co_return;
    }
    if (fault == Fault::refuses) {
        co_await answer(client, behaviour_.number, false);
        co_return;
    }
    const std::size_t colon = target.rfind(':');
    std::string host = target.substr(0, colon);
    if (host.starts_with('[')) {
        host = host.substr(1, host.size() - 2);
    }
    tcp::resolver resolver(context_);
    error_code error;
    const auto found = co_await resolver.async_resolve(host, target.substr(colon + 1),
                                                       asio::redirect_error(asio::use_awaitable, error));
    auto endpoint = std::make_shared<tcp::socket>(context_);
    if (!error) {
        co_await asio::async_connect(*endpoint, found, asio::redirect_error(asio::use_awaitable, error));
    }
    if (error) {
        const std::string refusal = no_connection(behaviour_.kind);
        co_await asio::async_write(client, asio::buffer(refusal), asio::use_awaitable);
        co_return;
    }
    endpoint->set_option(tcp::no_delay(true));
    co_await answer(client, 0, fault == Fault::dribbles);
    auto shared = std::make_shared<tcp::socket>(std::move(client));
    asio::co_spawn(context_, pass_on(shared, endpoint, no_end), asio::detached);
    co_await pass_on(endpoint, shared, fault == Fault::cuts_tunnels ? behaviour_.number : no_end);
}

std::shared_ptr<const VantagePoint> proxy_at(std::uint16_t port, VantagePoint::Kind kind, const std::string& user,
                                             const std::string& password) {
    auto proxy = std::make_shared<VantagePoint>();
    proxy->kind = kind;
    proxy->address = "127.0.0.1";
    proxy->port = port;
    proxy->user = user;
    proxy->password = password;
    return proxy;
}

}  // namespace gateproof::test
