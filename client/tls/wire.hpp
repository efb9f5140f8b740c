// The bytes below TLS: a socket that OpenSSL reads and writes, which remembers
// how it ended.
#pragma once

#include <openssl/bio.h>

#include <string_view>

#include "client/base/io.hpp"

namespace gateproof::client {

struct Wire {
    Descriptor socket;
    bool reset = false;     ///< the peer reset the connection
    bool fin = false;       ///< the peer has said all it will
    bool anything = false;  ///< a byte has come
    bool in_clear = false;  ///< the first bytes that came are those of an HTTP answer
    bool muted = false;     ///< nothing more goes out: what is written is lost
    bool broken = false;    ///< the client itself ends the connection at once
};

/// A BIO over the wire, which outlives it.
BIO* make_bio(Wire& wire);
/// Past OpenSSL; what the socket does not take at once is lost.
void send_raw(const Wire& wire, std::string_view bytes);

}  // namespace gateproof::client
