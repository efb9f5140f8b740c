// Plain TCP on the run's event loop: connect, send, read, each with a timeout; how it ended is data.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/probe/client_hello.hpp"
#include "harness/probe/server_answer.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

enum class TcpEnd {
    ok,
    resolve_failed,
    refused,
    unreachable,
    closed,
    reset,
    timeout,
    local,  ///< this machine's fault: descriptors, memory, permission
};
std::string_view to_string(TcpEnd end);

struct TcpTimeouts {
    std::chrono::milliseconds connect{5000};
    std::chrono::milliseconds exchange{10000};
};

struct TcpConnected {
    TcpEnd end = TcpEnd::ok;
    std::string detail;
    std::optional<boost::asio::ip::tcp::socket> socket;
    std::string remote_address;
};

/// Resolves (unless endpoint.connect_address is set) and connects, trying each address in turn until the timeout.
boost::asio::awaitable<TcpConnected> tcp_connect(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                 std::chrono::milliseconds timeout);

struct TcpExchange {
    TcpEnd end = TcpEnd::ok;  ///< how reading ended; ok: max_bytes arrived
    std::string detail;
    bool connected = false;
    std::string bytes;  ///< what the peer sent
    std::string remote_address;
};

/// Connects, sends `bytes`, reads until the peer ends it, `max_bytes` have come or the timeout.
boost::asio::awaitable<TcpExchange> tcp_exchange(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                 std::string bytes, std::size_t max_bytes, TcpTimeouts timeouts);

/// Sends a ClientHello's bytes and parses the answer.
boost::asio::awaitable<ServerAnswer> exchange_client_hello(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                           std::vector<std::uint8_t> hello,
                                                           ServerAnswerParser::Until until, TcpTimeouts timeouts);

}  // namespace gateproof
