// Going on with a run that was killed or stopped, or judging checks of a run again: what it had judged counts, if it is
// still the same run.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/model/selection.hpp"
#include "harness/run/runner.hpp"

namespace gateproof {

/// Why this plan is not the run that `earlier` tells of, each a line for the user: another version, changed profiles,
/// checks that are planned otherwise. Empty: it can go on.
/// `catalogue`: the one that would judge now.
std::vector<std::string> resume_obstacles(const RunRecord& earlier, const Plan& plan, const RunOptions& options,
                                          const Catalogue& catalogue = {});

/// The checks of the plan that `earlier` planned too: its shard, or what a journal without a selection was asked for.
Plan planned_in(Plan plan, const RunRecord& earlier);

/// Which checks are judged again.
struct Again {
    std::set<Outcome> outcomes = {Outcome::fail, Outcome::inconclusive, Outcome::error};
    bool not_run = true;  ///< what was planned to run and has no verdict, that of an attempt that was cut off included
    /// Its patterns narrow the choice.
    Selection selection = {};
};

struct ChosenAgain {
    std::vector<std::size_t> places;     ///< in RunRecord::checks
    std::vector<std::string> unmatched;  ///< patterns that matched no check of the run
};

/// What the plan skips is never judged again.
ChosenAgain choose_again(const RunRecord& run, const Again& what);

/// Gives a record that was made from the same plan what `earlier` had come to. Notes that it was resumed; or, where
/// checks of `earlier` are judged `again`, that, and what they had come to becomes an earlier attempt.
void take_over(RunRecord& record, const RunRecord& earlier, const std::vector<std::size_t>& again = {});

}  // namespace gateproof
