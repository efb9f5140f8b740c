// The messages of a server's first flight, each parsed from its complete body. Everything is bounded by that body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/tls/server_answer.hpp"

namespace gateproof {

inline constexpr std::size_t max_plaintext = 1 << 14;  ///< of a record (RFC 8446 5.1); a first flight is not encrypted
inline constexpr std::size_t handshake_header = 4;     ///< type and length, before each handshake message
enum RecordType : std::uint8_t { change_cipher_spec = 20, alert_record = 21, handshake_record = 22, heartbeat = 24 };

/// "protocol_version" of 70 (RFC 8446 appendix B.2 and its predecessors); empty without a name.
std::string_view alert_name(std::uint8_t description);

/// A block of extensions without its length, each type once (RFC 8446 4.2) and at most 256 of them, appended to `out`;
/// false when it is anything else.
bool read_extensions(std::span<const std::uint8_t> bytes, std::vector<Extension>& out);

/// ServerHello or HelloRetryRequest (RFC 8446 4.1.3, RFC 5246 7.4.1.3, RFC 6101 5.6.1.3); empty when it does not parse.
std::optional<ServerHello> parse_server_hello(std::span<const std::uint8_t> body);

/// SSL 2 SERVER-HELLO, message type included; its certificate, if any, goes to `certificate` as DER.
std::optional<ServerHello> parse_ssl2_server_hello(std::span<const std::uint8_t> message, std::string& certificate);

/// A message between ServerHello and ServerHelloDone, read into `answer`, which holds the ServerHello already. False
/// when it does not parse, comes twice or does not belong there.
bool parse_flight_message(std::uint8_t type, std::span<const std::uint8_t> body, ServerAnswer& answer);

}  // namespace gateproof
