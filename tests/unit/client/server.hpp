// A little server of the tests' own: OpenSSL and a socket, one connection at a time, a script for each answer.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::client::test {

using gateproof::test::Minted;
using gateproof::test::MintOptions;
using gateproof::test::ServerTls;
using gateproof::test::tcp;

std::string pem_of(const Minted& minted);
std::string key_pem_of(const Minted& minted);

/// What came over one connection.
struct Visit {
    bool finished = false;  ///< the handshake
    std::vector<std::string> requests;
    std::string server_name;
    std::string shown;  ///< subject of the client's certificate; empty: none came
    int intermediates = 0;
};

struct Scene {
    Minted shown = gateproof::test::pki().server;
    std::vector<Minted> chain = {};                ///< sent behind it
    std::function<void(SSL_CTX*)> setup = {};      ///< of the context
    std::function<void(SSL*)> before_answer = {};  ///< once the first request is there
    /// Answers in turn, and then the last one again and again; none: 200 and "OK".
    std::vector<std::string> answers = {};
    /// The server reads no supported_versions, though the transcript has them: it marks a downgrade (RFC 8446 4.1.3).
    bool downgrades = false;
    /// Instead of TLS: whatever the script does with the socket.
    std::function<void(tcp::socket&)> raw = {};
};

inline const std::string good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
/// An answer that is a whole text.
std::string answer(const std::string& status, const std::string& body, const std::string& fields = {});

class Server {
public:
    explicit Server(Scene scene);

    [[nodiscard]] std::uint16_t port() const { return peer_.endpoint().port; }
    [[nodiscard]] std::vector<Visit> visits();
    /// Every request of every connection, in order.
    [[nodiscard]] std::vector<std::string> requests();
    void change(Scene scene);

    /// Options of a client that trusts the tests' authority and calls this server by the name localhost.
    [[nodiscard]] Options options(const std::vector<std::string>& faults = {}) const;

private:
    void serve(tcp::socket& socket);

    std::mutex mutex_;
    Scene scene_;
    std::size_t answered_ = 0;
    std::vector<Visit> visits_;
    gateproof::test::Peer peer_;
};

/// One read by a client of its own.
Result read_once(const Server& server, const std::vector<std::string>& faults = {});
Result read_once(Options options);

}  // namespace gateproof::client::test
