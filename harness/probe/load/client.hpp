// One identity towards one endpoint: its TLS context, made once, the connections that it keeps, and its newest session.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "harness/probe/load/poller.hpp"
#include "harness/probe/tls/client_hello.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof::load {

class Connection;

struct ClientOptions {
    Endpoint endpoint;
    std::shared_ptr<const Identity> identity = {};  ///< null: no client certificate
    /// The server proves who it is by this, or no request is sent to it. Null: the chain is not looked at.
    std::shared_ptr<const Trust> trust = {};
    TlsVersion min_version = TlsVersion::tls_1_2;
    TlsVersion max_version = TlsVersion::tls_1_3;
    std::chrono::milliseconds connect_timeout{5000};
};

class Client {
public:
    /// Throws std::runtime_error when OpenSSL refuses the identity.
    Client(boost::asio::any_io_executor executor, ClientOptions options);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Finds the address to connect to, once. What went wrong; empty: found.
    boost::asio::awaitable<std::string> resolve();

    /// The kept connection that was used last; null: none is idle.
    [[nodiscard]] std::shared_ptr<Connection> take_idle();
    /// Keeps it for the next request.
    void keep(std::shared_ptr<Connection> connection);
    /// A new one, not yet connected; `resume`: it offers the newest session, where there is one.
    [[nodiscard]] std::shared_ptr<Connection> open(bool resume);

    /// Nothing is waited for until the next request: the loop may end.
    void rest() { poller_->rest(); }

    /// Why the server did not prove who it is, on the connection that failed so last; empty: none did.
    [[nodiscard]] const std::string& lack_of_proof() const { return lack_of_proof_; }

    /// How endpoint.proxy failed last; empty: it did not.
    [[nodiscard]] const std::string& proxy_failure() const { return proxy_failure_; }

    /// A session that connections can resume is there.
    [[nodiscard]] bool has_session() const { return session_ != nullptr; }

private:
    friend class Connection;
    struct ContextDeleter {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    struct SessionDeleter {
        void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    };
    using SessionPtr = std::unique_ptr<SSL_SESSION, SessionDeleter>;

    static int on_session(SSL* ssl, SSL_SESSION* fresh);

    boost::asio::any_io_executor executor_;
    ClientOptions options_;
    std::unique_ptr<SSL_CTX, ContextDeleter> context_;
    std::shared_ptr<Poller> poller_;
    std::string server_name_;  ///< SNI; empty for an IP literal
    boost::asio::ip::tcp::endpoint address_;
    bool resolved_ = false;
    SessionPtr session_;
    std::string lack_of_proof_;
    std::string proxy_failure_;
    std::vector<std::shared_ptr<Connection>> idle_;
};

}  // namespace gateproof::load
