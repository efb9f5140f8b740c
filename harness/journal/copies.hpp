// Journals that were copied from one run and went on apart: their attempts belong to one lineage.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/journal/merge.hpp"

namespace gateproof {

/// The list of known failures that a run was given, and what messages call the run.
struct KnownOf {
    std::string run;
    std::optional<KnownList> list;
};

/// Pure. The list of all of them, judged by the last of their days. What one list accepts of its run need not be
/// accepted of another: where they differ there is none, and `conflict` says so. At least one.
std::optional<KnownList> common_known(const std::vector<KnownOf>& lists, std::string& conflict);

/// Pure. The targets of checks that the run did not come to, or was asked to judge again and did not come to.
std::set<std::string> open_targets(const RunRecord& run);

/// Pure. Of each run one, with every attempt of all of its copies, in the order of their beginning: the latest counts,
/// and of two that began in the same moment the worse. Copies are of the same plan, shard, seed and beginning. How the
/// run ended, its list of known failures and who cut it off are what the copy says that holds all of the others,
/// whatever the order of `runs`; where several went on apart, the run is as complete as the least complete of them, and
/// their lists have to be the same (common_known). `conflicts` gets a line for each check whose copies ended otherwise.
std::vector<NamedRun> join_copies(std::vector<NamedRun> runs, std::vector<std::string>& conflicts,
                                  std::string& known_conflict);

}  // namespace gateproof
