#include "harness/probe/tls/server_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/probe/socket/wire.hpp"
#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/server_messages.hpp"

namespace gateproof {
namespace {

constexpr std::size_t max_first_line = 64;

enum : std::uint8_t { hello_request = 0, server_hello = 2, server_hello_done = 14 };

bool can_start_tls(std::span<const std::uint8_t> bytes) {
    return bytes[0] >= change_cipher_spec && bytes[0] <= heartbeat && (bytes.size() < 2 || bytes[1] == 3);
}

/// Message length of a two-byte SSL 2 header.
std::size_t ssl2_length(std::span<const std::uint8_t> bytes) {
    return static_cast<std::size_t>((bytes[0] & 0x7f) << 8 | bytes[1]);
}

/// A two-byte SSL 2 header in front of SERVER-HELLO (4) or ERROR (0), which has three bytes.
bool can_start_ssl2(std::span<const std::uint8_t> bytes) {
    return (bytes[0] & 0x80) != 0 && (bytes.size() < 2 || ssl2_length(bytes) >= 3) &&
           (bytes.size() < 3 || bytes[2] == 4 || bytes[2] == 0);
}

/// Printable ASCII as it is, everything else as \xNN: what a peer sends must not steer a terminal.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c >= 0x20 && c < 0x7f && c != '\\') {
            out += c;
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace

std::string Alert::name() const {
    const std::string_view known = alert_name(description);
    return known.empty() ? fmt::format("alert {}", description) : fmt::format("{} ({})", known, description);
}

const Extension* ServerHello::extension(ExtensionType type) const {
    const auto found = std::find_if(extensions.begin(), extensions.end(), [&](const Extension& extension) {
        return extension.type == static_cast<std::uint16_t>(type);
    });
    return found != extensions.end() ? &*found : nullptr;
}

std::optional<NamedGroup> ServerHello::key_share_group() const {
    const Extension* share = extension(ExtensionType::key_share);
    if (share == nullptr || share->body.size() < 2) {
        return std::nullopt;
    }
    return static_cast<NamedGroup>(share->body[0] << 8 | share->body[1]);
}

bool ServerAnswer::is_refusal() const {
    return !server_hello && gateproof::is_refusal(end);
}

bool ServerAnswer::was_cut() const {
    return gateproof::was_cut(end);
}

std::string ServerAnswer::summary() const {
    if (server_hello) {
        const std::string_view message = server_hello->hello_retry_request ? "HelloRetryRequest" : "ServerHello";
        if (server_hello->version == TlsVersion::ssl_2) {
            return fmt::format("SERVER-HELLO SSL 2, {} ciphers", server_hello->ssl2_cipher_specs.size());
        }
        return fmt::format("{} {}, {}", message, to_string(server_hello->version),
                           cipher_suite_name(server_hello->cipher_suite));
    }
    const std::string_view words = words_for(end);
    switch (end) {
        case Ending::ok: return "nothing";
        case Ending::alert: return alert ? fmt::format("alert {}", alert->name()) : detail;
        case Ending::closed:
        case Ending::reset: return std::string(words);
        case Ending::timeout: return detail.empty() ? std::string(words) : detail;
        default: return detail.empty() ? std::string(words) : fmt::format("{}: {}", words, detail);
    }
}

ServerAnswerParser::ServerAnswerParser(Until until) : until_(until) {}

ServerAnswerParser::State ServerAnswerParser::finish(Ending how, std::string detail) {
    state_ = State::done;
    answer_.end = how;
    answer_.detail = std::move(detail);
    input_ = {};
    handshake_ = {};
    return state_;
}

ServerAnswerParser::State ServerAnswerParser::feed(std::span<const std::uint8_t> bytes) {
    if (state_ == State::done) {
        return state_;
    }
    const View taken = bytes.first(std::min(bytes.size(), max_flight - total_));
    total_ += taken.size();
    input_.insert(input_.end(), taken.begin(), taken.end());

    // read_record() may finish, which frees input_: `rest` is not touched after that.
    View rest = input_;
    while (state_ == State::need_more && !rest.empty() && read_record(rest)) {
    }
    if (state_ == State::need_more) {
        input_.erase(input_.begin(), input_.end() - static_cast<std::ptrdiff_t>(rest.size()));
        if (taken.size() < bytes.size()) {
            return finish(Ending::malformed, fmt::format("a first flight of more than {} bytes", max_flight));
        }
    }
    return state_;
}

void ServerAnswerParser::end(Ending how, std::string detail) {
    if (state_ == State::done) {
        return;
    }
    if (!records_seen_ && !input_.empty() && !can_start_tls(input_) && !can_start_ssl2(input_)) {
        answer_.first_bytes.assign(input_.begin(), input_.end());
        finish(Ending::not_tls, escaped(answer_.first_bytes));
        return;
    }
    const bool cut = !input_.empty() || !handshake_.empty();
    if (cut && (how == Ending::closed || how == Ending::reset)) {
        answer_.broken_off = true;
        finish(Ending::malformed,
               fmt::format("connection {} in the middle of a message", how == Ending::closed ? "closed" : "reset"));
        return;
    }
    finish(how, std::move(detail));
}

bool ServerAnswerParser::read_record(View& rest) {
    if (can_start_tls(rest)) {
        return read_tls_record(rest);
    }
    if (records_seen_) {
        finish(Ending::malformed, "bytes between the records that are no record");
        return false;
    }
    return can_start_ssl2(rest) ? read_ssl2_record(rest) : read_foreign(rest);
}

bool ServerAnswerParser::read_tls_record(View& rest) {
    if (rest.size() < record_header) {
        return false;
    }
    const std::size_t length = static_cast<std::size_t>(rest[3] << 8 | rest[4]);
    if (length > max_plaintext) {
        finish(Ending::malformed, fmt::format("a record of {} bytes", length));
        return false;
    }
    if (rest.size() < record_header + length) {
        return false;
    }
    const std::uint8_t type = rest[0];
    const View fragment = rest.subspan(record_header, length);
    rest = rest.subspan(record_header + length);
    records_seen_ = true;
    content(type, fragment);
    return state_ == State::need_more;
}

bool ServerAnswerParser::read_ssl2_record(View& rest) {
    if (rest.size() < 2) {
        return false;
    }
    const std::size_t length = ssl2_length(rest);
    if (rest.size() < 2 + length) {
        return false;
    }
    ssl2_message(rest.subspan(2, length));
    return false;
}

/// Waits for a first line, so that `detail` can say what speaks there.
bool ServerAnswerParser::read_foreign(View rest) {
    const View head = rest.first(std::min(rest.size(), max_first_line));
    const auto newline = std::find(head.begin(), head.end(), '\n');
    if (newline == head.end() && head.size() < max_first_line) {
        return false;
    }
    answer_.first_bytes.assign(head.begin(), newline == head.end() ? newline : newline + 1);
    std::string_view line = answer_.first_bytes;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    finish(Ending::not_tls, (line.starts_with("HTTP/") ? "an HTTP answer in clear: " : "") + escaped(line));
    return false;
}

void ServerAnswerParser::content(std::uint8_t type, View fragment) {
    if (type != handshake_record && type != alert_record) {
        finish(Ending::malformed, fmt::format("a record of type {} in the first flight", type));
    } else if (fragment.empty()) {
        finish(Ending::malformed, "an empty record");
    } else if (type == alert_record) {
        alerts(fragment);
    } else {
        handshake_.insert(handshake_.end(), fragment.begin(), fragment.end());
        handshake_messages();
    }
}

void ServerAnswerParser::alerts(View fragment) {
    if (fragment.size() % 2 != 0) {
        finish(Ending::malformed, fmt::format("an alert record of {} bytes", fragment.size()));
        return;
    }
    for (; !fragment.empty(); fragment = fragment.subspan(2)) {
        const Alert alert{fragment[0], fragment[1]};
        const bool close_notify = alert.description == 0;
        if (alert.level != 1 && alert.level != 2) {
            finish(Ending::malformed, fmt::format("an alert of level {}", alert.level));
            return;
        }
        if (close_notify) {
            finish(Ending::closed, "close_notify");
            return;
        }
        if (alert.level == 2) {
            answer_.alert = alert;
            finish(Ending::alert);
            return;
        }
        if (answer_.warnings.size() < max_warnings) {
            answer_.warnings.push_back(alert);
        }
    }
}

void ServerAnswerParser::handshake_messages() {
    View rest = handshake_;
    while (state_ == State::need_more && rest.size() >= handshake_header) {
        const std::size_t length = static_cast<std::size_t>(rest[1] << 16 | rest[2] << 8 | rest[3]);
        if (length > max_flight) {
            finish(Ending::malformed, fmt::format("a handshake message of {} bytes", length));
            return;
        }
        if (rest.size() < handshake_header + length) {
            break;
        }
        const std::uint8_t type = rest[0];
        const View body = rest.subspan(handshake_header, length);
        rest = rest.subspan(handshake_header + length);
        handshake_message(type, body);
    }
    if (state_ == State::need_more) {
        handshake_.erase(handshake_.begin(), handshake_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    }
}

void ServerAnswerParser::handshake_message(std::uint8_t type, View body) {
    if (type == hello_request && body.empty()) {
        return;  // RFC 5246 7.4.1.1: to be ignored during a handshake
    }
    if (!answer_.server_hello) {
        if (type != server_hello) {
            finish(Ending::malformed, fmt::format("handshake message {} in place of a ServerHello", type));
            return;
        }
        answer_.server_hello = parse_server_hello(body);
        if (!answer_.server_hello) {
            finish(Ending::malformed, "a ServerHello that does not parse");
        } else if (until_ == Until::server_hello ||
                   answer_.server_hello->extension(ExtensionType::supported_versions)) {
            // With supported_versions it is TLS 1.3 (or a draft of it): what follows is encrypted.
            finish(Ending::ok);
        }
        return;
    }
    if (type == server_hello_done) {
        body.empty() ? finish(Ending::ok) : finish(Ending::malformed, "a ServerHelloDone with a body");
    } else if (!parse_flight_message(type, body, answer_)) {
        finish(Ending::malformed, fmt::format("handshake message {} that does not parse", type));
    }
}

void ServerAnswerParser::ssl2_message(View message) {
    wire::Reader in(message);
    if (const std::uint8_t type = in.u8(); type == 0) {
        const std::uint16_t code = in.u16();
        in.finished() ? finish(Ending::alert, fmt::format("SSL 2 error {}", code))
                      : finish(Ending::malformed, "an SSL 2 ERROR that does not parse");
        return;
    }
    std::string certificate;
    answer_.server_hello = parse_ssl2_server_hello(message, certificate);
    if (!answer_.server_hello) {
        finish(Ending::malformed, "an SSL 2 SERVER-HELLO that does not parse");
        return;
    }
    if (!certificate.empty()) {
        answer_.certificates.push_back(std::move(certificate));
    }
    finish(Ending::ok);
}

}  // namespace gateproof
