// A ClientHello that offers what OpenSSL cannot: for faults alone.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "client/faults/fault_set.hpp"

namespace gateproof::client {

/// Whether one of the faults offers what only such a ClientHello can.
bool needs_scout(const FaultSet& faults);
/// The first flight of this connection, which is not used up, with what the
/// faults add to it. The handshake cannot be finished with it: the transcript
/// would be another.
std::string scout_hello(SSL_CTX* context, const std::string& host, const FaultSet& faults);

}  // namespace gateproof::client
