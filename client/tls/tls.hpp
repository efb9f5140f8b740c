// TLS to one party: the gateway, or the OAuth authority.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/base/io.hpp"
#include "client/faults/fault_set.hpp"
#include "client/tls/connection.hpp"
#include "client/tls/identity.hpp"
#include "client/tls/socket.hpp"
#include "client/tls/trust.hpp"

namespace gateproof::client {

enum class Party { gateway, authority };

/// The last session, of whatever host: kept for faults alone.
struct KeptSession {
    std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session{nullptr, SSL_SESSION_free};
    std::string host;
};

struct TlsSettings {
    Party party = Party::gateway;
    std::string roots;                 ///< PEM text or file
    std::string folder;                ///< hashed, as `openssl rehash` makes it
    std::optional<Identity> identity;  ///< shown to whoever asks for it
    std::shared_ptr<KeptSession> kept = std::make_shared<KeptSession>();
};

struct Opened {
    std::unique_ptr<Connection> connection;  ///< null: none came about
    std::string problem;                     ///< why not
    End end = End::none;                     ///< how the handshake ended
    bool early_data_taken = false;           ///< what was to go out early is with the server
};

class Tls {
public:
    /// Throws Unusable for roots or an identity that cannot be used.
    Tls(const TlsSettings& settings, const FaultSet& faults);
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;

    /// `older`: offers nothing newer than TLS 1.2. `early`: goes out as early
    /// data where a fault has it so.
    Opened open(Descriptor socket, const Place& place, Moment until, const Stop& stop, bool older = false,
                const std::string& early = {});
    /// The bytes of a ClientHello that no handshake follows; empty: no fault
    /// wants one.
    [[nodiscard]] std::string scout(const std::string& host) const;

private:
    void set_versions_and_suites();
    void show(const Identity& identity);
    void keep_sessions();
    void name_server(SSL* connection, const std::string& host) const;
    bool send_early(SSL* connection, const std::string& host, const std::string& early);
    /// Whether the server is as it was at the first connection, where a fault
    /// wants that.
    bool fits_pin(SSL* connection);
    static int choose_identity(SSL* connection, void* tls);
    static int keep_session(SSL* connection, SSL_SESSION* session);

    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    const FaultSet& faults_;
    Trust trust_;
    Party party_;
    std::optional<Identity> identity_;
    std::shared_ptr<KeptSession> kept_;
    std::string current_host_;
    bool verified_once_ = false;
    std::string pin_;
};

}  // namespace gateproof::client
