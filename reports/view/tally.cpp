#include "reports/view/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "harness/journal/codec.hpp"
#include "reports/view/attempts.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/not_judged.hpp"

namespace gateproof::reports {

void Counts::add(const Row& row) {
    ++(row.known() ? known_ : open_).at(static_cast<std::size_t>(row.result->outcome));
    const bool not_tried = row.result->outcome == Outcome::skipped && row.result->skip == Skip::not_tried;
    not_tried_ += not_tried && !row.known() ? 1 : 0;
}

std::size_t Counts::known() const {
    return std::accumulate(known_.begin(), known_.end(), std::size_t{0});
}

std::size_t Counts::judged() const {
    return total() - left_out_ - of(Outcome::skipped) - known_of(Outcome::skipped);
}

std::size_t Counts::total() const {
    return std::accumulate(open_.begin(), open_.end(), known() + left_out_);
}

void Span::add(const CheckResult& result) {
    const auto start = std::chrono::floor<std::chrono::milliseconds>(result.started);
    begun_ = std::min<std::chrono::system_clock::time_point>(begun_.value_or(start), start);
    ended_ = std::max<std::chrono::system_clock::time_point>(ended_.value_or(start), start + result.duration);
}

std::chrono::milliseconds Span::length() const {
    return begun_ ? std::chrono::duration_cast<std::chrono::milliseconds>(*ended_ - *begun_)
                  : std::chrono::milliseconds(0);
}

Tally::Tally(const RunRecord& run) : run_(run) {
    rows_.reserve(run.checks.size());
    for (const CheckRecord& check : run.checks) {
        const CheckResult& result = check.result ? *check.result : not_judged_.emplace_back(run.result_of(check));
        counts_.add(rows_.emplace_back(Row{&check, &result}));
    }
    counts_.add_left_out(run.left_out_count());
}

std::map<std::string, Counts> counts_by_target(const Tally& tally) {
    std::map<std::string, Counts> counts;
    for (const TargetRecord& target : tally.run().targets) {
        counts.try_emplace(target.name);
    }
    for (const Row& row : tally.rows()) {
        counts[row.check->target].add(row);
    }
    for (const LeftOutCheck& check : tally.run().left_out) {
        for (const std::string& target : check.targets) {
            counts[target].add_left_out(1);
        }
    }
    return counts;
}

namespace {

/// "1 check", "3 other checks"
std::string checks_text(std::size_t count, std::string_view kind = {}) {
    return fmt::format("{} {}check{}", count, kind, count == 1 ? "" : "s");
}

/// The numbers that the headlines are made of.
struct Numbers {
    explicit Numbers(const Tally& tally)
        : known(tally.counts().known()),
          judged(tally.counts().total() - known - tally.counts().of(Outcome::skipped) - tally.counts().left_out()),
          failed(tally.counts().of(Outcome::fail)),
          unclear(tally.counts().of(Outcome::inconclusive) + tally.counts().of(Outcome::error)),
          warned(tally.counts().of(Outcome::warning)),
          skipped(tally.counts().of(Outcome::skipped)),
          excluded(excluded_counts(tally.run()) ? tally.run().excluded_count() : 0) {}

    /// "3 of 114 checks", "3 of 113 other checks"
    [[nodiscard]] std::string share(std::size_t count) const { return fmt::format("{} of {}", count, all()); }
    [[nodiscard]] std::string all() const { return checks_text(judged, other()); }
    [[nodiscard]] std::string_view other() const { return known == 0 ? "" : "other "; }

    std::size_t known;
    std::size_t judged;
    std::size_t failed;
    std::size_t unclear;
    std::size_t warned;
    std::size_t skipped;
    std::size_t excluded;
};

/// Failures that the run's --fail-on lets pass are said all the same.
std::string accepted_headline(const Numbers& numbers) {
    std::string text = numbers.failed > 0 ? numbers.share(numbers.failed) + " failed" : std::string();
    if (numbers.unclear > 0) {
        text += text.empty() ? numbers.share(numbers.unclear) + " could not be judged"
                             : fmt::format(" and {} could not be judged", numbers.unclear);
    }
    return text + ", which this run accepts";
}

std::string inconclusive_headline(const Tally& tally, const Numbers& numbers) {
    if (numbers.failed > 0) {
        return accepted_headline(numbers) + "; not all was judged";
    }
    if (numbers.judged > 0 && numbers.unclear == 0 && numbers.excluded > 0) {
        return fmt::format("No {}failure, but {} that would have run {} left out by --exclude", numbers.other(),
                           checks_text(numbers.excluded), numbers.excluded == 1 ? "was" : "were");
    }
    if (numbers.judged > 0 && numbers.unclear == 0 && tally.run().fail_on.contains(Outcome::skipped)) {
        return fmt::format("No {}failure, but {} {} skipped, which is no success in this run", numbers.other(),
                           checks_text(numbers.skipped), numbers.skipped == 1 ? "was" : "were");
    }
    if (numbers.judged > 0 && numbers.unclear == 0 && tally.run().missing_count() > 0) {
        return fmt::format("No {}failure, but {} of the plan {} not in the journal", numbers.other(),
                           checks_text(tally.run().missing_count()), tally.run().missing_count() == 1 ? "is" : "are");
    }
    if (numbers.judged > 0 && numbers.unclear == 0 && tally.run().end_reason == EndReason::incomplete) {
        return fmt::format("No {}failure, but shards are missing", numbers.other());
    }
    if (numbers.judged > 0 && numbers.unclear == 0 && tally.run().fails_on_partial) {
        return fmt::format("No {}failure, but not all was judged, which is no success in this run", numbers.other());
    }
    if (numbers.judged == 0) {
        return numbers.skipped > 0 ? "Nothing was judged: every check was skipped" : "Nothing was judged";
    }
    return fmt::format("No {}failure, but {} could not be judged", numbers.other(), numbers.share(numbers.unclear));
}

std::string bare_headline(const Tally& tally, const Numbers& numbers) {
    switch (conclusion_of(tally.run())) {
        case Conclusion::interrupted:
            return fmt::format("Interrupted; {} failed until then", numbers.share(numbers.failed));
        case Conclusion::broken: return "The run is not whole: its journal could not be written";
        case Conclusion::failed:
            return numbers.failed > 0 ? numbers.share(numbers.failed) + " failed"
                                      : fmt::format("No check failed, but {} warned, which is no success in this run",
                                                    numbers.share(numbers.warned));
        case Conclusion::inconclusive: return inconclusive_headline(tally, numbers);
        case Conclusion::partial:
            if (numbers.judged == 0) {
                return "Nothing was judged here";
            }
            break;
        case Conclusion::passed: break;
    }
    if (numbers.failed + numbers.unclear > 0) {
        return accepted_headline(numbers);
    }
    const bool whole = conclusion_of(tally.run()) == Conclusion::passed;
    return fmt::format("{}{} passed{}", whole ? "All " : "", numbers.all(),
                       numbers.warned == 0 ? "" : fmt::format(", {} with a warning", numbers.warned));
}

}  // namespace

std::string headline(const Tally& tally) {
    const Numbers numbers(tally);
    std::string text = bare_headline(tally, numbers);
    if (conclusion_of(tally.run()) == Conclusion::broken) {
        return text;
    }
    if (numbers.known > 0) {
        text +=
            fmt::format("; {} known {} accepted", numbers.known, numbers.known == 1 ? "failure is" : "failures are");
    }
    if (const std::size_t later = passed_later(tally); later > 0) {
        text += fmt::format("; {} passed at a later attempt", later);
    }
    if (const std::string part = part_text(tally.run()); !part.empty()) {
        text += ", of " + part;
    }
    text += tally.run().catalogue.frozen ? ", by the catalogue " + catalogue_text(tally.run()) : "";
    const std::string gaps = lacks_deciding(tally.run()) ? gaps_text(tally) : std::string();
    return gaps.empty() ? text : text + "; " + gaps;
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
    Span span;
    for (const CheckRecord& check : run.checks) {
        if (check.result) {
            span.add(*check.result);
        }
    }
    return run.ended.value_or(std::max(run.started, span.ended().value_or(run.started)));
}

namespace {

/// From each beginning of the run, its own and those of its re-runs, to the end of what was judged then: what lies
/// between them is nobody's time.
std::chrono::milliseconds length_with_reruns(const RunRecord& run) {
    using Moment = std::chrono::system_clock::time_point;
    std::map<Moment, Moment> parts{{std::chrono::floor<std::chrono::milliseconds>(run.started), run.started}};
    for (const Rerun& rerun : run.reruns) {
        parts.emplace(std::chrono::floor<std::chrono::milliseconds>(rerun.at), rerun.at);
    }
    const auto add = [&parts](const CheckResult& result) {
        const auto next = parts.upper_bound(result.started);
        if (next != parts.begin()) {
            Moment& end = std::prev(next)->second;
            end = std::max<Moment>(end, result.started + result.duration);
        }
    };
    for (const CheckRecord& check : run.checks) {
        std::ranges::for_each(check.earlier, add);
        if (check.result) {
            add(*check.result);
        }
    }
    parts.rbegin()->second = std::max(parts.rbegin()->second, end_of(run));
    std::chrono::milliseconds length{0};
    for (const auto& [begun, ended] : parts) {
        length += std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::floor<std::chrono::milliseconds>(ended) - begun);
    }
    return std::max(std::chrono::milliseconds(0), length);
}

}  // namespace

std::chrono::milliseconds length_of(const RunRecord& run) {
    if (!run.reruns.empty()) {
        return length_with_reruns(run);
    }
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

std::string seconds_text(std::chrono::milliseconds time) {
    const auto millis = std::max<std::int64_t>(0, time.count());
    return fmt::format("{}.{:03}", millis / 1000, millis % 1000);
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
