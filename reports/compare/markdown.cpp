#include <fmt/format.h>

#include "harness/journal/codec.hpp"
#include "reports/compare/compare.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

/// Foreign text for a table's cell: no character of it is Markdown or HTML any more.
std::string cell(std::string_view text) {
    std::string safe;
    for (const char c : printable(text, Lines::one, 400)) {
        switch (c) {
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '&': safe += "&amp;"; break;
            case '|':
            case '\\':
            case '`':
            case '*':
            case '_':
            case '[':
            case ']':
            case '#':
            case '~':
            case '@':  // somebody's name, who would be told
            case '!': safe += fmt::format("&#{};", static_cast<int>(c)); break;
            default: safe += c;
        }
    }
    return safe;
}

std::string side(const std::optional<Outcome>& outcome, const std::string& sentence) {
    return outcome            ? fmt::format("**{}**: {}", to_string(*outcome), cell(sentence))
           : sentence.empty() ? "not planned"
                              : cell(sentence);
}

std::string_view heading(Change change) {
    switch (change) {
        case Change::regression: return "Regressions";
        case Change::expired: return "Acceptance expired";
        case Change::lost: return "No longer judged";
        case Change::weakened: return "Weakened to a warning";
        case Change::still_failing: return "Still failing";
        case Change::vanished: return "Vanished";
        case Change::added: return "New checks";
        case Change::other: return "Otherwise changed";
        case Change::improved: return "Improved";
        case Change::fixed: return "Fixed";
    }
    return {};
}

std::string check_row(const CheckChange& check) {
    std::string now = side(check.after, check.sentence_after);
    if (!check.attempts.empty()) {
        now += "<br>" + cell(check.attempts);
    }
    if (!check.remedy.empty()) {
        now += "<br>Remedy: " + cell(check.remedy);
    }
    if (!check.accepted.empty()) {
        now += "<br>Accepted: " + cell(check.accepted);
    }
    return fmt::format("| {} | {}<br>{} | {} | {} |\n", cell(check.target), cell(check.id), cell(check.title),
                       side(check.before, check.sentence_before), now);
}

std::string list(const std::vector<std::string>& texts) {
    std::string joined;
    for (const std::string& text : texts) {
        joined += (joined.empty() ? "" : "<br>") + cell(text);
    }
    return joined;
}

}  // namespace

std::string compare_markdown(const Comparison& comparison) {
    std::string text = fmt::format("## Gateproof: {} against {}\n\n{}\n", iso_time(comparison.after.started),
                                   iso_time(comparison.before.started), cell(compare_counts(comparison)));
    for (const std::string& note : comparison.notes) {
        text += fmt::format("\n> {}\n", cell(note));
    }
    std::optional<Change> last;
    for (const CheckChange& check : comparison.checks) {
        if (check.change != last) {
            text += fmt::format("\n### {} ({})\n\n| target | check | was | is |\n| --- | --- | --- | --- |\n",
                                heading(check.change), comparison.count(check.change));
            last = check.change;
        }
        text += check_row(check);
    }
    if (!comparison.traits.empty()) {
        text += "\n### What the endpoint shows\n\n| target | what | was | is |\n| --- | --- | --- | --- |\n";
        for (const TraitChange& change : comparison.traits) {
            text += fmt::format("| {} | {}{} | {} | {} |\n", cell(change.target), to_string(change.trait),
                                change.subject.empty() ? "" : "<br>" + cell(change.subject), list(change.before),
                                list(change.after));
        }
    }
    return text;
}

}  // namespace gateproof::reports
