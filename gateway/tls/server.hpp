// The TLS policy of one listener: the published one, or the one that the faults leave of it.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/faults/fault_set.hpp"
#include "gateway/tls/hello_view.hpp"
#include "gateway/tls/pki.hpp"
#include "gateway/tls/policy.hpp"

namespace gateproof::gateway {

enum class ListenerRole { cloud, desktop, mock, plain_http };

/// The second virtual server of every TLS listener: its own certificate, its own sessions.
inline constexpr std::string_view other_server_name = "other.embedded.test";
/// What the gateway's own URLs say.
inline constexpr std::string_view own_server_name = "localhost";
/// ASCII letters alone (RFC 4343).
std::string lower_case(std::string_view text);

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;
struct SslContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

/// How a client came.
struct Arrival {
    std::string name = {};  ///< SNI as it was sent; empty: none
    bool in_segments = false;
    bool in_records = false;
    bool overlooked = false;  ///< a fault: it was asked for no certificate
};

class TlsServer {
public:
    /// `ticket_keys` (80 bytes): session tickets of every listener with the same keys can be read here.
    /// `certificate_optional`: see Options.
    TlsServer(ListenerRole role, const Pki& pki, const FaultSet& faults, std::string_view ticket_keys,
              bool certificate_optional = false);
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    /// The server side of a new connection whose ClientHello is `hello`; no BIOs yet. `in_segments`: it came in more
    /// than one read.
    [[nodiscard]] SslPtr accept(const HelloView& hello, bool in_segments = false);
    /// The name that the client asked for (SNI), in lower case; empty: none. From the ClientHello on.
    [[nodiscard]] static std::string server_name(const SSL* ssl);
    [[nodiscard]] const ClientPolicy& clients() const { return clients_; }
    /// A fault: the cloud has asked this client for no certificate, because of its ClientHello.
    [[nodiscard]] static bool overlooked_certificate(const SSL* ssl);
    /// A fault: a certificate is taken at its word in handshakes for this server name.
    [[nodiscard]] bool believes_certificate(std::string_view server_name) const;
    /// TLS 1.3 0-RTT data is taken (and served) before the handshake has ended.
    [[nodiscard]] bool reads_early_data() const { return early_data_; }
    /// DER of the server's certificate.
    [[nodiscard]] const std::string& certificate_der() const { return certificate_der_; }

private:
    using ContextPtr = std::unique_ptr<SSL_CTX, SslContextDeleter>;

    static void remember(SSL* ssl, Arrival arrival);
    [[nodiscard]] ContextPtr make_context(const Pki& pki);
    void set_client_authentication(SSL_CTX* context, const Pki& pki);
    void set_versions_and_suites(SSL_CTX* context);
    void set_server_certificate(SSL_CTX* context, const Credential& credential);
    [[nodiscard]] Credential make_credential(const Pki& pki, const CertificateSpec& spec) const;
    [[nodiscard]] std::string cipher_list() const;
    [[nodiscard]] CertificateSpec certificate_spec() const;
    void add_faulty_certificates(const Pki& pki, CertificateSpec spec);
    void take_turns(SSL* ssl) const;
    static void show(SSL* ssl, const Credential& other);
    void adapt_to_hello(SSL* ssl, const HelloView& hello) const;
    static int staple(SSL* ssl, void* self);
    static int verify_client(X509_STORE_CTX* context, void* self);
    static int on_client_hello(SSL* ssl, int* alert, void* self);
    void bind_sessions(SSL* ssl, const std::string& name) const;
    [[nodiscard]] bool overlooks_certificate(const Arrival& arrival) const;

    ListenerRole role_;
    const FaultSet& faults_;
    bool certificate_optional_;
    bool early_data_ = false;
    std::uint32_t connections_ = 0;
    ClientPolicy clients_;
    std::vector<Credential> credentials_;  ///< one, or two that take turns
    Credential other_credential_;          ///< of other_server_name
    Credential rsa_credential_;            ///< a fault: for clients that know RSA alone
    Credential signless_credential_;       ///< a fault: for clients of TLS 1.3
    std::string certificate_der_;
    ContextPtr context_;
    ContextPtr other_context_;
};

}  // namespace gateproof::gateway
