// One TLS connection of a load: OpenSSL on an Asio socket, driven by callbacks. A coroutine for each request would cost
// more than the request's own work.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "harness/probe/load/poller.hpp"
#include "harness/probe/load/response_reader.hpp"

namespace gateproof::load {

class Client;

class Connection final : public Poller::Waiter, public std::enable_shared_from_this<Connection> {
public:
    using Clock = std::chrono::steady_clock;

    /// Is told how a request ended, exactly once; may begin the next one on the same connection at once.
    class Owner {
    public:
        virtual ~Owner() = default;
        /// The response is whole: Connection::response().
        virtual void answered(Connection& connection) = 0;
        /// No response; the connection is closed. `stale`: it had been kept too long, and the request may not have
        /// reached the server (RFC 9112 9.3.1).
        virtual void failed(Connection& connection, std::string_view why, bool stale) = 0;
    };

    /// The client outlives its connections' last callback.
    Connection(Client& client, bool resume);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Connects when it is new, sends, and reads one response. `request` and `owner` outlive it. `number` is the
    /// owner's, see number().
    void send(Owner& owner, std::string_view request, std::size_t number, bool head_request);
    void ready() override;
    /// Ends it without a word to the owner.
    void close();

    /// The owner's note of where it holds this connection.
    std::size_t place = 0;

    [[nodiscard]] bool usable() const { return state_ == State::idle; }
    [[nodiscard]] const ResponseReader& response() const { return reader_; }
    [[nodiscard]] std::size_t number() const { return number_; }
    /// When this request was given to it.
    [[nodiscard]] Clock::time_point begun() const { return begun_; }
    [[nodiscard]] bool resumed() const { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }
    /// Answered requests so far.
    [[nodiscard]] std::size_t requests() const { return requests_; }
    [[nodiscard]] Client& client() const { return client_; }
    /// The newest session is still to be had from a connection such as this.
    [[nodiscard]] bool wants_session() const { return state_ != State::closed; }

private:
    enum class State { fresh, connecting, handshake, writing, reading, idle, closed };
    enum class Step { again, wait, ended };

    struct SslDeleter {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    void connect();
    void connect_by_proxy();
    void connected(const boost::system::error_code& failure);
    bool prepare_tls();
    /// Goes on as far as it can without waiting.
    void advance();
    Step handshake();
    Step write();
    Step read();
    Step after_failure(int result);
    void close_socket();
    void fail(std::string_view why);

    Client& client_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::cancellation_signal connecting_;  ///< by a proxy
    std::unique_ptr<SSL, SslDeleter> ssl_;
    State state_ = State::fresh;
    bool resume_;
    bool advancing_ = false;
    bool missed_ = false;       ///< something was reported while nobody waited for it
    std::uint64_t polled_ = 0;  ///< name with the poller; 0: none
    Owner* owner_ = nullptr;
    std::string_view request_;
    std::size_t written_ = 0;
    std::size_t number_ = 0;
    std::size_t requests_ = 0;
    Clock::time_point begun_;
    ResponseReader reader_;
};

}  // namespace gateproof::load
