// OpenSSL straight on a non-blocking socket: what its own socket BIO does, without SIGPIPE.
#pragma once

#include <openssl/bio.h>

namespace gateproof::load {

/// The socket stays its owner's. Throws std::bad_alloc.
BIO* make_socket_bio(int socket);

}  // namespace gateproof::load
