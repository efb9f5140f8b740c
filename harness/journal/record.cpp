#include "harness/journal/record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace gateproof {

std::string_view to_string(EndReason reason) {
    switch (reason) {
        case EndReason::killed: return "killed";
        case EndReason::complete: return "complete";
        case EndReason::interrupted: return "interrupted";
        case EndReason::deadline: return "deadline";
        case EndReason::journal: return "journal";
        case EndReason::cut_off: return "cut off";
        case EndReason::incomplete: return "incomplete";
        case EndReason::unknown: break;
    }
    return "unknown";
}

std::string_view to_string(const std::optional<Level>& level) {
    return level ? to_string(*level) : std::string_view();
}

std::string_view to_string(Scenario scenario) {
    return scenario == Scenario::positive ? "positive" : "negative";
}

namespace {

CheckResult not_judged(Outcome outcome, std::string sentence, std::chrono::system_clock::time_point when,
                       Skip skip = Skip::not_applicable) {
    CheckResult result;
    result.outcome = outcome;
    result.skip = skip;
    result.sentence = std::move(sentence);
    result.started = when;
    return result;
}

}  // namespace

std::string CutOff::sentence() const {
    if (!advice.empty()) {
        return "the client is not served by the conforming gateway, so that nothing can be judged: " + answer;
    }
    std::string checks = after.empty() ? "" : ", after " + after.front();
    if (after.size() > 1) {
        checks += fmt::format(" (and {})", fmt::join(after.begin() + 1, after.end(), ", "));
    }
    return fmt::format(
        "cut off since {:%H:%M:%S} UTC{}: the control operation was served until then, and comes to \"{}\" now; probably "
        "a ban, if the endpoint is up",
        std::chrono::floor<std::chrono::seconds>(since), checks, answer);
}

std::string CutOff::remedy() const {
    if (!advice.empty()) {
        return advice + "; gateproof doctor looks closer, with the same profile; then run again";
    }
    return "have this machine's address allowed where requests that must be refused are counted (a firewall, a WAF), or "
           "wait until it is let in again, and go on with the same journal: gateproof run --resume JOURNAL; "
           "limits.cut_off_wait_ms sets how long the run itself waits";
}

CheckResult CutOff::not_run() const {
    CheckResult result = not_judged(Outcome::inconclusive, "not run: " + sentence(), since);
    result.remedy = remedy();
    return result;
}

std::string PlannedEntry::full_id() const {
    return case_name.empty() ? id : id + '[' + case_name + ']';
}

bool PlannedEntry::decides(std::string_view requirement) const {
    return std::ranges::find(adds, requirement) == adds.end();
}

std::optional<Outcome> CheckRecord::standing() const {
    if (result) {
        return result->outcome;
    }
    return earlier.empty() ? std::nullopt : std::optional(std::max(earlier.back().outcome, Outcome::inconclusive));
}

const CheckResult* CheckRecord::standing_result() const {
    if (result) {
        return &*result;
    }
    return !earlier.empty() && earlier.back().outcome == standing() ? &earlier.back() : nullptr;
}

std::string LeftOutCheck::sentence() const {
    if (!newer_than.empty()) {
        return "not selected: newer than the catalogue " + newer_than + ", which " + by + " asks for";
    }
    std::string text = (excluded ? "not selected: left out by " : "not selected: the run was asked for ") + by;
    text += excluded ? "" : " alone";
    return skipped_anyway.empty() ? text : text + "; it would have been skipped: " + skipped_anyway;
}

CheckResult RunRecord::result_of(const CheckRecord& check) const {
    if (const CheckResult* const standing = check.standing_result()) {
        return *standing;
    }
    if (!check.skip_reason.empty()) {
        return not_judged(Outcome::skipped, check.skip_reason, started, check.skip);
    }
    const auto target = std::ranges::find(targets, check.target, &TargetRecord::name);
    if (target != targets.end() && target->cut_off) {
        return target->cut_off->not_run();
    }
    const std::string why =
        end_reason == EndReason::killed ? "was killed" : fmt::format("ended first ({})", to_string(end_reason));
    if (!check.earlier.empty()) {
        const CheckResult& last = check.earlier.back();
        return not_judged(Outcome::inconclusive,
                          fmt::format("not run: attempt {} was asked for and the run {}; attempt {} came to {}",
                                      check.attempt(), why, check.earlier.size(), to_string(last.outcome)),
                          ended.value_or(last.started));
    }
    return not_judged(Outcome::inconclusive, "not run: the run " + why, ended.value_or(started));
}

std::size_t RunRecord::count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count_if(checks, [&](const CheckRecord& check) {
        return outcome ==
               check.standing().value_or(check.skip_reason.empty() ? Outcome::inconclusive : Outcome::skipped);
    }));
}

std::size_t RunRecord::left_out_count() const {
    return std::accumulate(left_out.begin(), left_out.end(), std::size_t{0},
                           [](std::size_t sum, const LeftOutCheck& check) { return sum + check.targets.size(); });
}

std::size_t RunRecord::newer_count() const {
    return std::accumulate(left_out.begin(), left_out.end(), std::size_t{0},
                           [](std::size_t sum, const LeftOutCheck& check) {
                               return sum + (check.newer_than.empty() ? 0 : check.targets.size());
                           });
}

std::size_t RunRecord::excluded_count() const {
    return std::accumulate(left_out.begin(), left_out.end(), std::size_t{0},
                           [](std::size_t sum, const LeftOutCheck& check) {
                               const bool counts = check.excluded && check.skipped_anyway.empty();
                               return sum + (counts ? check.targets.size() : 0);
                           });
}

std::size_t RunRecord::missing_count() const {
    const std::size_t here = checks.size() + left_out_count();
    return whole_plan > here ? whole_plan - here : 0;
}

}  // namespace gateproof
