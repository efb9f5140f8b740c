// Journals that were copied from one run and went on apart: their attempts belong to one lineage.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/merge.hpp"

namespace gateproof {

/// Pure. Of each run one, with every attempt of all of its copies, in the order of their beginning: the latest counts,
/// and of two that began in the same moment the worse. Copies are of the same plan, shard, seed and beginning. What is
/// told of how a run went on and ended is the copy's that holds all of the others; where none does, the run is as
/// complete as the least complete. `conflicts` gets a line for each check whose copies ended otherwise.
std::vector<NamedRun> join_copies(std::vector<NamedRun> runs, std::vector<std::string>& conflicts);

}  // namespace gateproof
