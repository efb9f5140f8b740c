// A run as every report sees it: each check with its outcome worked out once, the counts, and the overall verdict.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// Every outcome, worst first: the order in which a reader wants them.
inline constexpr std::array outcomes_worst_first{Outcome::fail,    Outcome::error,   Outcome::inconclusive,
                                                 Outcome::warning, Outcome::skipped, Outcome::pass};

/// A check and what is to be reported of it. Points into the run and the tally.
struct Row {
    const CheckRecord* check = nullptr;
    const CheckResult* result = nullptr;

    /// Its outcome is accepted for a while (--known), and counted apart.
    [[nodiscard]] bool known() const { return check->accepted.has_value(); }
};

/// How many checks have each outcome, and how many of them are known failures.
class Counts {
public:
    void add(const Row& row);
    void add_left_out(std::size_t checks) { left_out_ += checks; }
    /// Without the known ones.
    [[nodiscard]] std::size_t of(Outcome outcome) const { return open_.at(static_cast<std::size_t>(outcome)); }
    /// The known ones alone.
    [[nodiscard]] std::size_t known_of(Outcome outcome) const { return known_.at(static_cast<std::size_t>(outcome)); }
    [[nodiscard]] std::size_t known() const;
    /// Of the skipped ones those that apply and lacked something; the others had nothing to judge.
    [[nodiscard]] std::size_t not_tried() const { return not_tried_; }
    [[nodiscard]] std::size_t not_applicable() const { return of(Outcome::skipped) - not_tried_; }
    /// What the selection left out; in no other count but the total.
    [[nodiscard]] std::size_t left_out() const { return left_out_; }
    /// What came to a verdict: neither skipped nor left out.
    [[nodiscard]] std::size_t judged() const;
    [[nodiscard]] std::size_t total() const;

private:
    using ByOutcome = std::array<std::size_t, outcomes_worst_first.size()>;
    ByOutcome open_{};
    ByOutcome known_{};
    std::size_t not_tried_ = 0;
    std::size_t left_out_ = 0;
};

/// From the first beginning to the last end of checks that were run. Moments are cut to what a journal keeps: a report
/// made from the journal says the same to the digit.
class Span {
public:
    void add(const CheckResult& result);
    /// Empty where no check was run.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> begun() const { return begun_; }
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> ended() const { return ended_; }
    [[nodiscard]] std::chrono::milliseconds length() const;

private:
    std::optional<std::chrono::system_clock::time_point> begun_;
    std::optional<std::chrono::system_clock::time_point> ended_;
};

/// Refers to the run, which must outlive it.
class Tally {
public:
    explicit Tally(const RunRecord& run);
    Tally(const Tally&) = delete;
    Tally& operator=(const Tally&) = delete;

    [[nodiscard]] const RunRecord& run() const { return run_; }
    /// In the order of the plan. What was left out is no row: RunRecord::left_out has it.
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] const Counts& counts() const { return counts_; }

private:
    const RunRecord& run_;
    std::deque<CheckResult> not_judged_;  ///< results of checks that have none of their own; addresses stay
    std::vector<Row> rows_;
    Counts counts_;
};

/// The counts of each target, also of one without checks.
std::map<std::string, Counts> counts_by_target(const Tally& tally);

/// One sentence for the head of a report: "3 of 114 checks failed".
std::string headline(const Tally& tally);

/// What a shard is a part of, and who makes load beside it; empty for a whole run. Foreign text, at most a line.
std::string shard_text(const RunRecord& run);

/// From the start to the end, or to the last thing that is known of a killed run; without what lies between a run and
/// its re-runs.
std::chrono::milliseconds length_of(const RunRecord& run);
/// When the run ended, or the last moment that is known of it.
std::chrono::system_clock::time_point end_of(const RunRecord& run);

/// "1.2 s", "3 min 5 s", "2 h 4 min": for people.
std::string duration_text(std::chrono::milliseconds time);
/// "185.250", without a unit: for programs. Nothing is below zero.
std::string seconds_text(std::chrono::milliseconds time);
/// "2026-02-03 12:00:00 UTC"
std::string moment_text(std::chrono::system_clock::time_point time);

/// The target's title, or its name where it has none.
const std::string& shown_title(const TargetRecord& target);
/// Null for a name that no target has.
const TargetRecord* find_target(const RunRecord& run, std::string_view name);
/// The suite's title, or its id where the journal has none.
const std::string& suite_title(const RunRecord& run, const std::string& id);

}  // namespace gateproof::reports
