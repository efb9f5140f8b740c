// A ClientHello of our own over plain TCP, and the answer to it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <vector>

#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/server_answer.hpp"

namespace gateproof {

/// Sends a ClientHello's bytes and parses the answer.
boost::asio::awaitable<ServerAnswer> exchange_client_hello(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                           std::vector<std::uint8_t> hello,
                                                           ServerAnswerParser::Until until, TcpTimeouts timeouts);

}  // namespace gateproof
