#include <fmt/format.h>

#include "harness/journal/codec.hpp"
#include "reports/compare/compare.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

struct Look {
    std::string_view label;
    std::string_view colour;  ///< SGR parameters
};

Look look_of(Change change) {
    switch (change) {
        case Change::regression: return {"REGRESSION", "1;31"};
        case Change::expired: return {"ACCEPTANCE EXPIRED", "1;31"};
        case Change::lost: return {"NO LONGER JUDGED", "1;33"};
        case Change::weakened: return {"WEAKENED", "33"};
        case Change::still_failing: return {"STILL FAILING", "31"};
        case Change::vanished: return {"VANISHED", "33"};
        case Change::added: return {"NEW", "36"};
        case Change::other: return {"CHANGED", "33"};
        case Change::improved: return {"IMPROVED", "32"};
        case Change::fixed: return {"FIXED", "1;32"};
    }
    return {};
}

std::string painted(std::string_view text, std::string_view colour, const ConsoleStyle& style) {
    return style.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

std::string shown(std::string_view text, std::size_t bytes = 1000) {
    return printable(text, Lines::one, bytes);
}

std::string head_line(std::string_view name, const ComparedRun& head) {
    return fmt::format("{}: {}, {} checks, gateproof {}\n", name, iso_time(head.started), head.checks,
                       shown(head.tool_version, 100));
}

std::string check_text(const CheckChange& check, const ConsoleStyle& style) {
    const Look look = look_of(check.change);
    std::string text = fmt::format("{}  {} {}: {}\n", painted(look.label, look.colour, style), shown(check.target, 100),
                                   shown(check.id, 100), shown(check.title, 200));
    const bool same = check.before == check.after && check.sentence_before == check.sentence_after;
    if (check.before && !same) {
        text += fmt::format("    was {}: {}\n", to_string(*check.before), shown(check.sentence_before));
    }
    if (!check.before && !check.sentence_before.empty()) {
        text += fmt::format("    was {}\n", shown(check.sentence_before));
    }
    if (!check.after && !check.sentence_after.empty()) {
        text += fmt::format("    is {}\n", shown(check.sentence_after));
    }
    if (check.after) {
        text +=
            fmt::format("    {} {}: {}\n", same ? "is" : "now", to_string(*check.after), shown(check.sentence_after));
    }
    if (!check.attempts.empty()) {
        text += fmt::format("    {}\n", check.attempts);
    }
    if (!check.remedy.empty()) {
        text += fmt::format("    remedy: {}\n", shown(check.remedy));
    }
    if (!check.accepted.empty()) {
        text += fmt::format("    accepted: {}\n", shown(check.accepted));
    }
    return text;
}

std::string trait_text(const TraitChange& change, const ConsoleStyle& style) {
    std::string text =
        fmt::format("{}  {} {}{}\n", painted("DIFFERENT", "36", style), shown(change.target, 100),
                    to_string(change.trait), change.subject.empty() ? "" : ": " + shown(change.subject, 200));
    for (const std::string& gone : change.before) {
        text += fmt::format("    - {}\n", shown(gone));
    }
    for (const std::string& come : change.after) {
        text += fmt::format("    + {}\n", shown(come));
    }
    return text;
}

}  // namespace

std::string compare_text(const Comparison& comparison, const ConsoleStyle& style) {
    std::string text = head_line("old", comparison.before) + head_line("new", comparison.after);
    for (const std::string& note : comparison.notes) {
        text += fmt::format("note: {}\n", shown(note));
    }
    text += '\n';
    for (const CheckChange& check : comparison.checks) {
        text += check_text(check, style) + '\n';
    }
    for (const TraitChange& change : comparison.traits) {
        text += trait_text(change, style) + '\n';
    }
    return text + compare_counts(comparison) + '\n';
}

}  // namespace gateproof::reports
