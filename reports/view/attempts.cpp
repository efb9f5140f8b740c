#include "reports/view/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace gateproof::reports {
namespace {

std::string_view done(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass: return "passed";
        case Outcome::warning: return "passed with a warning";
        case Outcome::skipped: return "was skipped";
        case Outcome::inconclusive: return "was inconclusive";
        case Outcome::error: return "was in error";
        case Outcome::fail: break;
    }
    return "failed";
}

/// "2026-02-03 16:02:10", or the time of day alone.
std::string clock_text(const CheckResult& result, bool with_day) {
    const std::string text = moment_text(result.started);
    return with_day ? text.substr(0, 19) : text.substr(11, 8);
}

bool is_success(Outcome outcome) {
    return outcome == Outcome::pass || outcome == Outcome::warning;
}

}  // namespace

std::string attempts_text(const CheckRecord& check) {
    if (check.earlier.empty()) {
        return {};
    }
    constexpr std::size_t most = 10;
    std::vector<const CheckResult*> all;
    std::ranges::transform(check.earlier, std::back_inserter(all), [](const CheckResult& one) { return &one; });
    if (check.result) {
        all.push_back(&*check.result);
    }
    const auto day = [](const CheckResult* one) { return std::chrono::floor<std::chrono::days>(one->started); };
    const bool days = std::ranges::any_of(all, [&](const CheckResult* one) { return day(one) != day(all.front()); });
    std::string text;
    const std::size_t first = all.size() > most ? all.size() - most : 0;
    for (std::size_t i = first; i < all.size(); ++i) {
        text += fmt::format("{}{} {}", text.empty() ? (first > 0 ? "... " : "") : ", ", done(all[i]->outcome),
                            clock_text(*all[i], days));
    }
    text += " UTC";
    return text + (check.result ? fmt::format(" at attempt {}", check.attempt())
                                : fmt::format("; attempt {} has no verdict", check.attempt()));
}

std::string attempt_text(const CheckRecord& check) {
    return check.earlier.empty() ? std::string() : fmt::format("attempt {}", check.attempt());
}

std::string earlier_attempt_text(const CheckResult& result, std::size_t number) {
    return fmt::format("attempt {}, {}: {}: {}", number, moment_text(result.started), done(result.outcome),
                       result.sentence);
}

std::vector<const Row*> judged_again(const Tally& tally) {
    std::vector<const Row*> rows;
    for (const Row& row : tally.rows()) {
        if (!row.check->earlier.empty()) {
            rows.push_back(&row);
        }
    }
    return rows;
}

std::size_t passed_later(const Tally& tally) {
    return static_cast<std::size_t>(std::ranges::count_if(tally.rows(), [](const Row& row) {
        return is_success(row.result->outcome) &&
               std::ranges::any_of(row.check->earlier, [](const CheckResult& one) { return !is_success(one.outcome); });
    }));
}

std::string rerun_text(const Rerun& rerun) {
    return fmt::format("{} on {}: {} check{} judged again", moment_text(rerun.at), rerun.hostname, rerun.checks.size(),
                       rerun.checks.size() == 1 ? "" : "s");
}

}  // namespace gateproof::reports
