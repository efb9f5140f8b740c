// A value inside an answer, found by JSON pointer or XPath. Answers are hostile: sizes are bounded, and XML with a
// document type declaration is not read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateproof {

inline constexpr std::size_t max_answer_bytes = std::size_t{256} * 1024;

/// The text at a JSON pointer (RFC 6901), numbers and truth values as JSON writes them. Nothing for an object, an
/// array, null, no such place, or a body that is no JSON.
std::optional<std::string> json_value(std::string_view body, const std::string& pointer);

/// Whether the list at `list` is there and none of its items has a lesser text at `by` than the one before it; an item
/// without one is out of order.
bool is_ascending(std::string_view body, const std::string& list, const std::string& by);

/// The string value of an XPath 1.0 expression; nothing when it is empty, or the body is no XML.
std::optional<std::string> xml_value(std::string_view body, const std::string& expression);

/// By whichever of the two is not empty.
std::optional<std::string> value_at(std::string_view body, const std::string& pointer, const std::string& xpath);

}  // namespace gateproof
