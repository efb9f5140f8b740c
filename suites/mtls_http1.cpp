#include "suites/mtls_http1.hpp"

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
                co_return ended(read.step);
            }
        }
        received_ += read.bytes;
    }
    HttpOutcome outcome;
    outcome.handshake_done = true;
    outcome.tls_version = connection_.session->version();
    HttpResponse response;
    response.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) {
        response.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}),
                                      std::string(field.value().data(), field.value().size()));
    }
    response.body = std::move(parser.get().body());
    outcome.response = std::move(response);
    co_return outcome;
}

}  // namespace gateproof::suites
