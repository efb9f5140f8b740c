#include "reports/compare/compare.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "reports/compare/traits.hpp"
#include "reports/view/attempts.hpp"
#include "reports/view/known.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/tally.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

constexpr std::array change_names{"regression", "expired", "lost",  "weakened", "still-failing",
                                  "vanished",   "new",     "other", "improved", "fixed"};
constexpr std::array trait_names{"server certificate",
                                 "chain",
                                 "acceptable client CAs",
                                 "TLS version",
                                 "cipher suites",
                                 "groups",
                                 "offer",
                                 "refusal",
                                 "retry schedule",
                                 "latency"};

bool is_good(Outcome outcome) {
    return outcome == Outcome::pass || outcome == Outcome::warning;
}

/// Empty: nothing to tell.
std::optional<Change> change_of(Outcome before, Outcome after) {
    if (after == Outcome::fail) {
        return before == Outcome::fail ? Change::still_failing : Change::regression;
    }
    if (before == after) {
        return std::nullopt;
    }
    if (before == Outcome::fail) {
        return is_good(after) ? Change::fixed : Change::lost;
    }
    if (is_good(before)) {
        return !is_good(after) ? Change::lost : after == Outcome::warning ? Change::weakened : Change::improved;
    }
    return is_good(after) ? Change::improved : Change::other;
}

using Key = std::pair<std::string, std::string>;  ///< target as the new run names it, full id

class Comparer {
public:
    Comparer(const RunRecord& before, const RunRecord& after, const CompareOptions& options)
        : before_(before),
          after_(after),
          options_(options),
          list_(options.known ? options.known : after.known),
          known_(judge_known(after, list_.value_or(KnownList()))) {}

    Comparison compare() {
        comparison_.before = head_of(before_);
        comparison_.after = head_of(after_);
        note_endings();
        note_catalogues();
        note_reruns();
        pair_targets();
        note_urls();
        for (const CheckRecord& check : before_.checks) {
            old_.emplace(Key(new_name(check.target), check.full_id()), &check);
        }
        add_left_out();
        for (std::size_t i = 0; i < after_.checks.size(); ++i) {
            take(after_.checks[i], known_.of_check[i]);
        }
        for (const CheckRecord& check : before_.checks) {
            take_vanished(check);
        }
        std::ranges::stable_sort(comparison_.checks, {}, &CheckChange::change);
        for (const TargetRecord& target : after_.targets) {
            std::ranges::move(
                trait_changes(target.name, traits_before_[target.name], traits_after_[target.name], options_.latency),
                std::back_inserter(comparison_.traits));
        }
        if (list_) {
            std::ranges::move(known_notes(known_, after_, *list_), std::back_inserter(comparison_.notes));
            comparison_.stale = stale_notes(known_, *list_);
            comparison_.known = list_;
        }
        return std::move(comparison_);
    }

private:
    static ComparedRun head_of(const RunRecord& run) {
        return {run.started, run.tool_version, run.end_reason, run.checks.size()};
    }

    void note_catalogues() {
        const std::string before = catalogue_text(before_);
        const std::string after = catalogue_text(after_);
        if (!before.empty() && !after.empty() && before != after) {
            comparison_.notes.push_back(
                fmt::format("the old run was judged by the requirement catalogue {}, the new one by {}",
                            printable(before), printable(after)));
        }
    }

    void note_endings() {
        for (const auto& [run, name] : {std::pair(&before_, "old"), std::pair(&after_, "new")}) {
            if (run->end_reason != EndReason::complete) {
                comparison_.notes.push_back(fmt::format(
                    "the {} run did not complete ({}); its checks without a verdict count as inconclusive", name,
                    run->end_reason == EndReason::killed ? "it was killed" : to_string(run->end_reason)));
            }
            if (const std::string part = part_text(*run); !part.empty()) {
                comparison_.notes.push_back(fmt::format("the {} run is a part of {}", name, part));
            }
        }
    }

    /// A run whose checks were judged again is the same run still.
    void note_reruns() {
        const bool same = !before_.plan_digest.empty() && before_.plan_digest == after_.plan_digest &&
                          before_.seed == after_.seed && before_.started == after_.started;
        for (std::size_t i = same ? before_.reruns.size() : 0; i < after_.reruns.size(); ++i) {
            comparison_.notes.push_back(
                fmt::format("{}: {}", same ? "the new run is the old one, gone on" : "the new run was not of one go",
                            printable(rerun_text(after_.reruns[i]))));
        }
    }

    void pair_targets() {
        if (before_.targets.size() == 1 && after_.targets.size() == 1 &&
            before_.targets[0].name != after_.targets[0].name) {
            renamed_[before_.targets[0].name] = after_.targets[0].name;
            comparison_.notes.push_back(fmt::format("target {} of the old run is compared with {} of the new one",
                                                    printable(before_.targets[0].name),
                                                    printable(after_.targets[0].name)));
        }
    }

    /// What failed by one reading may pass by the other, and nothing has changed.
    void note_readings(const TargetRecord& before, const TargetRecord& after) {
        for (const auto& [requirement, reading] : before.readings) {
            const auto now = after.readings.find(requirement);
            if (now != after.readings.end() && now->second != reading) {
                comparison_.notes.push_back(fmt::format("{} of {} was judged by the reading {}, and is by {} now",
                                                        printable(requirement), printable(after.name),
                                                        printable(reading), printable(now->second)));
            }
        }
    }

    /// The same name may stand for another endpoint by now.
    void note_urls() {
        for (const TargetRecord& before : before_.targets) {
            const TargetRecord* const after = find_target(after_, new_name(before.name));
            if (after == nullptr) {
                continue;
            }
            note_readings(before, *after);
            // The gateway inside the program has other ports each time.
            if (!before.url.empty() && before.url != after->url && before.environment != "embedded") {
                comparison_.notes.push_back(fmt::format("target {} was at {} and is at {} now", printable(after->name),
                                                        printable(before.url), printable(after->url)));
            }
        }
    }

    void add_left_out() {
        for (const LeftOutCheck& check : before_.left_out) {
            for (const std::string& target : check.targets) {
                left_out_before_.emplace(Key(new_name(target), check.full_id()), &check);
            }
        }
        for (const LeftOutCheck& check : after_.left_out) {
            for (const std::string& target : check.targets) {
                left_out_after_.emplace(Key(target, check.full_id()), &check);
            }
        }
    }

    [[nodiscard]] std::string new_name(const std::string& target) const {
        const auto found = renamed_.find(target);
        return found == renamed_.end() ? target : found->second;
    }

    void take(const CheckRecord& check, const KnownJudgement& judgement) {
        const CheckResult now = after_.result_of(check);
        CheckChange change;
        change.target = check.target;
        change.id = check.full_id();
        change.title = check.title;
        change.after = now.outcome;
        change.sentence_after = now.sentence;
        change.remedy = now.remedy;
        change.attempts = attempts_text(check);
        const auto old = old_.find(Key(check.target, check.full_id()));
        std::optional<Change> what = now.outcome == Outcome::fail ? Change::regression : Change::added;
        if (old != old_.end()) {
            const CheckResult then = before_.result_of(*old->second);
            seen_.insert(old->first);
            change.before = then.outcome;
            change.sentence_before = then.sentence;
            what = change_of(then.outcome, now.outcome);
            add_traits(check, then, now);
        } else if (const auto left = left_out_before_.find(Key(check.target, check.full_id()));
                   left != left_out_before_.end()) {
            change.sentence_before = left->second->sentence();
        }
        if (judgement.kind == KnownJudgement::Kind::accepted) {
            change.accepted = judgement.acceptance.reason;
        } else if (judgement.kind == KnownJudgement::Kind::beyond && now.outcome == Outcome::fail) {
            what = Change::regression;  // also of what failed before: more is found than was accepted
        } else if (judgement.kind == KnownJudgement::Kind::expired && (!what || what == Change::still_failing)) {
            what = Change::expired;
        }
        if (what) {
            change.change = *what;
            comparison_.checks.push_back(std::move(change));
        } else {
            ++comparison_.unchanged;
        }
    }

    void add_traits(const CheckRecord& check, const CheckResult& then, const CheckResult& now) {
        if (then.outcome != Outcome::skipped && now.outcome != Outcome::skipped) {
            traits_before_[check.target].add(check, then);
            traits_after_[check.target].add(check, now);
        }
    }

    void take_vanished(const CheckRecord& check) {
        const Key key(new_name(check.target), check.full_id());
        if (seen_.contains(key)) {
            return;
        }
        const CheckResult then = before_.result_of(check);
        CheckChange change;
        change.change = Change::vanished;
        std::tie(change.target, change.id) = key;
        change.title = check.title;
        change.before = then.outcome;
        change.sentence_before = then.sentence;
        if (const auto left = left_out_after_.find(key); left != left_out_after_.end()) {
            change.sentence_after = left->second->sentence();
        }
        comparison_.checks.push_back(std::move(change));
    }

    const RunRecord& before_;
    const RunRecord& after_;
    const CompareOptions& options_;
    const std::optional<KnownList> list_;
    KnownOutcome known_;
    Comparison comparison_;
    std::map<std::string, std::string> renamed_;  ///< old target name to the new one
    std::map<Key, const CheckRecord*> old_;
    std::map<Key, const LeftOutCheck*> left_out_before_;
    std::map<Key, const LeftOutCheck*> left_out_after_;
    std::set<Key> seen_;  ///< of the old checks
    std::map<std::string, TargetTraits> traits_before_;
    std::map<std::string, TargetTraits> traits_after_;
};

std::size_t count_unaccepted(const Comparison& comparison, Change change) {
    return static_cast<std::size_t>(std::ranges::count_if(
        comparison.checks, [&](const CheckChange& check) { return check.change == change && check.accepted.empty(); }));
}

}  // namespace

std::string_view to_string(Change change) {
    return change_names[static_cast<std::size_t>(change)];
}

std::string_view to_string(Trait trait) {
    return trait_names[static_cast<std::size_t>(trait)];
}

std::size_t Comparison::count(Change change) const {
    return static_cast<std::size_t>(std::ranges::count(checks, change, &CheckChange::change));
}

std::size_t Comparison::regressions() const {
    return count_unaccepted(*this, Change::regression) + count_unaccepted(*this, Change::expired);
}

bool Comparison::nothing_changed() const {
    return traits.empty() && count(Change::still_failing) == checks.size();
}

Comparison compare(const RunRecord& before, const RunRecord& after, const CompareOptions& options) {
    return Comparer(before, after, options).compare();
}

ExitCode exit_code(const Comparison& comparison, bool strict) {
    const std::size_t lost = count_unaccepted(comparison, Change::lost);
    const bool worse =
        strict && (lost + count_unaccepted(comparison, Change::weakened) + comparison.count(Change::vanished)) > 0;
    if (comparison.regressions() > 0 || worse) {
        return ExitCode::failed;
    }
    return lost > 0 ? ExitCode::inconclusive : ExitCode::passed;
}

std::string compare_counts(const Comparison& comparison) {
    if (comparison.nothing_changed()) {
        return fmt::format(
            "nothing changed ({} checks{})", comparison.after.checks,
            comparison.checks.empty() ? "" : fmt::format(", {} still failing", comparison.checks.size()));
    }
    std::vector<std::string> parts;
    const auto add = [&](std::size_t count, std::string_view one, std::string_view many) {
        if (count > 0) {
            parts.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
        }
    };
    add(comparison.count(Change::regression), "regression", "regressions");
    add(comparison.count(Change::expired), "expired acceptance", "expired acceptances");
    add(comparison.count(Change::lost), "no longer judged", "no longer judged");
    add(comparison.count(Change::weakened), "weakened", "weakened");
    add(comparison.count(Change::still_failing), "still failing", "still failing");
    add(comparison.count(Change::vanished), "vanished", "vanished");
    add(comparison.count(Change::added), "new", "new");
    add(comparison.count(Change::other), "otherwise changed", "otherwise changed");
    add(comparison.count(Change::improved), "improved", "improved");
    add(comparison.count(Change::fixed), "fixed", "fixed");
    add(comparison.traits.size(), "difference in what the endpoint shows", "differences in what the endpoint shows");
    add(comparison.unchanged, "unchanged", "unchanged");
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace gateproof::reports
