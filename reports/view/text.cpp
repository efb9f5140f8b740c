#include "reports/view/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/text/log_commands.hpp"

namespace gateproof::reports {
namespace {

constexpr char32_t replacement = 0xfffd;

struct CodePoint {
    char32_t value = replacement;
    std::size_t bytes = 1;
};

/// The first code point; a byte that starts no valid sequence (RFC 3629) is one replacement character.
CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const std::size_t length = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) {
        return {};
    }
    char32_t value = lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) {
            return {};
        }
        value = (value << 6) | (byte(i) & 0x3fU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || (value >= 0xd800 && value < 0xe000) || value > 0x10ffff) {
        return {};
    }
    return {value, length};
}

/// Characters that change how the text around them is shown, or that are not shown at all.
bool is_invisible(char32_t c) {
    return (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

bool is_non_character(char32_t c) {
    return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

}  // namespace

std::string printable(std::string_view text, Lines lines, std::size_t max_bytes) {
    std::string shown;
    shown.reserve(std::min(text.size(), max_bytes) + 32);
    std::size_t at = 0;
    while (at < text.size()) {
        const CodePoint point = first_code_point(text.substr(at));
        const std::size_t before = shown.size();
        std::size_t used = point.bytes;
        if (point.value == '\n' || point.value == '\r') {
            used += point.value == '\r' && text.substr(at + 1, 1) == "\n" ? 1 : 0;
            shown.push_back(lines == Lines::many ? '\n' : ' ');
        } else if (point.value == '\t') {
            shown.push_back(' ');
        } else if (point.value < 0x20) {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
        } else if (is_invisible(point.value)) {
            shown += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
        } else if (point.value == replacement || is_non_character(point.value)) {
            shown += "\xef\xbf\xbd";
        } else if (completes_log_command(text, at) || completes_leading_command(text, at)) {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
        } else {
            shown.append(text.substr(at, point.bytes));
        }
        if (shown.size() > max_bytes) {
            shown.resize(before);
            return shown + fmt::format(" ... ({} bytes more)", text.size() - at);
        }
        at += used;
    }
    return shown;
}

std::size_t columns(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string cut_to_columns(std::string_view utf8, std::size_t max_columns) {
    if (columns(utf8) <= max_columns) {
        return std::string(utf8);
    }
    std::string cut;
    for (std::size_t column = 0; column + 1 < max_columns; ++column) {
        const std::size_t bytes = first_code_point(utf8).bytes;
        cut.append(utf8.substr(0, bytes));
        utf8.remove_prefix(bytes);
    }
    return max_columns == 0 ? cut : cut + "\u2026";
}

}  // namespace gateproof::reports
