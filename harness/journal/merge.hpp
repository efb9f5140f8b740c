// Several runs as one: the shards of a plan, or runs of different endpoints.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof {

/// A run and what messages call it (its file).
struct NamedRun {
    std::string name;
    RunRecord run;
};

struct MergedRun {
    RunRecord run;
    /// What does not fit together, each a line: another plan, a shard that is missing, a check with two verdicts.
    std::vector<std::string> conflicts;
    /// The runs carry different lists of known failures, of which none counts then; for whoever is given no other one.
    std::string known_conflict = {};
};

/// Pure. Checks come in the order of the plan where the runs are shards of one, otherwise in the order of the runs.
/// Copies of one run that went on apart (--resume, --rerun) become one first, with all of their attempts (copies.hpp).
/// Where two independent runs judged the same check, a result goes before none, and the worse before the better:
/// merging hides nothing. A target's cut-off is that of all runs that did not judge all of it, or told of the checks of
/// the one run alone. The merged run is "incomplete" when a shard is missing, killed when one of them was, and
/// otherwise ended as the first run that did not complete.
MergedRun merge_runs(std::vector<NamedRun> runs);

}  // namespace gateproof
