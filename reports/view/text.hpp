// Foreign text made safe to show: what a peer sent must not steer a terminal or a CI system, break XML or reorder a
// line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gateproof::reports {

enum class Lines {
    one,   ///< line breaks become spaces
    many,  ///< '\n' stays; "\r\n" and '\r' become '\n'
};

/// Valid UTF-8 of at most `max_bytes` (and a note of what was cut). Bytes that are no UTF-8 and non-characters become
/// U+FFFD; C0 and C1 controls, DEL, bidirectional controls and other invisible format characters are spelled out
/// (`\x1b`, `\u202e`), and so is a character of what CI systems obey in the output of a job (`#\x23vso[`, and
/// `:\x3aerror` where it begins a line). The result holds only characters that XML 1.0 allows; `<`, `&` and quotes are
/// left to the XML writer.
std::string printable(std::string_view text, Lines lines = Lines::one, std::size_t max_bytes = 4096);

/// How many columns the text takes on a terminal, one for each code point (wide characters are not known).
std::size_t columns(std::string_view utf8);

/// The text cut to that many columns, its last one then "…".
std::string cut_to_columns(std::string_view utf8, std::size_t max_columns);

}  // namespace gateproof::reports
