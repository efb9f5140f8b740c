// HTTP/1.1 requests over one TLS connection that a check holds itself: kept alive, pipelined or resumed.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "harness/probe/http/http.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {

/// The operation as bytes. `host`: the Host header; `last`: asks for the connection to be closed behind the answer.
std::string http1_request(const Profile& profile, const Operation& operation, std::string_view host, bool last);
/// A name with the endpoint's port, as a Host header spells it.
std::string host_header(const Endpoint& endpoint, std::string_view name);

class Http1 {
public:
    explicit Http1(Context::TlsConnection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] bool connected() const { return connection_.step.ok(); }
    [[nodiscard]] TlsSession& session() { return *connection_.session; }
    /// One or several requests. A failure shows in the next receive().
    boost::asio::awaitable<void> send(std::string bytes);
    /// The next answer (RFC 9112), or how the connection ended; bounded like HttpClient's. Of an answer that is broken
    /// off what came of it, with the failure.
    boost::asio::awaitable<HttpOutcome> receive();

private:
    [[nodiscard]] HttpOutcome ended(const TlsStep& step) const;

    Context::TlsConnection connection_;
    std::string received_;  ///< what has come behind the last answer
};

/// One request over a connection of its own, and the session that it leaves.
struct Visit {
    HttpOutcome outcome;
    bool resumed = false;
    std::shared_ptr<SSL_SESSION> session;  ///< the newest; null: none was given
};
/// The operation, sent with this Host header whatever the server name of the connection. Not noted in the evidence.
boost::asio::awaitable<Visit> visit(Context& ctx, TlsOptions options, const Operation& operation, std::string host);

/// A server name that nobody has (RFC 6761 6.4).
std::string unknown_name(Context& ctx);

}  // namespace gateproof::suites
