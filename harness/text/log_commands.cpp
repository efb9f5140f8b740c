#include "harness/text/log_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/text/ascii.hpp"

namespace gateproof {
namespace {

bool follows(std::string_view text, std::size_t at, std::string_view expected) {
    return at <= text.size() && same_ignoring_case(text.substr(at, expected.size()), expected);
}

/// What may stand before a command: white space of ASCII, and anything beyond it, some of which is white space too.
bool may_lead(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || static_cast<unsigned char>(c) >= 0x80;
}

bool ends_line(char c) {
    return c == '\n' || c == '\r';
}

template <class Spell>
std::string respelled(std::string_view text, bool leading_ones, Spell spell) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (completes_log_command(text, at) || (leading_ones && completes_leading_command(text, at))) {
            out += spell(static_cast<unsigned char>(text[at]));
        } else {
            out += text[at];
        }
    }
    return out;
}

}  // namespace

bool completes_log_command(std::string_view text, std::size_t at) {
    if (text[at] == '#') {
        constexpr std::array<std::string_view, 3> commands{"[", "vso[", "teamcity["};
        return at > 0 && text[at - 1] == '#' &&
               std::ranges::any_of(commands, [&](std::string_view command) { return follows(text, at + 1, command); });
    }
    constexpr std::string_view section = "section";
    return text[at] == '_' && at >= section.size() && follows(text, at - section.size(), section) &&
           (follows(text, at + 1, "start:") || follows(text, at + 1, "end:"));
}

bool completes_leading_command(std::string_view text, std::size_t at) {
    if (text[at] != ':' || at == 0 || text[at - 1] != ':' || at + 1 >= text.size() || lower(text[at + 1]) < 'a' ||
        lower(text[at + 1]) > 'z') {
        return false;
    }
    std::size_t before = at - 1;
    while (before > 0 && !ends_line(text[before - 1]) && may_lead(text[before - 1])) {
        --before;
    }
    return before == 0 || ends_line(text[before - 1]);
}

std::string without_log_commands(std::string_view text, bool leading_ones) {
    return respelled(text, leading_ones, [](unsigned byte) { return fmt::format("\\x{:02x}", byte); });
}

std::string json_without_log_commands(std::string_view json) {
    return respelled(json, false, [](unsigned byte) { return fmt::format("\\u{:04x}", byte); });
}

}  // namespace gateproof
