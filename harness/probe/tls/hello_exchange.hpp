// A ClientHello of our own over plain TCP, and the answer to it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/probe/socket/deadline.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/server_answer.hpp"

namespace gateproof {

/// Where a connection was, for whoever looks for it in logs; empty: there was none.
struct ConnectionEnds {
    std::string local;
    std::string remote;
};

/// Sends a ClientHello's bytes and parses the answer. `cut`: within the endpoint's host name, where the hello has it.
/// `ends`: takes where it was sent, unless it is null.
boost::asio::awaitable<ServerAnswer> exchange_client_hello(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                           std::vector<std::uint8_t> hello,
                                                           ServerAnswerParser::Until until, TcpTimeouts timeouts,
                                                           HelloCut cut = HelloCut::none,
                                                           ConnectionEnds* ends = nullptr);

/// Writes `flight`, the first bytes of a client, cut within `server_name` where it holds it, and in its middle where
/// not. Left whole where it is not exactly one record. `pause`: between two segments, long enough for what stands
/// between us and the server to hand the first one on alone.
boost::asio::awaitable<TcpMoved> send_hello(boost::asio::ip::tcp::socket& socket, Deadline& deadline,
                                            std::string flight, HelloCut cut, std::string server_name,
                                            std::chrono::milliseconds pause);

}  // namespace gateproof
