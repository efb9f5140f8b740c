// OpenSSL's client side without this machine's policy: what the probes share.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

/// What OpenSSL tells about a connection. Lives as long as libcurl's SSL_CTX, which may outlive the transfer.
struct TlsWitness {
    std::optional<Alert> alert;
    bool handshake_done = false;
    std::optional<TlsVersion> version;
    std::string cipher_suite;
};

/// Lifts every local restriction that would make a probe blind: security level, old versions, servers without
/// RFC 5746; and leaves the peer's chain unverified (it is judged apart, as sent; the opposite is demand_proof,
/// proof.hpp).
void open_local_policy(SSL_CTX* ctx);

/// Lets `witness` see alerts and the finished handshake; the context shares its ownership.
bool attach_witness(SSL_CTX* ctx, std::shared_ptr<TlsWitness> witness);
/// The witness of that connection's context; null: it has none.
std::shared_ptr<TlsWitness> witness_of(const SSL* ssl);

/// TLS 1.3 ignores an alert's level: all but close_notify and user_canceled end the connection (RFC 8446 6).
bool is_fatal_alert(const SSL* ssl, std::uint8_t level, std::uint8_t description);

/// Certificate, chain and key of an identity, without copies or files. False: OpenSSL refuses them (key mismatch).
bool use_identity(SSL_CTX* ctx, const Identity& identity);
bool use_identity(SSL* ssl, const Identity& identity);

}  // namespace gateproof
