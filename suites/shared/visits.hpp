// One request over a TLS connection of its own: what came of it, and the session that it leaves.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "harness/probe/http/http.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {

/// A name with the endpoint's port, as a Host header spells it.
std::string host_header(const Endpoint& endpoint, std::string_view name);

/// One request over a connection of its own, and the session that it leaves.
struct Visit {
    HttpOutcome outcome;
    bool resumed = false;
    std::shared_ptr<SSL_SESSION> session;  ///< the newest; null: none was given
};
/// The operation, sent with this Host header whatever the server name of the connection. Not noted in the evidence.
boost::asio::awaitable<Visit> visit(Context& ctx, TlsOptions options, const Operation& operation, std::string host);

/// The control operation, and what came of it in the evidence, where `what` says what was asked. With the Host header
/// of the server name; of the endpoint's own where there is none.
boost::asio::awaitable<Visit> noted_visit(Context& ctx, TlsOptions options, std::string_view what);

/// Whether it has to be made again before anything is compared with it: see until_answered.
bool was_cut(const Visit& made);

/// A server name that nobody has (RFC 6761 6.4).
std::string unknown_name(Context& ctx);

}  // namespace gateproof::suites
