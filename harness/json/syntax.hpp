// Says in plain words what is wrong with a text that is not JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateproof {

struct SyntaxFault {
    std::size_t offset = 0;  ///< byte where the reader's eye should go
    std::string message;
};

/// The first byte sequence that is not UTF-8 (RFC 3629), a NUL, or an empty text; empty when all is well.
std::optional<SyntaxFault> find_bad_bytes(std::string_view text);

/// Turns the parser's report into a sentence. `position` is how many bytes it has read, `last_token` what it read
/// last, `report` its own text.
SyntaxFault explain_syntax_error(std::string_view text, std::size_t position, std::string_view last_token,
                                 std::string_view report);

}  // namespace gateproof
