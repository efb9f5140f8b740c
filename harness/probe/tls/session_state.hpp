// What a TlsSession holds, and the drive that moves bytes between OpenSSL's memory BIOs and the socket.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/probe/socket/deadline.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/session.hpp"

namespace gateproof {
namespace asio = boost::asio;

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// The first error of OpenSSL's queue.
std::string openssl_error_text();

struct TlsSession::State {
    enum class Operation { early_data, handshake, read, write };

    State(asio::any_io_executor run, TlsOptions wanted) : executor(std::move(run)), options(std::move(wanted)) {}
    ~State() {
        if (ssl) {
            // Otherwise SSL_free takes the connection for broken and spoils its session for resumption.
            SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        }
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static SSL_CTX* context();
    static State* of(const SSL* ssl) { return static_cast<State*>(SSL_get_ex_data(ssl, 0)); }
    static int on_session(SSL* ssl, SSL_SESSION* fresh);
    static int on_certificate_request(SSL* ssl, void* self);
    static void on_message(int sent, int, int type, const void* bytes, std::size_t length, SSL* ssl, void* self);

    /// Empty: ready to handshake; otherwise why not.
    std::string prepare();
    int call(Operation operation, std::string& bytes);
    asio::awaitable<TlsStep> drive(Operation operation, std::string& bytes);
    asio::awaitable<TcpMoved> flush(Deadline& deadline);
    asio::awaitable<TlsStep> connect();
    TlsStep failed(Ending end, std::string detail);
    [[nodiscard]] std::vector<Certificate> peer_chain() const;
    /// Looks whether the server has proved itself: `lacks`.
    void look_for_proof();
    [[nodiscard]] TlsStep unproven() const;

    asio::any_io_executor executor;
    TlsOptions options;
    std::optional<asio::ip::tcp::socket> socket;
    std::unique_ptr<SSL, SslDeleter> ssl;
    BIO* from_peer = nullptr;  ///< owned by ssl
    BIO* to_peer = nullptr;    ///< owned by ssl
    bool holding = false;      ///< what follows our early data in the handshake is not sent yet
    std::optional<Alert> alert;
    bool hello_sent = false;
    std::string lacks;  ///< why the server has not proved itself; empty: it has, or need not
    std::shared_ptr<SSL_SESSION> session;
    bool certificate_requested = false;
    std::vector<std::string> acceptable_cas;
    std::string remote_address;
    std::string local_address;
};

}  // namespace gateproof
