// The OCSP response that a server staples to its certificate (RFC 6066 8, RFC
// 6960).
#pragma once

#include <openssl/ssl.h>

namespace gateproof::client {

enum class Staple { absent, good, revoked, broken };

/// After the chain was verified. What says neither good nor revoked of this
/// certificate counts as absent.
Staple read_staple(SSL* connection);
/// Whether the certificate has the TLS feature "status_request" (RFC 7633).
bool demands_staple(X509* certificate);

}  // namespace gateproof::client
