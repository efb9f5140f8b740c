#include "suites/shared/http1.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cctype>

#include "harness/text/ascii.hpp"

namespace gateproof::suites {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;

/// Beast throws for a longer field instead of reporting it.
constexpr std::uint32_t max_header = 0xffff;

namespace {

HttpResponse response_of(const http::response<http::string_body>& message) {
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
        response.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}),
                                      std::string(field.value().data(), field.value().size()));
    }
    response.body = message.body();
    return response;
}

}  // namespace

std::string http1_request(const Profile& profile, const Operation& operation, std::string_view host, bool last) {
    std::string text = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\n", operation.method, profile.endpoint.path_prefix,
                                   operation.path, host);
    if (last) {
        text += "Connection: close\r\n";
    }
    for (const auto& [name, value] : operation.headers) {
        text += fmt::format("{}: {}\r\n", name, value);
    }
    if (!operation.body.empty()) {
        text += fmt::format("Content-Length: {}\r\n", operation.body.size());
    }
    return text + "\r\n" + operation.body;
}

std::string host_header(const Endpoint& endpoint, std::string_view name) {
    Endpoint named = endpoint;
    named.host = std::string(name);
    return named.authority();
}

HttpOutcome Http1::ended(const TlsStep& step) const {
    HttpOutcome outcome;
    outcome.handshake_done = connected();
    outcome.alert = step.alert;
    outcome.detail = step.detail;
    switch (step.end) {
        case TlsEnd::ok:
        case TlsEnd::closed: outcome.failure = HttpFailure::closed; break;
        case TlsEnd::reset: outcome.failure = HttpFailure::reset; break;
        case TlsEnd::timeout: outcome.failure = HttpFailure::timeout; break;
        case TlsEnd::connect_failed: outcome.failure = HttpFailure::connect; break;
        case TlsEnd::alert: outcome.failure = HttpFailure::tls_handshake; break;
        case TlsEnd::unproven: outcome.failure = HttpFailure::unproven; break;
        case TlsEnd::protocol_error:
            outcome.failure = connected() ? HttpFailure::protocol : HttpFailure::tls_handshake;
            break;
    }
    return outcome;
}

awaitable<void> Http1::send(std::string bytes) {
    if (connected()) {
        const TlsStep written = co_await connection_.session->write(std::move(bytes));
        if (!written.ok()) {
            connection_.step = written;
        }
    }
}

awaitable<HttpOutcome> Http1::receive() {
    if (!connected()) {
        co_return ended(connection_.step);
    }
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.body_limit(HttpClient::max_body);
    parser.header_limit(max_header);
    boost::system::error_code error;
    while (!parser.is_done()) {
        if (!received_.empty()) {
            const auto input = asio::buffer(received_);
            const std::size_t used = parser.put(input, error);
            received_.erase(0, used);
            if (error && error != http::error::need_more) {
                TlsStep broken;
                broken.end = TlsEnd::protocol_error;
                broken.detail = error.message();
                co_return ended(broken);
            }
            if (parser.is_done() || used > 0) {
                continue;
            }
        }
        const TlsRead read = co_await connection_.session->read();
        if (!read.step.ok()) {
            error = {};
            if (read.step.end == TlsEnd::closed && parser.is_header_done()) {
                parser.put_eof(error);
            }
            if (!parser.is_done() || error) {
                HttpOutcome outcome = ended(read.step);
                if (parser.is_header_done()) {
                    outcome.response = response_of(parser.get());
                } else if (parser.got_some() || !received_.empty()) {
                    outcome.failure = HttpFailure::protocol;
                    outcome.detail = "the answer ends within its head";
                }
                co_return outcome;
            }
        }
        received_ += read.bytes;
    }
    HttpOutcome outcome;
    outcome.handshake_done = true;
    outcome.tls_version = connection_.session->version();
    outcome.response = response_of(parser.get());
    co_return outcome;
}

awaitable<Visit> visit(Context& ctx, TlsOptions options, const Operation& operation, std::string host) {
    std::string bytes = http1_request(ctx.profile(), operation, host, true);
    Context::TlsConnection connection = co_await ctx.tls(std::move(options));
    Http1 http(std::move(connection));
    co_await http.send(std::move(bytes));
    Visit visited;
    visited.outcome = co_await http.receive();
    visited.resumed = http.session().resumed();
    visited.session = http.session().session();
    co_await http.session().shutdown();
    co_return visited;
}

std::string unknown_name(Context& ctx) {
    return fmt::format("gateproof-{:08x}.invalid", ctx.random()() & 0xffffffff);
}

}  // namespace gateproof::suites
