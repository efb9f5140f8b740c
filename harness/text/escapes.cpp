#include "harness/text/escapes.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "harness/text/ascii.hpp"

namespace gateproof {

namespace {

/// Leading zeros may be as many as anybody likes, but not without end.
constexpr std::size_t most_digits = 64;

/// "&Tab;" and "&AMP;" are both written; nobody means two characters by names that differ in case alone.
constexpr auto names = std::to_array<std::pair<std::string_view, char>>({
    {"amp", '&'},    {"lt", '<'},       {"gt", '>'},     {"quot", '"'},     {"apos", '\''},  {"nbsp", ' '},
    {"tab", '\t'},   {"newline", '\n'}, {"excl", '!'},   {"num", '#'},      {"dollar", '$'}, {"percnt", '%'},
    {"lpar", '('},   {"rpar", ')'},     {"ast", '*'},    {"midast", '*'},   {"plus", '+'},   {"comma", ','},
    {"period", '.'}, {"sol", '/'},      {"colon", ':'},  {"semi", ';'},     {"equals", '='}, {"quest", '?'},
    {"commat", '@'}, {"lsqb", '['},     {"lbrack", '['}, {"bsol", '\\'},    {"rsqb", ']'},   {"rbrack", ']'},
    {"hat", '^'},    {"lowbar", '_'},   {"grave", '`'},  {"lcub", '{'},     {"lbrace", '{'}, {"verbar", '|'},
    {"vert", '|'},   {"rcub", '}'},     {"rbrace", '}'}, {"underbar", '_'},
});
constexpr std::size_t longest_name = 8;
/// Browsers read these without their semicolon too.
constexpr std::size_t old_names = 4;

constexpr bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

Escape of_byte(std::size_t size, unsigned byte) {
    Escape escape;
    escape.size = size;
    escape.bytes[0] = static_cast<char>(byte);
    escape.count = 1;
    return escape;
}

/// In UTF-8; no escape for what is no character.
Escape of_character(std::size_t size, std::uint32_t code) {
    constexpr std::uint32_t no_break_space = 0xA0;
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        return {};
    }
    if (code < 0x80 || code == no_break_space) {
        return of_byte(size, code == no_break_space ? ' ' : code);
    }
    Escape escape;
    escape.size = size;
    escape.count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    constexpr std::array<unsigned, 5> marks{0, 0, 0xC0, 0xE0, 0xF0};
    for (std::size_t i = escape.count; i-- > 0; code >>= 6) {
        const std::uint32_t bits = i == 0 ? marks[escape.count] | code : 0x80 | (code & 0x3F);
        escape.bytes[i] = static_cast<char>(bits);
    }
    return escape;
}

/// Exactly `digits` hexadecimal digits at `at`.
std::optional<std::uint32_t> hex_at(std::string_view text, std::size_t at, std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        if (i >= text.size() || hex_value(text[i]) < 0) {
            return std::nullopt;
        }
        value = value << 4 | static_cast<std::uint32_t>(hex_value(text[i]));
    }
    return value;
}

/// Digits from `at` on; `end` is behind them. Larger numbers than any character's become one that is none.
std::uint32_t number_at(std::string_view text, std::size_t at, std::uint32_t base, std::size_t& end) {
    std::uint32_t value = 0;
    for (end = at; end < std::min(text.size(), at + most_digits); ++end) {
        const int digit = hex_value(text[end]);
        if (digit < 0 || static_cast<std::uint32_t>(digit) >= base) {
            break;
        }
        value = std::min<std::uint32_t>(value * base + static_cast<std::uint32_t>(digit), 0x110000);
    }
    return value;
}

/// Behind "\u" or "%u", whose pair begins in the same way.
Escape utf16_at(std::string_view text) {
    const std::optional<std::uint32_t> first = hex_at(text, 2, 4);
    if (!first || *first < 0xD800 || *first >= 0xDC00) {
        return first ? of_character(6, *first) : Escape{};
    }
    const bool pair = text.size() >= 12 && text[6] == text[0] && text[7] == 'u';
    const std::optional<std::uint32_t> second = pair ? hex_at(text, 8, 4) : std::nullopt;
    const bool low = second && *second >= 0xDC00 && *second < 0xE000;
    return low ? of_character(12, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00)) : Escape{};
}

Escape backslash_at(std::string_view text) {
    constexpr std::string_view letters = "\"\\/'nrtbf";
    constexpr std::string_view meant = "\"\\/'\n\r\t\b\f";
    if (text.size() < 2) {
        return {};
    }
    if (text[1] == 'u' && text.size() > 2 && text[2] == '{') {
        std::size_t end = 0;
        const std::uint32_t code = number_at(text, 3, 16, end);
        return end > 3 && end < text.size() && text[end] == '}' ? of_character(end + 1, code) : Escape{};
    }
    if (text[1] == 'u') {
        return utf16_at(text);
    }
    if (text[1] == 'x') {
        const std::optional<std::uint32_t> byte = hex_at(text, 2, 2);
        return byte ? of_byte(4, *byte) : Escape{};
    }
    const std::size_t known = letters.find(text[1]);
    return known == std::string_view::npos ? Escape{} : of_byte(2, static_cast<unsigned char>(meant[known]));
}

Escape percent_at(std::string_view text) {
    if (text.size() > 1 && lower(text[1]) == 'u') {
        return utf16_at(text);
    }
    const std::optional<std::uint32_t> byte = hex_at(text, 1, 2);
    return byte ? of_byte(3, *byte) : Escape{};
}

Escape reference_at(std::string_view text, bool open) {
    if (text.size() > 2 && text[1] == '#') {
        const bool hexadecimal = lower(text[2]) == 'x';
        const std::size_t digits = hexadecimal ? 3 : 2;
        std::size_t end = 0;
        const std::uint32_t code = number_at(text, digits, hexadecimal ? 16 : 10, end);
        const bool closed = end < text.size() && text[end] == ';';
        return end > digits && (closed || open) ? of_character(end + (closed ? 1 : 0), code) : Escape{};
    }
    std::size_t end = 1;
    while (end < text.size() && end <= longest_name && is_letter(text[end])) {
        ++end;
    }
    const bool closed = end < text.size() && text[end] == ';';
    const std::string_view name = text.substr(1, end - 1);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& [known, meant] = names[i];
        const bool whole = closed && same_ignoring_case(name, known);
        const bool begins = open && i < old_names && same_ignoring_case(name.substr(0, known.size()), known);
        if (whole || begins) {
            return of_byte(1 + known.size() + (whole ? 1 : 0), static_cast<unsigned char>(meant));
        }
    }
    return {};
}

std::size_t last_cut_escape(std::string_view text) {
    constexpr std::size_t longest = 3 + most_digits;
    text.remove_prefix(text.size() - std::min(text.size(), longest));
    const std::size_t at = text.find_last_of("\\%&");
    if (at == std::string_view::npos) {
        return 0;
    }
    const std::string_view rest = text.substr(at + 1);
    const auto all = [](std::string_view part, auto good) { return std::ranges::all_of(part, good); };
    const auto is_hex = [](char c) { return hex_value(c) >= 0; };
    const std::string_view behind = rest.substr(std::min<std::size_t>(rest.size(), 1));
    bool cut = rest.empty();
    if (!cut && text[at] == '&') {
        const bool hexadecimal = behind.starts_with('x') || behind.starts_with('X');
        cut = rest[0] == '#' ? all(behind.substr(hexadecimal ? 1 : 0), is_hex)
                             : rest.size() <= longest_name && all(rest, is_letter);
    } else if (!cut) {
        const char kind = lower(rest[0]);
        cut = kind == 'u'                       ? behind.size() < 4 && all(behind, is_hex)
              : kind == 'x' && text[at] == '\\' ? behind.size() < 2 && all(behind, is_hex)
                                                : text[at] == '%' && behind.empty() && is_hex(rest[0]);
    }
    return cut ? text.size() - at : 0;
}

}  // namespace

Escape escape_at(std::string_view text, bool open) {
    if (text.empty()) {
        return {};
    }
    switch (text[0]) {
        case '\\': return backslash_at(text);
        case '%': return percent_at(text);
        case '&': return reference_at(text, open);
        default: return {};
    }
}

std::size_t cut_escape(std::string_view text) {
    std::size_t size = 0;
    constexpr int most_layers = 4;
    for (int layer = 0; layer < most_layers; ++layer) {
        size += last_cut_escape(text.substr(0, text.size() - size));
    }
    return size;
}

}  // namespace gateproof
