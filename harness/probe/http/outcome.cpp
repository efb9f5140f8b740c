#include <algorithm>
#include <array>
#include <cerrno>

#include "harness/probe/http/transfer.hpp"

namespace gateproof {
namespace {

constexpr std::array refusing_statuses{400, 401, 403, 421, 495, 496, 497};

HttpFailure from_os_error(long os_error, bool connected) {
    switch (os_error) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
        case EACCES:
        case EPERM: return HttpFailure::local;
        case ETIMEDOUT: return connected ? HttpFailure::timeout : HttpFailure::connect_timeout;
        case ECONNRESET:
        case EPIPE: return connected ? HttpFailure::reset : HttpFailure::connect;
        default: return connected ? HttpFailure::closed : HttpFailure::connect;
    }
}

/// libcurl gives one code for every broken TLS connection; only its text tells how it broke.
HttpFailure from_text(std::string_view text, HttpFailure otherwise) {
    const auto says = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
    if (says("reset by peer") || says("Broken pipe") || says("errno 104") || says("errno 32")) {
        return HttpFailure::reset;
    }
    if (says("unexpected eof") || says("SSL_ERROR_SYSCALL") || says("SSL_ERROR_ZERO_RETURN")) {
        return HttpFailure::closed;
    }
    return otherwise;
}

std::string_view words_for(HttpFailure failure) {
    switch (failure) {
        case HttpFailure::none: return "no answer";
        case HttpFailure::resolve: return "the host name has no address";
        case HttpFailure::connect: return "connection refused";
        case HttpFailure::connect_timeout: return "no connection in time";
        case HttpFailure::tls_handshake: return "TLS handshake failed";
        case HttpFailure::unproven: return "the server's certificate does not verify";
        case HttpFailure::closed: return "connection closed";
        case HttpFailure::reset: return "connection reset";
        case HttpFailure::timeout: return "no complete answer in time";
        case HttpFailure::protocol: return "the answer is not HTTP";
        case HttpFailure::proxy: return "the proxy did not connect";
        case HttpFailure::local: return "this machine could not send";
    }
    return "unknown failure";
}

}  // namespace

HttpFailure classify_http_failure(CURLcode result, long os_error, bool connected, std::string_view text) {
    switch (result) {
        case CURLE_OK: return HttpFailure::none;
        case CURLE_COULDNT_RESOLVE_HOST: return HttpFailure::resolve;
        case CURLE_COULDNT_CONNECT: return from_os_error(os_error, false);
        case CURLE_OPERATION_TIMEDOUT: return connected ? HttpFailure::timeout : HttpFailure::connect_timeout;
        case CURLE_SSL_CONNECT_ERROR: return from_text(text, HttpFailure::tls_handshake);
        case CURLE_SSL_CIPHER: return HttpFailure::tls_handshake;
        case CURLE_PEER_FAILED_VERIFICATION: return HttpFailure::unproven;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR: return from_text(text, from_os_error(os_error, true));
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE: return HttpFailure::closed;
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_WRITE_ERROR: return HttpFailure::protocol;
        default: return HttpFailure::local;
    }
}

const std::string* HttpResponse::header(std::string_view name) const {
    const auto found =
        std::ranges::find(headers, name, [](const auto& header) { return std::string_view(header.first); });
    return found == headers.end() ? nullptr : &found->second;
}

bool HttpOutcome::served(const Operation& operation) const {
    if (!response || failure != HttpFailure::none) {
        return false;
    }
    if (std::ranges::find(operation.expect_status, response->status) == operation.expect_status.end()) {
        return false;
    }
    return response->body.find(operation.expect_body_contains) != std::string::npos;
}

bool HttpOutcome::is_refusal() const {
    if (failure == HttpFailure::none) {
        return response && std::ranges::find(refusing_statuses, response->status) != refusing_statuses.end();
    }
    // A broken-off response is neither service nor a clear refusal.
    return !response && (alert.has_value() || failure == HttpFailure::closed || failure == HttpFailure::reset);
}

bool HttpOutcome::was_cut() const {
    const bool before_libcurl_had_looked = failure == HttpFailure::connect && os_error == ECONNRESET;
    return !response && !alert &&
           (failure == HttpFailure::closed || failure == HttpFailure::reset || before_libcurl_had_looked);
}

std::string HttpOutcome::summary() const {
    if (failure == HttpFailure::none && response) {
        return "HTTP " + std::to_string(response->status);
    }
    if (alert) {
        return "alert " + alert->name();
    }
    std::string text(words_for(failure));
    if (failure == HttpFailure::tls_handshake || failure == HttpFailure::timeout || failure == HttpFailure::local ||
        failure == HttpFailure::resolve || failure == HttpFailure::proxy || failure == HttpFailure::protocol ||
        failure == HttpFailure::unproven) {
        text += detail.empty() ? "" : " (" + detail + ")";
    }
    if (response) {
        text = "HTTP " + std::to_string(response->status) + ", then " + text;
    }
    return text;
}

}  // namespace gateproof
