// A public key whose signatures are never checked: what a server that forgets CertificateVerify has.
#pragma once

#include <openssl/x509.h>

namespace gateproof::gateway {

/// From now on every ECDSA signature verifies with this certificate's key. OpenSSL 3.0 cannot leave out the check of
/// CertificateVerify, but it does honour the EC_KEY_METHOD of the key that it checks with, so the handshake runs as
/// ever and the answer to the check is always yes. False when the key is not an EC key.
bool stop_checking_signatures(X509* certificate);

}  // namespace gateproof::gateway
