// PEM whose line breaks were lost on the way, as in a one-line field of a CI server.
#pragma once

#include <string>
#include <string_view>

namespace gateproof {

/// The text with the lines of each PEM block as RFC 7468 has them, where a block stands on one line: nothing, spaces or
/// the two characters \\n between its parts. Whatever else stands in the text stays as it is, and so does a block of
/// the old encrypted form, whose header lines cannot be told apart any more.
std::string with_pem_lines(std::string_view text);

}  // namespace gateproof
