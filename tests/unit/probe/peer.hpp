// Tiny blocking servers on their own thread: each connection plays one script.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "harness/profile/profile.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::test {

using boost::asio::ip::tcp;

/// Listens on a free port of 127.0.0.1 and plays `script` for each connection in turn.
class Peer {
public:
    using Script = std::function<void(tcp::socket&)>;

    explicit Peer(Script script)
        : acceptor_(context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
          port_(acceptor_.local_endpoint().port()),
          thread_([this, play = std::move(script)] { serve(play); }) {}
    ~Peer() {
        stopping_ = true;
        boost::system::error_code ignored;
        tcp::socket wake(context_);
        wake.connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port_), ignored);
        thread_.join();
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    [[nodiscard]] Endpoint endpoint() const {
        Endpoint endpoint;
        endpoint.host = "localhost";
        endpoint.port = port_;
        endpoint.connect_address = "127.0.0.1";
        return endpoint;
    }
    [[nodiscard]] int connections() const { return connections_; }

private:
    void serve(const Script& play) {
        for (;;) {
            tcp::socket socket(context_);
            boost::system::error_code error;
            acceptor_.accept(socket, error);
            if (stopping_) {
                return;
            }
            if (!error) {
                ++connections_;
                try {
                    play(socket);
                } catch (const std::exception&) {  // the client has gone
                }
            }
        }
    }

    boost::asio::io_context context_;
    tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    std::thread thread_;
};

/// Reads until the client closes.
inline void drain(tcp::socket& socket) {
    char buffer[4096];
    boost::system::error_code error;
    while (!error) {
        socket.read_some(boost::asio::buffer(buffer), error);
    }
}

/// Ends the connection by RST.
inline void reset(tcp::socket& socket) {
    socket.set_option(boost::asio::socket_base::linger(true, 0));
    socket.close();
}

/// An endpoint where nobody listens.
inline Endpoint dead_endpoint() {
    boost::asio::io_context context;
    tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = acceptor.local_endpoint().port();
    return endpoint;
}

/// The server side of one TLS connection, blocking.
class ServerTls {
public:
    using Setup = std::function<void(SSL_CTX*)>;
    ServerTls(tcp::socket& socket, const Minted& certificate, const Setup& setup = {});
    ~ServerTls();
    ServerTls(const ServerTls&) = delete;
    ServerTls& operator=(const ServerTls&) = delete;

    bool handshake();
    std::string read();
    void write(const std::string& bytes);
    [[nodiscard]] SSL* ssl() const { return ssl_; }

private:
    SSL_CTX* ctx_;
    SSL* ssl_;
};

/// Client certificates are demanded and must come from `ca`.
ServerTls::Setup demand_certificate(const Minted& ca, int version);

/// Runs a coroutine to its end on a loop of its own; rethrows what it threw.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> task) {
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, T value) {
        failure = thrown;
        result = std::move(value);
    });
    loop.restart();
    loop.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
    return std::move(*result);
}

}  // namespace gateproof::test
