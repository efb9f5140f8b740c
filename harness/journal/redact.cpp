#include "harness/journal/redact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "harness/text/ascii.hpp"
#include "harness/text/encoding.hpp"
#include "harness/text/escapes.hpp"

namespace gateproof {
namespace {

constexpr std::size_t shortest_secret = Needles::shortest;
/// Bare texts of fewer bytes are found in ordinary text as well.
constexpr std::size_t shortest_bare = 8;
/// Fewer characters of base64 may be chance.
constexpr std::size_t shortest_base64 = 5;
constexpr std::string_view replacement = "[redacted]";

std::string hexadecimal(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        fmt::format_to(std::back_inserter(out), "{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// As it stands in a JSON text.
std::string json_escaped(std::string_view text, bool solidus) {
    std::string out;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            constexpr std::string_view meant = "\n\r\t\b\f";
            const std::size_t known = meant.find(c);
            out += known == std::string_view::npos ? fmt::format("\\u{:04x}", static_cast<unsigned>(c))
                                                   : std::string{'\\', "nrtbf"[known]};
            continue;
        }
        if (c == '"' || c == '\\' || (solidus && c == '/')) {
            out += '\\';
        }
        out += c;
    }
    return out;
}

/// The characters that `bytes` alone determine when `before` other ones, 0 to 2, stand in front of them.
Needle base64_middle(std::string_view bytes, std::size_t before) {
    const std::string text = base64(std::string(before, '\0').append(bytes));
    const std::size_t begin = (8 * before + 5) / 6;
    const std::size_t end = 8 * (before + bytes.size()) / 6;
    const bool shares_behind = 8 * (before + bytes.size()) % 6 != 0;
    return {text.substr(begin, end > begin ? end - begin : 0), before != 0, shares_behind};
}

constexpr bool is_base64(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/' ||
           c == '-' || c == '_';
}

/// How many characters a bare reading leaves out at either end, white space not counted.
struct Ends {
    std::size_t before = 0;
    std::size_t behind = 0;
};

Ends ends_of(const std::string& text) {
    const auto first = std::ranges::find_if_not(text, is_left_out);
    const auto last = std::find_if_not(text.rbegin(), text.rend(), is_left_out);
    return {static_cast<std::size_t>(first - text.begin()), static_cast<std::size_t>(last - text.rbegin())};
}

/// By so many left-out characters, white space between included. `range` is of `text`, which `reading` was at `depth`.
Range widened(Range range, const std::string& text, const Reading& reading, std::size_t depth,
              std::string_view original, Ends& left) {
    const auto is_space = [&](std::size_t at) {
        const bool blank = text[at] == '+' && original[reading.made_of({at, at + 1}, 0, depth).begin] == ' ';
        return blank || (text[at] >= '\t' && text[at] <= '\r');
    };
    for (std::size_t at = range.begin; at > 0 && left.before > 0 && (is_space(at - 1) || is_left_out(text[at - 1]));
         --at) {
        if (!is_space(at - 1)) {
            --left.before;
            range.begin = at - 1;
        }
    }
    for (std::size_t at = range.end; at < text.size() && left.behind > 0 && (is_space(at) || is_left_out(text[at]));
         ++at) {
        if (!is_space(at)) {
            --left.behind;
            range.end = at + 1;
        }
    }
    return range;
}

std::string base64_decoded(std::string_view text) {
    std::string url(text.substr(0, text.find('=')));
    std::ranges::replace(url, '+', '-');
    std::ranges::replace(url, '/', '_');
    return from_base64url(url).value_or("");
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
        add(secret);
    }
}

void Redactor::add(std::string_view secret) {
    if (secret.size() < shortest_secret || secret.size() > longest_secret) {
        return;
    }
    Reading reading(secret);
    if (!plain_.add({reading.text()})) {
        return;
    }
    // Texts are read until no escape is left in them; what looks like one in a secret goes the same way.
    reading.undo_all_escapes();
    add_spelling({reading.text()});
    std::string hex = hexadecimal(secret);
    add_spelling({lower_case(hex)});
    add_spelling({std::move(hex)});
    add_base64(secret);
    for (const std::string& spelling :
         {percent_encoded(secret), json_escaped(secret, false), json_escaped(secret, true)}) {
        if (spelling != secret) {
            add_base64(spelling);
        }
    }
    add_credentials(secret);
}

/// Of the value of an Authorization header (RFC 9110 11.4): the credentials without the scheme, and a password.
void Redactor::add_credentials(std::string_view secret) {
    constexpr std::array<std::string_view, 6> schemes{"basic", "bearer", "token", "apikey", "dpop", "negotiate"};
    const std::size_t space = secret.find(' ');
    if (space == std::string_view::npos ||
        std::ranges::find(schemes, lower_case(secret.substr(0, space))) == schemes.end()) {
        return;
    }
    const std::string_view credentials = trimmed(secret.substr(space));
    add(credentials);
    if (same_ignoring_case(secret.substr(0, space), "basic")) {
        const std::string pair = base64_decoded(credentials);
        add(pair);
        add(std::string_view(pair).substr(std::min(pair.find(':'), pair.size() - 1) + 1));
    }
}

/// At each of the three alignments that it can have inside a longer text.
void Redactor::add_base64(std::string_view bytes) {
    for (std::size_t before = 0; before < 3; ++before) {
        Needle needle = base64_middle(bytes, before);
        if (needle.text.size() >= shortest_base64) {
            add_spelling(std::move(needle));
        }
    }
}

void Redactor::add_spelling(Needle needle) {
    Reading bare(needle.text);
    bare.unfold();
    // What is left out may itself be an escape that white space in the secret tears apart.
    const Ends torn = ends_of(needle.text);
    const Ends whole = ends_of(bare.text());
    bare.strip();
    if (bare.text().size() >= shortest_bare) {
        needle.left_out_before = std::max(torn.before, whole.before);
        needle.left_out_behind = std::max(torn.behind, whole.behind);
        needle.text = bare.text();
        bare_.add(std::move(needle));
    } else if (needle.text.size() >= shortest_secret) {
        Needle other = needle;
        std::ranges::replace(other.text, '+', '-');
        std::ranges::replace(other.text, '/', '_');
        plain_.add(std::move(needle));
        plain_.add(std::move(other));
    }
}

/// One walk that tells of nearly every text that nothing is in it.
Redactor::Glance Redactor::glance(std::string_view text) const {
    Glance seen;
    std::uint32_t plain = 0;
    std::uint32_t bare = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c == ' ' ? '+' : c == '_' ? '/' : c);
        plain = plain << 8 | static_cast<unsigned char>(c == ' ' ? '+' : c);
        seen.plain = seen.plain || plain_.begins_with(plain);
        seen.escapes = seen.escapes || is_escaping(c);
        if (!is_blank(c) && !is_left_out(c)) {
            bare = bare << 8 | byte;
            seen.bare = seen.bare || bare_.begins_with(bare);
        }
    }
    return seen;
}

std::vector<Redactor::Match> Redactor::matches(std::string_view text, const Needles& needles, SearchBudget& budget) {
    std::vector<Match> found;
    for (std::size_t at = 0; at + Needles::shortest <= text.size(); ++at) {
        const Needle* const needle = needles.longest_match(text.substr(at), budget);
        if (needle == nullptr) {
            continue;
        }
        Range range{at, at + needle->text.size()};
        if (needle->shares_before && range.begin > 0 && is_base64(text[range.begin - 1])) {
            --range.begin;
        }
        if (needle->shares_behind && range.end < text.size() && is_base64(text[range.end])) {
            ++range.end;
            range.end = std::min({text.find_first_not_of('=', range.end), range.end + 2, text.size()});
        }
        found.push_back({range, needle});
    }
    return found;
}

/// Where the end of `bare` is the beginning of a secret that was cut off; its size: nowhere.
std::size_t Redactor::cut_off_from(std::string_view bare, SearchBudget& budget) const {
    std::size_t at = bare.size() - std::min(bare.size(), bare_.longest());
    for (; at + shortest_bare <= bare.size(); ++at) {
        if (bare_.begins_one(bare.substr(at), budget)) {
            return at;
        }
    }
    return bare.size();
}

void Redactor::find_bare(const Reading& last, std::string_view text, bool at_end, std::vector<Range>& found,
                         SearchBudget& budget) const {
    Reading reading = last;
    reading.unfold();
    const std::string unfolded = reading.text();
    const std::size_t depth = reading.depth();
    reading.strip();
    const std::string& bare = reading.text();
    for (const Match& match : matches(bare, bare_, budget)) {
        Ends left{match.needle->left_out_before, match.needle->left_out_behind};
        Range range = reading.made_of(match.range, depth);
        // Twice: where something was unfolded, no '+' is left.
        range = widened(range, unfolded, reading, depth, text, left);
        range = reading.made_of(range, last.depth(), depth);
        found.push_back(last.made_of(widened(range, last.text(), last, last.depth(), text, left), 0));
    }
    if (at_end) {
        Reading cut(std::string_view(last.text()).substr(last.text().size() - cut_escape(last.text())));
        cut.bare();
        const std::string_view whole = std::string_view(bare).substr(0, bare.size() - cut.text().size());
        const std::size_t from = cut_off_from(whole, budget);
        if (from < whole.size()) {
            found.push_back({reading.made_of({from, from + 1}, 0).begin, text.size()});
        }
    }
}

/// `reading` is the last one then.
void Redactor::find_in(Reading& reading, std::string_view text, bool at_end, std::vector<Range>& found,
                       SearchBudget& budget) const {
    Glance seen = glance(reading.text());
    for (int layer = 0;; ++layer) {
        if (seen.plain) {
            for (const Match& match : matches(reading.text(), plain_, budget)) {
                found.push_back(reading.made_of(match.range, 0));
            }
        }
        if (!seen.escapes || layer == Reading::most_layers || !reading.undo_escapes()) {
            break;
        }
        seen = glance(reading.text());
    }
    // What is left of escapes may be torn apart by a folding.
    if (seen.bare || seen.escapes) {
        find_bare(reading, text, at_end, found, budget);
    }
}

void Redactor::find(std::string_view text, bool at_end, std::vector<Range>& found, SearchBudget& budget) const {
    const Glance seen = glance(text);
    if (!seen.plain && !seen.bare && !seen.escapes) {
        return;
    }
    Reading reading(text);
    find_in(reading, text, at_end, found, budget);
    if (seen.escapes && reading.undo_escapes(true)) {
        find_in(reading, text, at_end, found, budget);
    }
}

/// Marks of an earlier time are left alone, so that what is redacted twice does not change.
std::string Redactor::once(const std::string& text, SearchBudget& budget) const {
    std::string out;
    std::vector<Range> found;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t mark = std::min(text.find(replacement, begin), text.size());
        const std::string_view part = std::string_view(text).substr(begin, mark - begin);
        found.clear();
        find(part, mark == text.size(), found, budget);
        std::ranges::sort(found, {}, &Range::begin);
        std::size_t kept = 0;  // what comes before is in `out`
        for (const Range& range : found) {
            if (range.begin >= kept) {  // not a continuation of the one before
                out.append(part, kept, range.begin - kept);
                out += replacement;
            }
            kept = std::max(kept, range.end);
        }
        out.append(part, kept, std::string::npos);
        out += mark == text.size() ? std::string_view() : replacement;
        begin = mark + replacement.size();
    }
    return out;
}

void Redactor::apply(std::string& text) const {
    if (text.size() < shortest_secret || plain_.empty()) {
        return;
    }
    // Enough for many secrets that begin alike; what needs more was made to.
    SearchBudget budget{64 * text.size() + (std::size_t{64} << 20)};
    // What is cut out may leave another secret's beginning at the end of what is left.
    constexpr int most_rounds = 3;
    for (int round = 0; round < most_rounds; ++round) {
        std::string out = once(text, budget);
        if (budget.spent) {
            text = replacement;
            return;
        }
        if (out == text) {
            return;
        }
        text = std::move(out);
    }
}

void Redactor::apply(CheckResult& result) const {
    if (plain_.empty()) {
        return;
    }
    apply(result.sentence);
    apply(result.remedy);
    for (std::string& fact : result.found) {
        apply(fact);
    }
    for (Observation& observation : result.evidence) {
        for (auto& [name, value] : observation.fields) {
            if (auto* text = std::get_if<std::string>(&value)) {
                apply(*text);
            }
        }
    }
}

}  // namespace gateproof
