// A tunnel through a proxy (RFC 9110 9.3.6).
#pragma once

#include <string>

#include "client/base/io.hpp"
#include "client/tls/socket.hpp"

namespace gateproof::client {

/// Asks for a tunnel to the place over a connection to the proxy. Empty when it
/// is there, else why it is not.
std::string ask_for_tunnel(int socket, const Place& place, Moment until, const Stop& stop);

}  // namespace gateproof::client
