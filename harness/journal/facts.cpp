#include "harness/journal/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/text/sha256.hpp"

namespace gateproof {
namespace {

constexpr std::size_t longest_fact = 400;
constexpr std::size_t most_facts = 500;
constexpr std::size_t shown_digits = 12;
constexpr std::string_view mark = "sha256:";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_word(char c) {
    return is_digit(c) || is_lower(c) || is_upper(c);
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// How many characters at the start of the text are such.
template <class Is>
std::size_t run_of(std::string_view text, Is is) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is) - text.begin());
}

/// The length of what has this shape at the start of the text: 'd' is a digit, the rest itself; 0: it has not.
std::size_t shaped(std::string_view text, std::string_view shape) {
    if (text.size() < shape.size()) {
        return 0;
    }
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) {
            return 0;
        }
    }
    return shape.size();
}

/// "12:30:01.250Z", with a date before it or not. A date alone is a fact.
std::size_t time_at(std::string_view text) {
    std::size_t length = 0;
    if (shaped(text, "dddd-dd-dd") > 0 && text.size() > 10 && (text[10] == 'T' || text[10] == ' ')) {
        length = 11;
    }
    const std::size_t clock = shaped(text.substr(length), "dd:dd:dd");
    if (clock == 0) {
        return 0;
    }
    length += clock;
    if (length < text.size() && text[length] == '.') {
        length += 1 + run_of(text.substr(length + 1), is_digit);
    }
    return length < text.size() && text[length] == 'Z' ? length + 1 : length;
}

/// 12, 0.25, 1.5e-07
std::size_t number_at(std::string_view text) {
    std::size_t length = run_of(text, is_digit);
    if (length > 0 && length + 1 < text.size() && text[length] == '.' && is_digit(text[length + 1])) {
        length += 1 + run_of(text.substr(length + 1), is_digit);
    }
    if (length > 0 && length + 2 < text.size() && text[length] == 'e' &&
        (text[length + 1] == '-' || text[length + 1] == '+') && is_digit(text[length + 2])) {
        length += 2 + run_of(text.substr(length + 2), is_digit);
    }
    return length;
}

/// Whether what is counted or measured here differs by chance: "250 ms", "3 tries".
bool is_by_chance(std::string_view behind_number) {
    if (behind_number.starts_with(" %") || behind_number.starts_with('%')) {
        return true;
    }
    constexpr std::array units{"ms",      "us",          "s",     "min", "h",     "seconds",
                               "minutes", "hours",       "days",  "day", "tries", "requests",
                               "calls",   "connections", "times", "try", "longer"};
    const std::string_view word = behind_number.substr(behind_number.starts_with(' ') ? 1 : 0);
    const std::string_view unit = word.substr(0, run_of(word, is_word));
    return std::ranges::find(units, unit) != units.end();
}

/// The second number of "2 of 3" and what is between; 0: it is no share.
std::size_t share_at(std::string_view behind_number) {
    constexpr std::string_view of = " of ";
    const std::size_t number = behind_number.starts_with(of) ? number_at(behind_number.substr(of.size())) : 0;
    return number == 0 ? 0 : of.size() + number;
}

bool is_handed_out(std::string_view number) {
    constexpr std::string_view first = "32768";
    return number.size() == first.size() && number >= first && run_of(number, is_digit) == number.size();
}

/// Hex of a digest or an id, a JWT, or what looks as if it had been drawn by lot.
bool is_drawn(std::string_view word) {
    constexpr std::size_t least_hex = 16;
    constexpr std::size_t least_token = 24;
    const bool digits = std::ranges::any_of(word, is_digit);
    if (digits && word.size() >= least_hex && run_of(word, is_hex) == word.size()) {
        return true;
    }
    if (word.size() < least_token) {
        return false;
    }
    std::size_t turns = 0;
    for (std::size_t i = 1; i < word.size(); ++i) {
        turns += is_lower(word[i - 1]) && (is_upper(word[i]) || is_digit(word[i])) ? 1 : 0;
    }
    constexpr std::size_t most_turns_of_names = 4;
    return word.starts_with("eyJ") || (digits && turns > most_turns_of_names);
}

/// The length of what goes at the start of the text, and what takes its place; 0: nothing goes.
struct Chance {
    std::size_t length = 0;
    std::string instead = "#";
};

Chance chance_at(std::string_view text, std::string_view before) {
    if (const std::size_t uuid = 36;
        text.size() >= uuid && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' &&
        std::ranges::all_of(text.substr(0, uuid), [](char c) { return is_hex(c) || c == '-'; })) {
        return {uuid};
    }
    if (const std::size_t time = time_at(text); time > 0) {
        return {time};
    }
    const std::size_t word = run_of(text, is_word);
    if (const std::size_t number = number_at(text); number > 0 && number >= word) {
        const std::string_view behind = text.substr(number);
        if (const std::size_t share = share_at(behind); share > 0) {
            return {number + share, "# of #"};
        }
        const bool port = is_handed_out(text.substr(0, number)) && (before.ends_with(':') || before.ends_with("port "));
        return {port || is_by_chance(behind) ? number : 0};
    }
    // "250ms": the number and its unit in one word.
    if (const std::size_t number = number_at(text); number > 0 && is_by_chance(text.substr(number))) {
        return {number};
    }
    const std::string_view whole = text.substr(0, word);
    const bool of_ours =
        before.ends_with("gateproof-") && word == 8 && run_of(whole, is_hex) == word;  // a name for once
    return {of_ours || is_drawn(whole) ? word : 0};
}

}  // namespace

std::string without_chance(std::string_view text) {
    std::string kept;
    for (std::size_t at = 0; at < text.size();) {
        const bool begins = is_word(text[at]) && (at == 0 || !(is_word(text[at - 1]) || text[at - 1] == '_'));
        // The fraction of a version, "1.2", is no number of its own.
        const bool fraction = at > 1 && text[at - 1] == '.' && is_digit(text[at - 2]);
        const Chance chance = begins && !fraction ? chance_at(text.substr(at), text.substr(0, at)) : Chance{0};
        if (chance.length > 0) {
            kept += chance.instead;
            at += chance.length;
            continue;
        }
        kept += text[at++];
    }
    return kept;
}

std::vector<std::string> facts_of(const CheckResult& result) {
    if (result.outcome == Outcome::pass || result.outcome == Outcome::skipped) {
        return {};
    }
    std::vector<std::string> facts;
    // What a judge lists is told as it is: the quantity may be the very finding.
    for (std::string kept : result.found.empty() ? std::vector{without_chance(result.sentence)} : result.found) {
        if (kept.size() > longest_fact) {
            // What is cut off still makes a difference.
            const std::string rest = fmt::format(" (cut off; {}{})", mark, sha256_of(kept).substr(0, shown_digits));
            kept = kept.substr(0, longest_fact - rest.size()) + rest;
        }
        facts.push_back(std::move(kept));
    }
    std::ranges::sort(facts);
    facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
    if (facts.size() > most_facts) {
        const std::string rest = fmt::format("(cut off; {})", digest_of_facts(facts));
        facts.resize(most_facts - 1);
        facts.push_back(rest);
        std::ranges::sort(facts);
    }
    return facts;
}

std::string digest_of_facts(const std::vector<std::string>& facts) {
    if (facts.empty()) {
        return {};
    }
    std::string all;
    for (const std::string& fact : facts) {
        all += fmt::format("{}:{}\n", fact.size(), fact);
    }
    return std::string(mark) + sha256_of(all);
}

std::string short_digest_of(const CheckResult& result) {
    return digest_of_facts(facts_of(result)).substr(0, mark.size() + shown_digits);
}

}  // namespace gateproof
