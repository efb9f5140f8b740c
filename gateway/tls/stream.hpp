// The server side of a TLS connection: OpenSSL over memory BIOs on an Asio socket.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <string>
#include <string_view>

#include "gateway/tls/server.hpp"

namespace gateproof::gateway {

class TlsStream {
public:
    /// `received` are bytes already read from the socket. The socket must outlive the stream.
    TlsStream(boost::asio::ip::tcp::socket& socket, SslPtr ssl, std::string_view received);

    /// True when the handshake completed; otherwise the alert, if there is one, has been sent.
    boost::asio::awaitable<bool> handshake();
    /// As handshake(), but where 0-RTT data comes it is kept for read(), which completes the handshake when there is no
    /// more of it; until then write() answers whoever may have replayed it.
    boost::asio::awaitable<bool> handshake_with_early_data();
    /// Next bytes; empty when the connection ended, in whatever way.
    boost::asio::awaitable<std::string> read();
    boost::asio::awaitable<bool> write(std::string_view bytes);
    /// Sends close_notify.
    boost::asio::awaitable<void> close();

    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

private:
    enum class Early { more, finished, failed };
    /// The next 0-RTT data.
    boost::asio::awaitable<Early> read_early();
    boost::asio::awaitable<bool> flush();
    boost::asio::awaitable<bool> fill();
    /// Repeats an OpenSSL call, moving bytes as it asks; its positive result, or 0 when it cannot go on.
    boost::asio::awaitable<int> drive(std::function<int()> call);

    boost::asio::ip::tcp::socket& socket_;
    SslPtr ssl_;
    std::string early_data_;
    bool early_ = false;  ///< the client's Finished has not come yet
};

}  // namespace gateproof::gateway
