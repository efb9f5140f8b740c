// A server that says "served" to every request, whoever asks, and keeps each byte that it was sent: what a program lets
// out shows there.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "gateway/tls/pki.hpp"
#include "tests/support/listener.hpp"

namespace gateproof::test {

class Recorder {
public:
    /// Serves HTTP/1.1 over TLS at once, early data included, and asks every client for a certificate.
    explicit Recorder(const gateway::Credential& server);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
    [[nodiscard]] int connections() const { return connections_; }
    /// How often `text` was received, in clear or inside TLS; over all connections.
    [[nodiscard]] std::size_t times_received(const std::string& text) const;
    /// Requests whose bytes hold `text` and not `other`.
    [[nodiscard]] std::size_t requests_with(const std::string& text, const std::string& other) const;

private:
    void accept();
    void serve(int descriptor);
    /// Early data, and then the handshake. False: no TLS, or none that is finished.
    bool shake_hands(SSL* ssl, std::string& early);
    void answer(SSL* ssl, std::string received);
    void keep(std::string bytes);

    Listener listener_;
    std::shared_ptr<SSL_CTX> context_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::list<std::string> requests_;
    std::set<int> open_;
    std::list<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace gateproof::test
