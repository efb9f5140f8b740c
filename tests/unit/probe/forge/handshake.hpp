// A TLS handshake in memory between this identity and a server that demands certificates.
#pragma once

#include <string>

#include "tests/unit/probe/mint.hpp"

namespace gateproof::test {

struct Handshake {
    bool server_done = false;
    std::string server_error;              ///< OpenSSL's reason; empty: none
    long verify_result = 0;                ///< what the server thinks of the chain, X509_V_*
    bool sent_certificate_verify = false;  ///< the client did
};

/// Trusts `ca` for clients; `version` is TLS1_2_VERSION or TLS1_3_VERSION.
Handshake shake_hands(const Identity& client, const Minted& ca, int version);

}  // namespace gateproof::test
