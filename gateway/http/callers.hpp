// Who is behind a connection and behind a request: the certificate of this connection, unless a fault knows better.
#pragma once

#include <openssl/ssl.h>

#include "gateway/http/routes.hpp"
#include "gateway/http/session.hpp"

namespace gateproof::gateway {

/// After the handshake. A resumed session is judged again: its certificate may have expired or been revoked since.
Caller caller_of(ListenerState& listener, SSL* ssl, const boost::asio::ip::address& source);

/// Whom the request is served as: the connection's caller, whatever its headers say. `served` counts the requests
/// before it on this connection.
Caller caller_of_request(const Caller& connection, const Request& request, const ListenerState& listener,
                         unsigned served);

}  // namespace gateproof::gateway
