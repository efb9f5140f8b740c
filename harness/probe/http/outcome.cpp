#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>

#include "harness/probe/http/transfer.hpp"

namespace gateproof {
namespace {

Ending from_os_error(long os_error, bool connected) {
    switch (os_error) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
        case EACCES:
        case EPERM: return Ending::local;
        case ETIMEDOUT: return connected ? Ending::timeout : Ending::connect_timeout;
        case ECONNRESET:
        case EPIPE: return connected ? Ending::reset : Ending::connect_failed;
        case ECONNREFUSED: return connected ? Ending::closed : Ending::refused;
        case EHOSTUNREACH:
        case ENETUNREACH: return connected ? Ending::closed : Ending::unreachable;
        default: return connected ? Ending::closed : Ending::connect_failed;
    }
}

/// libcurl gives one code for every broken TLS connection; only its text tells how it broke.
Ending from_text(std::string_view text, Ending otherwise) {
    const auto says = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
    // A reset that comes before libcurl has asked for the peer's address shows as ENOTCONN there, and that text stays.
    if (says("reset by peer") || says("Broken pipe") || says("errno 104") || says("errno 32") ||
        says("getpeername() failed")) {
        return Ending::reset;
    }
    if (says("unexpected eof") || says("SSL_ERROR_SYSCALL") || says("SSL_ERROR_ZERO_RETURN")) {
        return Ending::closed;
    }
    return otherwise;
}

}  // namespace

Ending classify_http_failure(CURLcode result, long os_error, bool connected, std::string_view text) {
    switch (result) {
        case CURLE_OK: return Ending::ok;
        case CURLE_COULDNT_RESOLVE_HOST: return Ending::resolve_failed;
        case CURLE_COULDNT_CONNECT: return from_os_error(os_error, false);
        case CURLE_OPERATION_TIMEDOUT: return connected ? Ending::timeout : Ending::connect_timeout;
        case CURLE_SSL_CONNECT_ERROR: return from_text(text, Ending::handshake_failed);
        case CURLE_SSL_CIPHER: return Ending::handshake_failed;
        case CURLE_PEER_FAILED_VERIFICATION: return Ending::unproven;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR: return from_text(text, from_os_error(os_error, true));
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE: return Ending::closed;
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_WRITE_ERROR: return Ending::not_http;
        default: return Ending::local;
    }
}

const std::string* HttpResponse::header(std::string_view name) const {
    const auto found =
        std::ranges::find(headers, name, [](const auto& header) { return std::string_view(header.first); });
    return found == headers.end() ? nullptr : &found->second;
}

bool HttpOutcome::served(const Operation& operation) const {
    if (!whole()) {
        return false;
    }
    if (std::ranges::find(operation.expect_status, response->status) == operation.expect_status.end()) {
        return false;
    }
    return response->body.find(operation.expect_body_contains) != std::string::npos;
}

std::string HttpOutcome::unlike(const Operation& operation) const {
    if (!whole() || served(operation)) {
        return {};
    }
    if (std::ranges::find(operation.expect_status, response->status) == operation.expect_status.end()) {
        return fmt::format("expect.status has {}", fmt::join(operation.expect_status, ", "));
    }
    return "its body does not hold what expect.body_contains says";
}

bool HttpOutcome::is_refusal() const {
    return !response && (alert.has_value() || gateproof::is_refusal(end));
}

bool HttpOutcome::was_cut() const {
    const bool before_libcurl_had_looked = end == Ending::connect_failed && os_error == ECONNRESET;
    return !response && !alert && (gateproof::was_cut(end) || before_libcurl_had_looked);
}

bool HttpOutcome::broken_off() const {
    return response && gateproof::was_cut(end);
}

std::string HttpOutcome::summary() const {
    if (whole()) {
        return "HTTP " + std::to_string(response->status);
    }
    if (alert) {
        return "alert " + alert->name();
    }
    std::string text(end == Ending::timeout ? "no complete answer in time" : words_for(end));
    switch (end) {
        case Ending::ok:
        case Ending::refused:
        case Ending::unreachable:
        case Ending::connect_failed:
        case Ending::connect_timeout:
        case Ending::closed:
        case Ending::reset: break;
        default: text += detail.empty() ? "" : " (" + detail + ")";
    }
    if (response) {
        text = "HTTP " + std::to_string(response->status) + ", then " + text;
    }
    return text;
}

}  // namespace gateproof
