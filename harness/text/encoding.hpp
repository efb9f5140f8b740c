// Spellings of bytes on the wire: base64, base64url, percent-encoding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateproof {

/// RFC 4648 4, with padding.
std::string base64(std::string_view bytes);
/// RFC 4648 5, without padding (RFC 7515 2).
std::string base64url(std::string_view bytes);
/// Nothing for other characters, padding, a length that no bytes have, or bits left over.
std::optional<std::string> from_base64url(std::string_view text);
/// All but the unreserved characters (RFC 3986 2.3) as %XX; a space is %20.
std::string percent_encoded(std::string_view text);

}  // namespace gateproof
