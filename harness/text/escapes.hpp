// Escapes of JSON and JavaScript, of HTML and of URLs, as they stand in the middle of any text.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace gateproof {

/// One escape and the bytes that it stands for; characters beyond ASCII in UTF-8.
struct Escape {
    std::size_t size = 0;  ///< of the escape in the text; 0: the text begins with none
    std::array<char, 4> bytes{};
    std::size_t count = 0;  ///< of `bytes`

    [[nodiscard]] std::string_view text() const { return {bytes.data(), count}; }
};

/// The escape that `text` begins with: \/ \" \n \xHH \uHHHH (surrogates as a pair) \u{H}, %HH %uHHHH, &#N; &#xH; and
/// the named characters of ASCII. Digits and names in any case; a space that does not break counts as a space. Where
/// `open`, character references count without their semicolon too, as browsers read them.
Escape escape_at(std::string_view text, bool open = false);

/// How many bytes at the end of `text` may be the beginning of an escape that was cut off, or of one inside another.
std::size_t cut_escape(std::string_view text);

}  // namespace gateproof
