// The TLS policy of one listener: the published one, or the one that the faults leave of it.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/fault_set.hpp"
#include "gateway/hello_view.hpp"
#include "gateway/pki.hpp"

namespace gateproof::gateway {

enum class ListenerRole { cloud, desktop, plain_http };

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;
struct SslContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

class TlsServer {
public:
    TlsServer(ListenerRole role, const Pki& pki, const FaultSet& faults);
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    /// The server side of a new connection whose ClientHello is `hello`; no BIOs yet.
    [[nodiscard]] SslPtr accept(const HelloView& hello);
    /// TLS 1.3 0-RTT data is taken (and served) before the handshake has ended.
    [[nodiscard]] bool reads_early_data() const { return early_data_; }
    /// DER of the server's certificate.
    [[nodiscard]] const std::string& certificate_der() const { return certificate_der_; }

private:
    void set_client_authentication(const Pki& pki);
    void set_versions_and_suites();
    void set_server_certificate(const Pki& pki);
    [[nodiscard]] std::string cipher_list() const;
    [[nodiscard]] CertificateSpec certificate_spec() const;
    void take_turns(SSL* ssl) const;
    void adapt_to_hello(SSL* ssl, const HelloView& hello) const;
    static int staple(SSL* ssl, void* self);

    ListenerRole role_;
    const FaultSet& faults_;
    bool early_data_ = false;
    std::uint32_t connections_ = 0;
    std::vector<Credential> credentials_;  ///< one, or two that take turns
    std::string certificate_der_;
    std::unique_ptr<SSL_CTX, SslContextDeleter> context_;
};

}  // namespace gateproof::gateway
