// Plain TCP on the run's event loop: connect, send, read, each with a timeout; how it ended is data.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/probe/socket/endings.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

struct TcpTimeouts {
    std::chrono::milliseconds connect{5000};
    std::chrono::milliseconds exchange{10000};
};

struct TcpConnected {
    Ending end = Ending::ok;
    std::string detail;
    std::optional<boost::asio::ip::tcp::socket> socket;
    std::string remote_address;  ///< "192.0.2.7:4046"; "gw.example:4046 by HTTP proxy proxy.example:3128"
    std::string local_address;   ///< address and port of ours; empty: there is no connection
};

/// Resolves (unless endpoint.connect_address is set) and connects, trying each address in turn until the timeout; or
/// has endpoint.proxy do so, whose failures are Ending::proxy_failed. Every connection but libcurl's begins here.
boost::asio::awaitable<TcpConnected> tcp_connect(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                 std::chrono::milliseconds timeout);

struct Addresses {
    Ending end = Ending::ok;  ///< resolve_failed: the name has none
    std::string detail;
    std::vector<std::string> all;  ///< IP literals, each once, as the name service orders them
};
/// What the endpoint may be reached by: endpoint.addresses, connect_address, or what its name resolves to.
boost::asio::awaitable<Addresses> tcp_addresses(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                std::chrono::milliseconds timeout);

struct TcpExchange {
    Ending end = Ending::ok;  ///< how reading ended; ok: max_bytes arrived
    std::string detail;
    bool connected = false;
    std::string bytes;  ///< what the peer sent
    std::string remote_address;
    std::string local_address;
};

/// Connects, sends `bytes`, reads until the peer ends it, `max_bytes` have come or the timeout.
boost::asio::awaitable<TcpExchange> tcp_exchange(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                 std::string bytes, std::size_t max_bytes, TcpTimeouts timeouts);

class Deadline;  // harness/probe/socket/deadline.hpp

/// One read or write on a non-blocking socket: how it ended and how many bytes moved.
struct TcpMoved {
    Ending end = Ending::ok;
    std::size_t bytes = 0;
    std::string detail;
};
/// Appends up to `max` bytes to `into`; waits for the first. No buffer is held while waiting.
/// Throws boost::system::system_error(operation_aborted) when the coroutine is cancelled, as all of these do.
boost::asio::awaitable<TcpMoved> tcp_read_some(boost::asio::ip::tcp::socket& socket, Deadline& deadline,
                                               std::string& into, std::size_t max);
/// Writes all of `bytes`, which must outlive the call.
boost::asio::awaitable<TcpMoved> tcp_write_all(boost::asio::ip::tcp::socket& socket, Deadline& deadline,
                                               std::string_view bytes);

}  // namespace gateproof
