#include "harness/probe/http/http1.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <charconv>
#include <iterator>

#include "harness/text/ascii.hpp"

namespace gateproof {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;

namespace {

/// Beast throws for a longer field instead of reporting it.
constexpr std::uint32_t max_header = 0xffff;
/// A server that sends no more than interim answers is not waited for.
constexpr std::size_t max_interim = 16;

/// RFC 9110 15.2: another answer follows. After 101 another protocol does.
bool is_interim(int status) {
    return status / 100 == 1 && status != 101;
}

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

std::string request_head(const HttpRequest& request, Connection connection, std::string_view host) {
    std::string text = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\n", request.method, request.endpoint.path_prefix,
                                   request.path, host.empty() ? request.endpoint.authority() : std::string(host));
    for (const auto& [name, value] : request.headers) {
        fmt::format_to(std::back_inserter(text), "{}: {}\r\n", name, value);
    }
    if (!request.body.empty()) {
        fmt::format_to(std::back_inserter(text), "Content-Length: {}\r\n", request.body.size());
    }
    if (connection == Connection::close) {
        text += "Connection: close\r\n";
    }
    return text;
}

std::string wire(const HttpRequest& request, Connection connection, std::string_view host) {
    return request_head(request, connection, host) + "\r\n" + request.body;
}

std::optional<int> status_of(std::string_view bytes) {
    if (!bytes.starts_with("HTTP/1.") || bytes.size() < 12 || bytes[8] != ' ') {
        return std::nullopt;
    }
    int status = 0;
    const auto [end, error] = std::from_chars(bytes.data() + 9, bytes.data() + 12, status);
    if (error != std::errc() || end != bytes.data() + 12 || status < 100) {
        return std::nullopt;
    }
    return status;
}

std::string_view without_interim(std::string_view bytes) {
    for (;;) {
        const std::optional<int> status = status_of(bytes);
        const std::size_t head_end = bytes.find("\r\n\r\n");
        if (!status || !is_interim(*status) || head_end == std::string_view::npos) {
            return bytes;
        }
        bytes.remove_prefix(head_end + 4);
    }
}

HttpOutcome Http1::ended(const TlsStep& step) const {
    HttpOutcome outcome;
    outcome.handshake_done = connected();
    outcome.alert = step.alert;
    outcome.detail = step.detail;
    outcome.end = step.end;
    if (step.end == Ending::tls_protocol) {
        outcome.end = connected() ? Ending::not_http : Ending::handshake_failed;
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
    HttpOutcome outcome;
    for (std::size_t i = 0; i < max_interim; ++i) {
        outcome = co_await receive_next();
        if (!outcome.response || !is_interim(outcome.response->status)) {
            break;
        }
    }
    co_return outcome;
}

awaitable<HttpOutcome> Http1::receive_next() {
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
                broken.end = Ending::tls_protocol;
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
            if (read.step.end == Ending::closed && parser.is_header_done()) {
                parser.put_eof(error);
            }
            if (!parser.is_done() || error) {
                HttpOutcome outcome = ended(read.step);
                if (parser.is_header_done()) {
                    outcome.response = response_of(parser.get());
                } else if (parser.got_some() || !received_.empty()) {
                    outcome.end = Ending::not_http;
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

}  // namespace gateproof
