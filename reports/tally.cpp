#include "reports/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "harness/journal/codec.hpp"
#include "reports/exit_code.hpp"

namespace gateproof::reports {

void Counts::add(const Row& row) {
    ++(row.known() ? known_ : open_).at(static_cast<std::size_t>(row.result->outcome));
}

std::size_t Counts::known() const {
    return std::accumulate(known_.begin(), known_.end(), std::size_t{0});
}

std::size_t Counts::total() const {
    return std::accumulate(open_.begin(), open_.end(), known());
}

Tally::Tally(const RunRecord& run) : run_(run) {
    rows_.reserve(run.checks.size());
    for (const CheckRecord& check : run.checks) {
        const CheckResult& result = check.result ? *check.result : not_judged_.emplace_back(run.result_of(check));
        counts_.add(rows_.emplace_back(Row{&check, &result}));
    }
}

Conclusion conclusion_of(const RunRecord& run) {
    switch (exit_code(run)) {
        case ExitCode::passed: return Conclusion::passed;
        case ExitCode::failed: return Conclusion::failed;
        case ExitCode::inconclusive: return Conclusion::inconclusive;
        case ExitCode::interrupted: return Conclusion::interrupted;
        case ExitCode::unusable:
        case ExitCode::broken: break;
    }
    return Conclusion::broken;
}

std::string_view to_string(Conclusion conclusion) {
    switch (conclusion) {
        case Conclusion::passed: return "passed";
        case Conclusion::failed: return "failed";
        case Conclusion::inconclusive: return "inconclusive";
        case Conclusion::interrupted: return "interrupted";
        case Conclusion::broken: return "broken";
    }
    return "broken";
}

std::string headline(const Tally& tally) {
    const Counts& counts = tally.counts();
    const std::size_t known = counts.known();
    const std::size_t judged = counts.total() - known - counts.of(Outcome::skipped);
    const std::size_t failed = counts.of(Outcome::fail);
    const std::size_t unclear = counts.of(Outcome::inconclusive) + counts.of(Outcome::error);
    const std::size_t warned = counts.of(Outcome::warning);
    const std::string checks = fmt::format("{}{}", known == 0 ? "" : "other ", judged == 1 ? "check" : "checks");
    const std::string beside =
        known == 0 ? "" : fmt::format("; {} known {} accepted", known, known == 1 ? "failure is" : "failures are");
    switch (conclusion_of(tally.run())) {
        case Conclusion::interrupted:
            return fmt::format("Interrupted; {} of {} {} failed until then{}", failed, judged, checks, beside);
        case Conclusion::broken: return "The run is not whole: its journal could not be written";
        case Conclusion::failed:
            return failed > 0
                       ? fmt::format("{} of {} {} failed{}", failed, judged, checks, beside)
                       : fmt::format("No check failed, but {} of {} {} warned, which is no success in this run{}",
                                     warned, judged, checks, beside);
        case Conclusion::inconclusive:
            if (judged > 0 && unclear == 0 && tally.run().fail_on.contains(Outcome::skipped)) {
                return fmt::format("No {}failure, but {} check{} skipped, which is no success in this run{}",
                                   known == 0 ? "" : "other ", counts.of(Outcome::skipped),
                                   counts.of(Outcome::skipped) == 1 ? " was" : "s were", beside);
            }
            return judged == 0 ? "Nothing was judged: every check was skipped" + beside
                               : fmt::format("No {}failure, but {} of {} {} could not be judged{}",
                                             known == 0 ? "" : "other ", unclear, judged, checks, beside);
        case Conclusion::passed: break;
    }
    return warned == 0 ? fmt::format("All {} {} passed{}", judged, checks, beside)
                       : fmt::format("All {} {} passed, {} with a warning{}", judged, checks, warned, beside);
}

std::string shard_text(const RunRecord& run) {
    if (run.shard.count <= 1) {
        return {};
    }
    std::string text = fmt::format("Shard {} of {}: the other checks are not here", run.shard.index, run.shard.count);
    constexpr std::size_t most = 20;
    for (std::size_t i = 0; i < std::min(run.load_elsewhere.size(), most); ++i) {
        text += (i == 0 ? "; load is made by other shards: " : ", ") + run.load_elsewhere[i];
    }
    return run.load_elsewhere.size() > most ? text + fmt::format(" and {} more", run.load_elsewhere.size() - most)
                                            : text;
}

std::chrono::system_clock::time_point end_of(const RunRecord& run) {
    auto end = run.started;
    for (const CheckRecord& check : run.checks) {
        if (check.result) {
            end = std::max(end, check.result->started + check.result->duration);
        }
    }
    return run.ended.value_or(end);
}

std::chrono::milliseconds length_of(const RunRecord& run) {
    // Both cut to what a journal keeps: a report made from the journal says the same to the digit.
    const auto length = std::chrono::floor<std::chrono::milliseconds>(end_of(run)) -
                        std::chrono::floor<std::chrono::milliseconds>(run.started);
    return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(length));
}

std::string duration_text(std::chrono::milliseconds time) {
    const auto millis = std::max<std::int64_t>(0, time.count());
    const auto seconds = millis / 1000;
    if (millis < 1000) {
        return fmt::format("{} ms", millis);
    }
    if (seconds < 60) {
        return fmt::format("{}.{} s", seconds, millis % 1000 / 100);
    }
    return seconds < 3600 ? fmt::format("{} min {} s", seconds / 60, seconds % 60)
                          : fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

std::string moment_text(std::chrono::system_clock::time_point time) {
    std::string text = iso_time(time);
    return text.substr(0, 10) + ' ' + text.substr(11, 8) + " UTC";
}

const std::string& shown_title(const TargetRecord& target) {
    return target.title.empty() ? target.name : target.title;
}

const TargetRecord* find_target(const RunRecord& run, std::string_view name) {
    const auto found = std::ranges::find(run.targets, name, &TargetRecord::name);
    return found == run.targets.end() ? nullptr : &*found;
}

const std::string& suite_title(const RunRecord& run, const std::string& id) {
    const auto found = run.suites.find(id);
    return found == run.suites.end() || found->second.empty() ? id : found->second;
}

}  // namespace gateproof::reports
