// The messages of a server's first flight, each parsed from its complete body. Everything is bounded by that body.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/probe/tls/server_answer.hpp"

namespace gateproof {

/// "protocol_version" of 70 (RFC 8446 appendix B.2 and its predecessors); empty without a name.
std::string_view alert_name(std::uint8_t description);

/// ServerHello or HelloRetryRequest (RFC 8446 4.1.3, RFC 5246 7.4.1.3, RFC 6101 5.6.1.3); empty when it does not parse.
std::optional<ServerHello> parse_server_hello(std::span<const std::uint8_t> body);

/// SSL 2 SERVER-HELLO, message type included; its certificate, if any, goes to `certificate` as DER.
std::optional<ServerHello> parse_ssl2_server_hello(std::span<const std::uint8_t> message, std::string& certificate);

/// A message between ServerHello and ServerHelloDone, read into `answer`, which holds the ServerHello already. False
/// when it does not parse, comes twice or does not belong there.
bool parse_flight_message(std::uint8_t type, std::span<const std::uint8_t> body, ServerAnswer& answer);

}  // namespace gateproof
