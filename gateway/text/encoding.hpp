// Spellings of bytes on the wire: base64, base64url, percent-encoding, references in markup; and random values in them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateproof::gateway {

/// RFC 4648 5, without padding.
std::string base64url(std::string_view bytes);
/// Strict: no padding, no foreign character, no spare bits set; empty optional otherwise.
std::optional<std::string> from_base64url(std::string_view text);
/// RFC 4648 4, with padding.
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

/// RFC 3986 2.3: everything but unreserved characters becomes %XX.
std::string percent_encoded(std::string_view text);
/// application/x-www-form-urlencoded: '+' is a space. Empty optional for a broken escape.
std::optional<std::string> form_decoded(std::string_view text);

/// For text and quoted attributes of XML and HTML.
std::string markup_escaped(std::string_view text);

std::string sha256(std::string_view bytes);
/// `bytes` random bytes in base64url; throws std::runtime_error when the machine has none.
std::string random_token(std::size_t bytes);
/// Without telling by its duration where the texts differ (their lengths are no secret).
bool same_secret(std::string_view one, std::string_view other);

}  // namespace gateproof::gateway
