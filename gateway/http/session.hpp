// One connection to the gateway, from its first byte to its close.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "gateway/faults/fault_set.hpp"
#include "gateway/http/allow_list.hpp"
#include "gateway/http/concurrency.hpp"
#include "gateway/http/throttle.hpp"
#include "gateway/http/timeouts.hpp"
#include "gateway/tls/pki.hpp"
#include "gateway/tls/server.hpp"

namespace gateproof::gateway {

class Authority;  // authority/authority.hpp
class Services;   // services/services.hpp

/// A listener's fixed parts and its open connections. Outlives them all.
struct ListenerState {
    ListenerRole role = ListenerRole::cloud;
    const Pki& pki;
    const FaultSet& faults;
    std::unique_ptr<TlsServer> tls;  ///< null on the plain-HTTP listener

    struct Connection {
        boost::asio::ip::tcp::socket socket;
        std::chrono::steady_clock::time_point deadline;
    };
    std::list<Connection*> open;
    /// Who came last from an address; kept for the fault identity-cached-per-address alone.
    std::map<boost::asio::ip::address, std::string> last_dsp_of;
    /// When the certificate of each role of a rotation came first.
    std::map<std::string_view, std::chrono::steady_clock::time_point> first_of_role = {};
    Timeouts timeouts = {};
    AllowList allow_list = {};
    bool exchanges_certificates = false;      ///< each client certificate is enrolled by itself, and not its name
    std::unique_ptr<Throttle> throttle = {};  ///< null: this listener has no limit

    std::unique_ptr<Concurrency> concurrency = {};  ///< the same for calls at once

    Services* services = nullptr;    ///< of the whole gateway; null: no listener of its kind
    Authority* authority = nullptr;  ///< OAuth, on the desktop listener alone

    /// Cancels what is overdue: a peer that says nothing must not hold a connection for ever.
    void close_overdue(std::chrono::steady_clock::time_point now);
};

/// Serves the connection until it ends; never throws for what the peer does.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket, ListenerState& listener);

}  // namespace gateproof::gateway
