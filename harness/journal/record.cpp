#include "harness/journal/record.hpp"

#include <algorithm>

namespace gateproof {
namespace {

CheckResult not_judged(Outcome outcome, std::string sentence, std::chrono::system_clock::time_point when) {
    CheckResult result;
    result.outcome = outcome;
    result.sentence = std::move(sentence);
    result.started = when;
    return result;
}

}  // namespace

std::string CheckRecord::full_id() const {
    return case_name.empty() ? id : id + '[' + case_name + ']';
}

CheckResult RunRecord::result_of(const CheckRecord& check) const {
    if (check.result) {
        return *check.result;
    }
    if (!check.skip_reason.empty()) {
        return not_judged(Outcome::skipped, check.skip_reason, started);
    }
    const std::string why = end_reason.empty() ? "was killed" : "ended first (" + end_reason + ")";
    return not_judged(Outcome::inconclusive, "not run: the run " + why, ended.value_or(started));
}

std::size_t RunRecord::count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count_if(checks, [&](const CheckRecord& check) {
        if (check.result) {
            return check.result->outcome == outcome;
        }
        return outcome == (check.skip_reason.empty() ? Outcome::inconclusive : Outcome::skipped);
    }));
}

}  // namespace gateproof
