// The client's own spellings of bytes: base64, hex, percent-encoding, markup,
// random texts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateproof::client {

/// RFC 4648 4, with padding.
std::string base64(std::string_view bytes);
/// RFC 4648 5, without padding.
std::string base64url(std::string_view bytes);
std::string hex(std::string_view bytes, bool upper_case);
/// Everything but the unreserved characters of RFC 3986 2.3 becomes %XX; good
/// in forms, too.
std::string percent_encoded(std::string_view text);
/// application/x-www-form-urlencoded; nothing for a broken escape.
std::optional<std::string> form_decoded(std::string_view text);
/// The value of a name in "a=1&b=2"; nothing when it is absent, or when it
/// stands there twice.
std::optional<std::string> form_value(std::string_view form, std::string_view name);
std::string markup_escaped(std::string_view text);
std::string lower_case(std::string_view text);
/// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);

std::string sha256(std::string_view bytes);
/// Throws Unusable when the machine has no randomness.
std::string random_bytes(std::size_t count);
/// From 0 to below 1.
double random_fraction();

}  // namespace gateproof::client
