// How a server proves who it is before it is sent a secret. Stricter in one and laxer in another way than what
// trust.hpp judges: everything has to hold at once, but an intermediate of the profile's may complete the path.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/tls/trust.hpp"

namespace gateproof {

/// What proves a server, as OpenSSL's own verification in the handshake takes it: nothing is sent to a server that does
/// not lead to an anchor of `trust`, is out of its period, is no TLS server, or is not named `host` (RFC 9525; the
/// common name never counts). False: out of memory.
bool demand_proof(SSL_CTX* context, const Trust& trust, const std::string& host);

/// The same of a chain that was shown already, leaf first: why it proves none of `names`; empty: it does. `beside`:
/// certificates that may stand on the path though the peer did not send them.
std::string lack_of_proof(const std::vector<Certificate>& chain, const Trust& trust,
                          const std::vector<std::string>& names, SystemTime now,
                          const std::vector<Certificate>& beside = {});

/// A lack of proof, or a sentence that holds one, is about the dates of a certificate: another clock might find it
/// good.
bool is_about_dates(std::string_view lack);

}  // namespace gateproof
