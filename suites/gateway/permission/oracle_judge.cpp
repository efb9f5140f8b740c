#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "harness/statistics/rank_test.hpp"
#include "suites/gateway/permission/oracle.hpp"

namespace gateproof::suites {
namespace {

constexpr std::size_t longest_ordinary_word = 15;

bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

std::string without_target(std::string_view body, const Placeholders& target) {
    std::string text(body);
    for (const auto& [name, value] : target) {
        if (value.empty()) {
            continue;
        }
        const std::string mark = "{" + name + "}";
        for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + mark.size())) {
            text.replace(at, value.size(), mark);
        }
    }
    return text;
}

std::string header(const HttpResponse& response, std::string_view name) {
    const std::string* const value = response.header(name);
    return value == nullptr ? std::string() : *value;
}

/// Names of the headers, without those that intermediaries add to some answers and not to others.
std::set<std::string> header_names(const HttpResponse& response) {
    std::set<std::string> names;
    for (const auto& [name, value] : response.headers) {
        if (name != "date" && name != "age" && name != "connection" && name != "keep-alive") {
            names.insert(name);
        }
    }
    return names;
}

std::string difference_of_names(const HttpResponse& forbidden, const HttpResponse& unknown) {
    const std::set<std::string> one = header_names(forbidden);
    const std::set<std::string> other = header_names(unknown);
    std::vector<std::string> apart;
    std::ranges::set_symmetric_difference(one, other, std::back_inserter(apart));
    return apart.empty() ? std::string()
                         : fmt::format("only one of the two answers has the header {}", fmt::join(apart, ", "));
}

double shift_of(const Series& series) {
    return statistics::shift(series.forbidden, series.unknown);
}

}  // namespace

std::string shape_of(std::string_view body, const Placeholders& target) {
    const std::string text = without_target(body, target);
    std::string shape;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && in_word(text[end])) {
            ++end;
        }
        const std::string_view word = std::string_view(text).substr(at, end - at);
        const bool has_digit =
            std::ranges::any_of(word, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
        if (has_digit && word.size() > longest_ordinary_word) {
            shape += '*';
        } else {
            for (const char c : word) {
                const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
                if (!digit || shape.empty() || shape.back() != '#') {
                    shape += digit ? '#' : c;
                }
            }
        }
        if (end < text.size()) {
            shape += text[end++];
        }
        at = end;
    }
    return shape;
}

std::vector<std::string> differences(const HttpResponse& forbidden, const Placeholders& forbidden_target,
                                     const HttpResponse& unknown, const Placeholders& unknown_target) {
    std::vector<std::string> all;
    if (forbidden.status != unknown.status) {
        all.push_back(fmt::format("HTTP {} for the forbidden one, HTTP {} for the unknown one", forbidden.status,
                                  unknown.status));
    }
    if (header(forbidden, "content-type") != header(unknown, "content-type")) {
        all.emplace_back("the content types differ");
    }
    if (std::string names = difference_of_names(forbidden, unknown); !names.empty()) {
        all.push_back(std::move(names));
    }
    if (shape_of(forbidden.body, forbidden_target) != shape_of(unknown.body, unknown_target)) {
        all.emplace_back("the bodies differ, targets and numbers left out");
    }
    return all;
}

std::optional<Verdict> judge_contract(const Answer& forbidden, const Answer& unknown, const ErrorModel& model) {
    if (!model.unknown || !matches(unknown, *model.unknown) || !matches(forbidden, model.not_permitted)) {
        return std::nullopt;
    }
    return Verdict::pass(
        "the contract itself tells an unknown customer ({}) from a forbidden one ({}): the error model {} documents both",
        unknown.summary, forbidden.summary, model.name);
}

bool is_suspicious(const Series& series) {
    const statistics::RankTest test = statistics::rank_test(series.forbidden, series.unknown);
    return test.p < suspicious_p && std::abs(test.delta) >= suspicious_delta &&
           std::abs(shift_of(series)) >= suspicious_shift_ms;
}

bool is_undecided(const Series& series) {
    const statistics::RankTest test = statistics::rank_test(series.forbidden, series.unknown);
    return series.forbidden.size() < most_pairs && !is_suspicious(series) && test.p < undecided_p &&
           std::abs(shift_of(series)) >= suspicious_shift_ms;
}

Verdict judge_times(const Series& first, const std::optional<Series>& second) {
    const statistics::RankTest test = statistics::rank_test(first.forbidden, first.unknown);
    const double shift = shift_of(first);
    const double scatter =
        std::max(statistics::quartile_range(first.forbidden), statistics::quartile_range(first.unknown));
    const std::string numbers = fmt::format("{} pairs, shift {:.2f} ms, Mann-Whitney p = {:.1e}, Cliff's delta {:.2f}",
                                            first.forbidden.size(), shift, test.p, test.delta);
    if (!is_suspicious(first)) {
        return scatter > most_scatter_ms
                   ? Verdict::inconclusive("times scatter by {:.0f} ms (quartile range), too much to compare: {}",
                                           scatter, numbers)
                   : Verdict::pass(
                         "an unknown and a forbidden target are answered alike in status, headers, body and "
                         "time ({})",
                         numbers);
    }
    if (!second) {
        return Verdict::inconclusive("times differ ({}), and no second series could confirm it", numbers);
    }
    const statistics::RankTest again = statistics::rank_test(second->forbidden, second->unknown);
    const double shift_again = shift_of(*second);
    const bool agrees = is_suspicious(*second) && (shift_again > 0) == (shift > 0);
    if (!agrees) {
        return Verdict::inconclusive(
            "times differed in one series ({}) and not in a second one (shift {:.2f} ms, p = "
            "{:.1e}): too noisy to say",
            numbers, shift_again, again.p);
    }
    return Verdict::warning(
               "the time tells whether a customer exists: the forbidden one is answered {:.1f} ms {} ({}; "
               "confirmed by a second series: shift {:.2f} ms, p = {:.1e})",
               std::abs(shift), shift > 0 ? "later" : "sooner", numbers, shift_again, again.p)
        .found({"the time tells whether a customer exists"})
        .remedy("look up permission before the customer, or do the same work in both cases");
}

}  // namespace gateproof::suites
