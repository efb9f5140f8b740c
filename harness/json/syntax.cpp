#include "harness/json/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/json/tree.hpp"

namespace gateproof {

namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Length of the valid UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    const auto continues = [&](std::size_t at) { return (byte(at) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return continues(1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) > 0x9F;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool beyond = first == 0xF4 && byte(1) > 0x8F;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

/// The lexer spells control characters of a token as <U+000A>: how many bytes the token really has.
std::size_t raw_length(std::string_view token) {
    std::size_t length = 0;
    for (std::size_t at = 0; at < token.size(); ++length) {
        constexpr std::size_t spelt = std::string_view("<U+000A>").size();
        const std::string_view rest = token.substr(at);
        at += rest.size() >= spelt && rest.starts_with("<U+") && rest[spelt - 1] == '>' ? spelt : 1;
    }
    return length;
}

/// Where the token begins that the lexer was reading when it had taken `read` bytes. It keeps the bytes of a string
/// or number alone; for anything else its buffer reaches further back, but such a token is one word or one character.
std::size_t token_start(std::string_view text, std::size_t read, std::string_view last_token, std::string_view report) {
    const bool kept = contains(report, "invalid string") || contains(report, "invalid number") ||
                      contains(report, "number overflow") || contains(report, "unexpected string literal") ||
                      contains(report, "unexpected number literal");
    if (kept) {
        return read - std::min(raw_length(last_token), read);
    }
    const auto letter = [&](std::size_t at) { return std::isalpha(static_cast<unsigned char>(text[at])) != 0; };
    std::size_t start = read - std::min<std::size_t>(1, read);
    while (start > 0 && start < text.size() && letter(start) && letter(start - 1)) {
        --start;
    }
    while (start > 0 && start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
        --start;  // to the first byte of the character
    }
    return start;
}

std::string_view line_at(std::string_view text, std::size_t offset) {
    const std::string_view rest = text.substr(std::min(offset, text.size()));
    return rest.substr(0, rest.find_first_of("\r\n"));
}

/// The last byte before `offset` that is not white space; 0 when there is none.
char previous_byte(std::string_view text, std::size_t offset, std::size_t* at = nullptr) {
    while (offset > 0) {
        --offset;
        if (std::string_view(" \t\r\n").find(text[offset]) == std::string_view::npos) {
            if (at != nullptr) {
                *at = offset;
            }
            return text[offset];
        }
    }
    return '\0';
}

std::optional<std::string> explain_string_error(std::string_view report) {
    if (!contains(report, "invalid string")) {
        return std::nullopt;
    }
    if (contains(report, "missing closing quote")) {
        return "this string has no closing '\"'";
    }
    if (contains(report, "U+000A") || contains(report, "U+000D")) {
        return "this string has no closing '\"' on its line; write a line break inside a string as \\n";
    }
    if (contains(report, "control character")) {
        return "a control character stands in this string; write it as an escape, such as \\t or \\u0001";
    }
    if (contains(report, "surrogate")) {
        return "this string has half of a \\u surrogate pair; write both halves or the character itself";
    }
    if (contains(report, "forbidden character after backslash")) {
        return "this string has a '\\' before a character that needs none; write a single backslash as \\\\";
    }
    if (contains(report, "must be followed by 4 hex digits")) {
        return "this string has '\\u' without four hexadecimal digits after it";
    }
    return "this string cannot be read";
}

/// Things that other notations allow at the start of a token.
std::optional<std::string> explain_foreign_notation(std::string_view token) {
    struct Word {
        std::string_view word;
        std::string_view advice;
    };
    static constexpr std::array<Word, 8> words{{{"True", "write true"},
                                                {"TRUE", "write true"},
                                                {"False", "write false"},
                                                {"FALSE", "write false"},
                                                {"None", "write null, or leave the key out"},
                                                {"undefined", "write null, or leave the key out"},
                                                {"NaN", "JSON has no such number"},
                                                {"Infinity", "JSON has no such number"}}};
    if (token.substr(0, 2) == "//" || token.substr(0, 2) == "/*" || token.substr(0, 1) == "#") {
        return "a comment is not allowed in JSON; remove it, or use \"title\" for a remark";
    }
    if (token.substr(0, 1) == "'") {
        return "strings and keys stand in double quotes in JSON, not in single quotes";
    }
    for (const Word& word : words) {
        if (token.substr(0, word.word.size()) == word.word) {
            return fmt::format("{} is not JSON; {}", word.word, word.advice);
        }
    }
    return std::nullopt;
}

SyntaxFault explain_end(std::string_view text, std::string_view report) {
    std::size_t at = text.size();
    previous_byte(text, text.size(), &at);
    const std::string_view expected = contains(report, "object separator") ? "':' and a value"
                                      : contains(report, "object key")     ? "a key in double quotes"
                                      : contains(report, "array")          ? "',' or ']'"
                                      : contains(report, "parsing object") ? "',' or '}'"
                                                                           : "a value";
    return {std::min(at + 1, text.size()), fmt::format("the file ends too early; expected {}", expected)};
}

/// The first character of a text between single quotes, whole and escaped.
std::string found_character(std::string_view text) {
    std::string shown = in_quotes(text.substr(0, std::max<std::size_t>(1, utf8_length(text))));
    shown.front() = '\'';
    shown.back() = '\'';
    return shown;
}

std::string explain_token(std::string_view text, std::size_t start, std::string_view report) {
    const std::string_view line = line_at(text, start);
    const char found = line.empty() ? '\0' : line.front();
    const char before = previous_byte(text, start);
    if (const auto foreign = explain_foreign_notation(line)) {
        return *foreign;
    }
    const bool word = std::isalpha(static_cast<unsigned char>(found)) != 0 || found == '_';
    if (contains(report, "parsing object key")) {
        if (found == '}') {
            return "a comma stands before this '}'; remove the comma after the last value";
        }
        return word ? "a key stands in double quotes in JSON" : "expected a key in double quotes";
    }
    if (contains(report, "parsing object separator")) {
        return fmt::format("expected ':' after the key, found {}", found_character(line));
    }
    if (contains(report, "invalid number")) {
        return "this number cannot be read; expected digits such as 10, 0.5 or 1e3 without a leading zero or '+'";
    }
    if (contains(report, "; expected '}'")) {
        return "expected ',' or '}' after the value before this";
    }
    if (contains(report, "; expected ']'")) {
        return "expected ',' or ']' after the value before this";
    }
    if (contains(report, "; expected end of input")) {
        return "the profile ended before this; expected one JSON object and nothing after it";
    }
    if (found == ']' && before == ',') {
        return "a comma stands before this ']'; remove the comma after the last value";
    }
    if (word) {
        const std::string_view token = line.substr(0, line.find_first_of(" \t,:]}\""));
        return fmt::format("{} is not a JSON value; a text stands in double quotes", in_quotes(token));
    }
    return fmt::format("expected a value, found {}", found_character(line));
}

}  // namespace

std::optional<SyntaxFault> find_bad_bytes(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return SyntaxFault{0, "the file is empty; expected a JSON object"};
    }
    if (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF") {
        return SyntaxFault{0, "the file is UTF-16; save it as UTF-8"};
    }
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\0') {
            return SyntaxFault{at, "a NUL byte stands here; the file must be text in UTF-8"};
        }
        const std::size_t length = utf8_length(text.substr(at));
        if (length == 0) {
            return SyntaxFault{at, fmt::format("the byte 0x{:02x} is not valid UTF-8; save the file as UTF-8",
                                               static_cast<unsigned char>(text[at]))};
        }
        at += length;
    }
    return std::nullopt;
}

SyntaxFault explain_syntax_error(std::string_view text, std::size_t position, std::string_view last_token,
                                 std::string_view report) {
    const std::size_t read = std::min(position, text.size());
    const std::size_t start = token_start(text, read, last_token, report);
    if (const auto message = explain_string_error(report)) {
        return {start, *message};
    }
    if (contains(report, "number overflow")) {
        return {start, "this number is too large"};
    }
    if (contains(report, "unexpected end of input")) {
        return explain_end(text, report);
    }
    return {start, explain_token(text, start, report)};
}

}  // namespace gateproof
