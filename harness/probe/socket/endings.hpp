// How a connection, or an exchange over it, came to its end: one list for TCP, TLS, a ClientHello and HTTP.
#pragma once

#include <boost/system/error_code.hpp>

#include <string_view>

namespace gateproof {

enum class Ending {
    ok,               ///< everything that was asked for came
    resolve_failed,   ///< the host name has no address
    refused,          ///< nobody listens there
    unreachable,      ///< no route to the address
    connect_failed,   ///< no connection, where the layer above does not say which of these it was
    connect_timeout,  ///< no connection in time
    proxy_failed,     ///< a proxy in between failed, or says that it could not connect
    alert,            ///< the peer sent a fatal alert, or an SSL 2 ERROR message
    handshake_failed,
    unproven,      ///< the server did not prove who it is: we refused, and sent nothing
    closed,        ///< close_notify or FIN
    reset,         ///< RST
    timeout,       ///< silence until the deadline
    not_tls,       ///< bytes that are neither TLS nor SSL 2
    malformed,     ///< TLS records whose content breaks the protocol or our bounds
    tls_protocol,  ///< our TLS library could not accept what came
    not_http,      ///< what came is no HTTP
    local,         ///< this machine's fault: descriptors, memory, permission
};
/// As evidence names it: "resolve_failed".
std::string_view to_string(Ending ending);
/// As sentences name it: "connection reset".
std::string_view words_for(Ending ending);

/// As a layer above sockets says of a connection that did not come about.
Ending no_connection(Ending ending);

/// Reset or closed without a word: an overloaded endpoint and a device in between do that too, so once says nothing.
bool was_cut(Ending ending);
/// The peer ended it: alert, close or reset. Silence and no connection are not refusals.
bool is_refusal(Ending ending);
/// Nothing was heard: no connection, or no answer in time.
bool is_silence(Ending ending);

/// How an error of a socket reads as an ending.
Ending ending_of(const boost::system::error_code& error);

}  // namespace gateproof
