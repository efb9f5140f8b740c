#include "harness/json/near_match.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "harness/json/tree.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {

namespace {

char folded(char c) {
    // A hyphen for an underscore is the commonest slip.
    return c == '-' ? '_' : lower(c);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            const bool swapped =
                i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]);
            if (swapped) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string near_match(std::string_view word, const std::vector<std::string>& candidates) {
    constexpr std::size_t longest = 100;
    if (word.empty() || word.size() > longest) {
        return {};
    }
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > longest) {
            continue;
        }
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    if (best.empty() && word.size() >= 3) {
        // "prod" is far from "production", and yet it can mean nothing else.
        const auto begins = [word](const std::string& candidate) {
            return candidate.size() > word.size() &&
                   std::ranges::equal(word, candidate.substr(0, word.size()), {}, folded, folded);
        };
        if (std::ranges::count_if(candidates, begins) == 1) {
            return *std::ranges::find_if(candidates, begins);
        }
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string near = near_match(word, candidates);
    if (!near.empty()) {
        return fmt::format("; did you mean {}?", in_quotes(near));
    }
    constexpr std::size_t most = 12;
    if (candidates.empty() || candidates.size() > most) {
        return {};
    }
    std::vector<std::string> shown;
    for (const std::string& candidate : candidates) {
        const std::string text = in_quotes(candidate);
        shown.push_back(text == '"' + candidate + '"' ? candidate : text);
    }
    return fmt::format("; expected {}{}", shown.size() > 1 ? "one of " : "", fmt::join(shown, ", "));
}

}  // namespace gateproof
