// Hostile peers on loopback ports, all on one thread, in front of an honest gateway.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "gateway/gateway.hpp"
#include "gateway/tls/pki.hpp"
#include "tests/hostile/connection.hpp"
#include "tests/hostile/script.hpp"

namespace gateproof::test {

/// On which connections a peer follows its script; on the others it is the honest gateway.
enum class When {
    always,
    /// On two of three, told apart by nothing that a client could know. A peer that looks at requests lets the control
    /// operation always through.
    in_turn,
};

class HostileWorld {
public:
    /// The gateway must outlive the world.
    explicit HostileWorld(const gateway::Gateway& gateway);
    ~HostileWorld();
    HostileWorld(const HostileWorld&) = delete;
    HostileWorld& operator=(const HostileWorld&) = delete;

    /// Before start(). `script` must outlive the world. Port of the peer.
    std::uint16_t add(const Script& script, When when, bool cloud);
    void start();

    /// PEM of the root of every certificate that a peer shows.
    [[nodiscard]] std::string root() const { return pki_.server_root().certificates_pem(); }

private:
    struct Peer {
        const Script& script;
        When when;
        const Upstream& upstream;
        SSL_CTX* context;
        boost::asio::ip::tcp::acceptor acceptor;
        std::uint32_t connections = 0;
    };

    static boost::asio::awaitable<void> accept(Peer& peer);
    static boost::asio::awaitable<void> serve(std::shared_ptr<HostileConnection> connection, const Peer& peer);
    SSL_CTX* context_of(Shown shown);

    gateway::Pki pki_;
    Upstream cloud_;
    Upstream desktop_;
    std::map<Shown, std::shared_ptr<SSL_CTX>> contexts_;
    boost::asio::io_context loop_{1};
    std::list<Peer> peers_;
    std::thread thread_;
};

}  // namespace gateproof::test
