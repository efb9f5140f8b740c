// Going on with a run that was killed or stopped: what it had judged counts, if it is still the same run.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/run/runner.hpp"

namespace gateproof {

/// Why this plan is not the run that `earlier` tells of, each a line for the user: another version, changed profiles,
/// checks that are planned otherwise. Empty: it can go on.
std::vector<std::string> resume_obstacles(const RunRecord& earlier, const Plan& plan, const RunOptions& options);

/// The checks of the plan that `earlier` planned too: its shard, or what a journal without a selection was asked for.
Plan planned_in(Plan plan, const RunRecord& earlier);

/// Gives a record that was made from the same plan what `earlier` had come to, and notes the resumption.
void take_over(RunRecord& record, const RunRecord& earlier);

}  // namespace gateproof
