#include "client/tls/hooks.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace gateproof::client {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t ssl_3 = 0x0300;
constexpr std::uint16_t tls_1_1 = 0x0302;
constexpr std::uint16_t tls_1_2 = 0x0303;
constexpr std::uint16_t supported_versions = 43;
constexpr std::size_t header_size = 4;  // of a handshake message
constexpr int most_tickets = 2;
constexpr int most_small_records = 2;

/// RFC 8446 4.1.3: the random of a HelloRetryRequest.
constexpr std::array<std::uint8_t, 32> retry_random{0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                                    0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                                    0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

/// Numbers one after the other; past the end everything is zero.
class Reader {
public:
    explicit Reader(Bytes bytes) : rest_(bytes) {}
    std::size_t number(std::size_t size) {
        std::size_t value = 0;
        for (const std::uint8_t byte : take(size)) {
            value = value << 8 | byte;
        }
        return value;
    }
    Bytes take(std::size_t size) {
        const Bytes taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

private:
    Bytes rest_;
};

std::vector<std::uint16_t> extension_types(Reader& reader) {
    std::vector<std::uint16_t> types;
    Reader extensions(reader.take(reader.number(2)));
    while (!extensions.empty()) {
        types.push_back(static_cast<std::uint16_t>(extensions.number(2)));
        extensions.take(extensions.number(2));
    }
    return types;
}

bool is_grease(std::uint16_t value) {
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);  // RFC 8701 2
}

bool has_grease(const std::vector<std::uint16_t>& types) {
    return std::ranges::any_of(types, is_grease);
}

/// RFC 8446 4.1.3.
bool has_sentinel(Bytes random) {
    constexpr std::string_view mark = "DOWNGRD";
    return random.size() == 32 &&
           std::equal(mark.begin(), mark.end(), random.begin() + 24,
                      [](char c, std::uint8_t byte) { return static_cast<std::uint8_t>(c) == byte; });
}

std::vector<std::uint16_t> offered_suites(Bytes client_hello) {
    Reader reader(client_hello);
    reader.take(header_size + 2 + 32);
    reader.take(reader.number(1));
    Reader suites(reader.take(reader.number(2)));
    std::vector<std::uint16_t> offered;
    while (!suites.empty()) {
        offered.push_back(static_cast<std::uint16_t>(suites.number(2)));
    }
    return offered;
}

/// What a client of ours asks for, so that a server of TLS 1.2 may answer it.
bool was_asked_for(std::uint16_t extension) {
    constexpr std::array<std::uint16_t, 8> asked{0, 5, 11, 16, 22, 23, 35, 0xff01};
    return std::ranges::find(asked, extension) != asked.end();
}

/// Of a CertificateRequest or a NewSessionTicket of TLS 1.3.
std::vector<std::uint16_t> late_extensions(Bytes message) {
    Reader reader(message);
    reader.take(header_size);
    if (message[0] == SSL3_MT_CERTIFICATE_REQUEST) {
        reader.take(reader.number(1));
    } else {
        reader.take(8);
        reader.take(reader.number(1));
        reader.take(reader.number(2));
    }
    return extension_types(reader);
}

}  // namespace

void Hooks::watch(SSL* connection, Wire& wire) {
    wire_ = &wire;
    if (!faults_.empty()) {
        SSL_set_msg_callback(connection, message);
        SSL_set_msg_callback_arg(connection, this);
    }
}

void Hooks::message(int sent, int, int type, const void* bytes, std::size_t size, SSL* connection, void* given) {
    Hooks& hooks = *static_cast<Hooks*>(given);
    const Bytes content(static_cast<const std::uint8_t*>(bytes), size);
    if (type == SSL3_RT_HEADER && sent == 0) {
        hooks.record_header(content);
    }
    if (type != SSL3_RT_HANDSHAKE || content.size() < header_size) {
        return;
    }
    if (sent != 0) {
        if (content[0] == SSL3_MT_CLIENT_HELLO) {
            hooks.offered_ = offered_suites(content);
        }
        hooks.finished_ = hooks.finished_ || content[0] == SSL3_MT_FINISHED;
        return;
    }
    const bool tls_1_3 = SSL_version(connection) == TLS1_3_VERSION;
    switch (content[0]) {
        case SSL3_MT_SERVER_HELLO: hooks.server_hello(content, connection); break;
        case SSL3_MT_KEY_UPDATE: hooks.key_update(content); break;
        case SSL3_MT_NEWSESSION_TICKET:
            ++hooks.tickets_;
            if (hooks.tickets_ > most_tickets && hooks.faults_.has("stumbles-over-tickets")) {
                hooks.wire_->broken = true;
            }
            [[fallthrough]];
        case SSL3_MT_CERTIFICATE_REQUEST:
            if (tls_1_3 && has_grease(late_extensions(content)) && hooks.faults_.has("stumbles-over-grease")) {
                hooks.wire_->broken = true;
            }
            if (hooks.finished_ && content[0] == SSL3_MT_CERTIFICATE_REQUEST &&
                hooks.faults_.has("stumbles-over-late-request")) {
                hooks.wire_->broken = true;
                hooks.wire_->muted = true;
            }
            break;
        default: break;
    }
}

void Hooks::server_hello(Bytes hello, SSL* connection) {
    Reader reader(hello);
    reader.take(header_size);
    const std::size_t version = reader.number(2);
    const Bytes random = reader.take(32);
    reader.take(reader.number(1));
    const auto suite = static_cast<std::uint16_t>(reader.number(2));
    reader.take(1);
    const std::vector<std::uint16_t> extensions = extension_types(reader);
    const bool tls_1_3 = std::ranges::find(extensions, supported_versions) != extensions.end();
    if (std::ranges::equal(random, retry_random) && faults_.has("no-hello-retry")) {
        wire_->broken = true;
        wire_->muted = true;
    }
    if (version == ssl_3 && faults_.has("goes-on-with-ssl3")) {
        go_on_by_hand(0);
    }
    if (version == tls_1_1 && faults_.has("speaks-1.0") && !faults_.has("speaks-1.1")) {
        SSL_set_min_proto_version(connection, TLS1_2_VERSION);
    }
    if (version != tls_1_2 || tls_1_3) {
        return;
    }
    if (has_sentinel(random) && faults_.has("ignores-sentinel")) {
        // OpenSSL looks for the mark where it knows a newer version than the one
        // that the server chose.
        SSL_set_max_proto_version(connection, TLS1_2_VERSION);
    }
    if (std::ranges::find(offered_, suite) == offered_.end() && faults_.has("takes-any-suite")) {
        go_on_by_hand(3);
    }
    if (!std::ranges::all_of(extensions, was_asked_for) && faults_.has("takes-any-extension")) {
        go_on_by_hand(3);
    }
}

void Hooks::key_update(Bytes message) {
    if (faults_.has("stumbles-over-key-update")) {
        wire_->broken = true;
        wire_->muted = true;
    }
    if (message.size() > header_size && faults_.has("ignores-key-update")) {
        // The message is OpenSSL's own buffer, which it acts on next:
        // update_requested becomes update_not_requested.
        const_cast<std::uint8_t*>(message.data())[header_size] = SSL_KEY_UPDATE_NOT_REQUESTED;
    }
}

void Hooks::record_header(Bytes header) {
    constexpr std::size_t size_of_header = 5;
    if (header.size() < size_of_header) {
        return;
    }
    const std::uint8_t type = header[0];
    const auto length = static_cast<std::size_t>(header[3] << 8 | header[4]);
    // In clear, under TLS 1.3 (type and tag) and under TLS 1.2 with GCM (explicit
    // nonce and tag).
    const bool one_byte = (type == SSL3_RT_HANDSHAKE && length == 1) ||
                          (type == SSL3_RT_APPLICATION_DATA && (length == 18 || length == 25 || length == 17));
    if (one_byte && ++small_records_ > most_small_records && faults_.has("stumbles-over-small-records")) {
        wire_->broken = true;
        wire_->muted = true;
    }
}

void Hooks::go_on_by_hand(std::uint8_t minor_version) {
    constexpr std::uint8_t point_size = 65;
    std::string record{static_cast<char>(SSL3_RT_HANDSHAKE), 3, static_cast<char>(minor_version), 0,
                       static_cast<char>(header_size + 1 + point_size)};
    record += {static_cast<char>(SSL3_MT_CLIENT_KEY_EXCHANGE),
               0,
               0,
               static_cast<char>(1 + point_size),
               static_cast<char>(point_size),
               4};
    record.append(point_size - 1, '\x2a');
    send_raw(*wire_, record);
    wire_->muted = true;  // or an alert would take it back
}

}  // namespace gateproof::client
