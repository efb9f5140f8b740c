#include "tests/hostile/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstdlib>

namespace gateproof::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
/// A client that takes more than this is not stopped by anything.
constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

asio::awaitable<std::string> read_raw(tcp::socket& socket) {
    std::string bytes(16 * 1024, '\0');
    const auto space = asio::buffer(bytes);
    const auto [error, size] = co_await socket.async_read_some(space, quietly);
    bytes.resize(error ? 0 : size);
    co_return bytes;
}

asio::awaitable<bool> write_raw(tcp::socket& socket, std::string_view bytes) {
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    const auto [error, size] = co_await asio::async_write(socket, buffer, quietly);
    co_return !error;
}

asio::awaitable<void> pause_for(tcp::socket& socket, std::chrono::milliseconds time) {
    asio::steady_timer timer(socket.get_executor(), time);
    co_await timer.async_wait(quietly);
}

asio::awaitable<bool> connect_to_gateway(tcp::socket& socket, std::uint16_t port) {
    const tcp::endpoint gateway(asio::ip::address_v4::loopback(), port);
    const auto [error] = co_await socket.async_connect(gateway, quietly);
    co_return !error;
}

/// Bytes of the client to the gateway, until either ends.
asio::awaitable<void> carry_upstream(std::shared_ptr<HostileConnection> connection, std::shared_ptr<tcp::socket> far) {
    for (bool more = true; more;) {
        const std::string bytes = std::exchange(connection->received, {});
        more = bytes.empty();
        if (!bytes.empty()) {
            more = co_await write_raw(*far, bytes);
        }
        if (more) {
            more = co_await connection->receive();
        }
    }
    boost::system::error_code ignored;
    far->shutdown(tcp::socket::shutdown_send, ignored);
}

/// Length of the request at the beginning of `bytes` by its Content-Length; 0: its head is not whole yet.
std::size_t request_length(const std::string& bytes) {
    const std::size_t head = bytes.find("\r\n\r\n");
    if (head == std::string::npos) {
        return 0;
    }
    std::string lower(bytes, 0, head);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::string_view name = "\r\ncontent-length:";
    const std::size_t field = lower.find(name);
    const std::size_t body =
        field == std::string::npos ? 0 : std::strtoul(lower.c_str() + field + name.size(), nullptr, 10);
    return head + 4 + body;
}

}  // namespace

asio::awaitable<bool> HostileConnection::send(std::string_view bytes) {
    if (tls) {
        const bool sent = co_await tls->write(bytes);
        co_return sent;
    }
    const bool sent = co_await write_raw(socket, bytes);
    co_return sent;
}

asio::awaitable<bool> HostileConnection::send_paced(std::string_view bytes) {
    const std::size_t step = script.piece == 0 ? std::max<std::size_t>(bytes.size(), 1) : script.piece;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        const bool sent = co_await send(bytes.substr(at, step));
        if (!sent) {
            co_return false;
        }
        if (script.pause.count() > 0 && script.piece != 0) {
            co_await pause_for(socket, script.pause);
        }
    }
    co_return true;
}

asio::awaitable<bool> HostileConnection::receive() {
    std::string bytes;
    if (tls) {
        bytes = co_await tls->read();
    } else {
        bytes = co_await read_raw(socket);
    }
    received += bytes;
    co_return !bytes.empty();
}

asio::awaitable<bool> HostileConnection::receive_request() {
    for (;;) {
        const std::size_t whole = request_length(received);
        if (whole != 0 && received.size() >= whole) {
            co_return true;
        }
        const bool more = co_await receive();
        if (!more || received.size() > most_bytes) {
            co_return false;
        }
    }
}

asio::awaitable<void> HostileConnection::wait_for_close() {
    for (bool more = true; more;) {
        received.clear();
        more = co_await receive();
    }
}

asio::awaitable<void> HostileConnection::perform() {
    bool there = co_await send_paced(script.once);
    for (std::size_t sent = 0; there && !script.again.empty() && sent < most_bytes; sent += script.again.size()) {
        there = co_await send(script.again);
        if (there && script.pause.count() > 0) {
            co_await pause_for(socket, script.pause);
        }
    }
    boost::system::error_code ignored;
    switch (script.ending) {
        case Ending::reset: reset(); break;
        case Ending::silence: co_await wait_for_close(); break;
        case Ending::half_close:
            socket.shutdown(tcp::socket::shutdown_send, ignored);
            co_await wait_for_close();
            break;
        default:
            if (tls) {
                co_await tls->close();
            }
    }
}

asio::awaitable<void> HostileConnection::relay_request() {
    tcp::socket far(socket.get_executor());
    const bool connected = co_await connect_to_gateway(far, upstream.port);
    if (!connected) {
        co_return;
    }
    gateway::SslPtr ssl(SSL_new(upstream.context.get()));
    SSL_set_connect_state(ssl.get());
    SSL_set_tlsext_host_name(ssl.get(), "localhost");
    gateway::TlsStream gateway(far, std::move(ssl), {});
    // The gateway's close then marks the end of its answer.
    received.insert(received.find("\r\n\r\n"), "\r\nConnection: close");
    const std::string request = std::exchange(received, {});
    bool going = co_await gateway.write(request);
    while (going) {
        const std::string bytes = co_await gateway.read();
        going = !bytes.empty();
        if (going) {
            going = co_await send_paced(bytes);
        }
    }
    co_await tls->close();
}

asio::awaitable<void> relay(std::shared_ptr<HostileConnection> connection, std::size_t at_most) {
    const auto far = std::make_shared<tcp::socket>(connection->socket.get_executor());
    const bool connected = co_await connect_to_gateway(*far, connection->upstream.port);
    if (!connected) {
        co_return;
    }
    asio::co_spawn(connection->socket.get_executor(), carry_upstream(connection, far), asio::detached);
    for (std::size_t left = at_most; left > 0;) {
        std::string bytes = co_await read_raw(*far);
        if (bytes.empty()) {
            break;
        }
        bytes.resize(std::min(bytes.size(), left));
        left -= bytes.size();
        const bool sent = co_await connection->send_paced(bytes);
        if (!sent) {
            break;
        }
    }
    boost::system::error_code ignored;
    far->shutdown(tcp::socket::shutdown_both, ignored);
    if (at_most == HostileConnection::everything) {
        connection->socket.shutdown(tcp::socket::shutdown_both, ignored);
    }
}

void HostileConnection::reset() {
    boost::system::error_code ignored;
    socket.set_option(tcp::socket::linger(true, 0), ignored);
    socket.close(ignored);
}

}  // namespace gateproof::test
