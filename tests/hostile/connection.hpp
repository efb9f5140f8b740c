// One connection of a hostile peer, and what its scripts may do with it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/tls/stream.hpp"
#include "tests/hostile/script.hpp"

namespace gateproof::test {

/// The honest gateway behind a peer, for the connections on which it behaves.
struct Upstream {
    std::uint16_t port = 0;
    std::shared_ptr<SSL_CTX> context;  ///< a client's, with the certificate that is served where one is needed
};

struct HostileConnection {
    static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

    boost::asio::ip::tcp::socket socket;
    const Script& script;
    const Upstream& upstream;
    std::uint32_t number = 0;   ///< among the connections of this peer
    std::string received = {};  ///< of the client, and not yet used
    std::unique_ptr<gateway::TlsStream> tls = {};

    /// All of it, over TLS once there is TLS; false when the client is gone.
    boost::asio::awaitable<bool> send(std::string_view bytes);
    /// The same in pieces, as the script paces them.
    boost::asio::awaitable<bool> send_paced(std::string_view bytes);
    /// Waits for more bytes of the client in `received`; false when there are none.
    boost::asio::awaitable<bool> receive();
    /// A whole request, head and body, is in `received`; false when it never came.
    boost::asio::awaitable<bool> receive_request();
    boost::asio::awaitable<void> wait_for_close();
    /// What the script says, from its stage on. The stages before it are behind.
    boost::asio::awaitable<void> perform();
    /// Sends `received`, a request, to the gateway over TLS of our own, and its answer back.
    boost::asio::awaitable<void> relay_request();
    /// TCP RST.
    void reset();
};

/// Hands bytes to and fro between a client and the gateway, TLS and all; ends with either of them, or when the gateway
/// has said so many bytes.
boost::asio::awaitable<void> relay(std::shared_ptr<HostileConnection> connection,
                                   std::size_t at_most = HostileConnection::everything);

}  // namespace gateproof::test
