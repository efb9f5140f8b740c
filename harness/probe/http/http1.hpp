// HTTP/1.1 on connections of our own (RFC 9112): the one place that spells a request, and a reader of whole answers.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/probe/http/http.hpp"
#include "harness/probe/tls/session.hpp"

namespace gateproof {

/// What a request says of its connection.
enum class Connection { keep, close };

/// Request line and headers without the blank line behind them, for a request that is never finished. A body is
/// announced with its length. `host`: the Host header; empty: the endpoint's own.
std::string request_head(const HttpRequest& request, Connection connection, std::string_view host = {});
/// The whole request as bytes.
std::string wire(const HttpRequest& request, Connection connection, std::string_view host = {});

/// What is left behind whole interim answers (RFC 9110 15.2: 1xx but 101), which are followed by the answer itself.
std::string_view without_interim(std::string_view bytes);
/// Status code of bytes that begin with an HTTP/1.x status line; empty for anything else.
std::optional<int> status_of(std::string_view bytes);

/// Requests over one TLS connection: kept alive, pipelined or resumed.
class Http1 {
public:
    explicit Http1(TlsConnection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] bool connected() const { return connection_.step.ok(); }
    [[nodiscard]] TlsSession& session() { return *connection_.session; }
    /// One or several requests. A failure shows in the next receive().
    boost::asio::awaitable<void> send(std::string bytes);
    /// The next answer that is no interim one (RFC 9110 15.2), or how the connection ended; bounded like HttpClient's.
    /// Of an answer that is broken off what came of it, with the failure.
    boost::asio::awaitable<HttpOutcome> receive();

private:
    boost::asio::awaitable<HttpOutcome> receive_next();
    /// How the connection ended: `step` is one that failed.
    [[nodiscard]] HttpOutcome ended(const TlsStep& step) const;

    TlsConnection connection_;
    std::string received_;  ///< what has come behind the last answer
};

}  // namespace gateproof
