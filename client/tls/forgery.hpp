// What a careless client makes of names and signatures: for faults alone.
#pragma once

#include <openssl/x509.h>

#include <string>

namespace gateproof::client {

/// Any text may stand for the asterisk of one of its DNS names.
bool matches_any_wildcard(X509* certificate, const std::string& host);
/// One of its DNS names, cut at its first NUL, is the host.
bool matches_up_to_nul(X509* certificate, const std::string& host);
bool certificate_has_nul_name(X509* certificate);
/// From now on every signature by the certificate's key is good. ECDSA keys
/// only; any other stays as it is.
void believe_every_signature(X509* certificate);

}  // namespace gateproof::client
