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

/// What came of it, for the evidence: `what` was asked.
void note(Context& ctx, std::string_view what, const Visit& made);

/// Whether it has to be made again before anything is compared with it: see until_answered.
bool was_cut(const Visit& made);

/// A server name that nobody has (RFC 6761 6.4).
std::string unknown_name(Context& ctx);

}  // namespace gateproof::suites
