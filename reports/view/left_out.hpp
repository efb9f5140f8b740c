// What a selection left out, in the words of the reports.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// What one option left out, over all targets.
struct LeftOutGroup {
    std::string by;  ///< "--exclude throttle"
    bool excluded = false;
    std::string newer_than = {};  ///< LeftOutCheck::newer_than
    std::size_t checks = 0;       ///< each target's apart
    std::size_t would_run = 0;    ///< of them; the plan would have skipped the others
    std::vector<const LeftOutCheck*> which = {};
};

/// By option, in the order of the plan. Points into the run.
std::vector<LeftOutGroup> left_out_groups(const RunRecord& run);

/// What each target lacks, by its name. Points into the run.
std::map<std::string_view, std::vector<const LeftOutCheck*>> left_out_by_target(const RunRecord& run);

/// "43 checks left out by --exclude throttle (7 of them would have been skipped): throttle.engages, ... and 3 more".
/// Foreign text, a line.
std::string left_out_line(const LeftOutGroup& group, std::size_t most_ids);

/// "2026-11", "2026-11 and 3 newer checks", "2026-11, as it was frozen; 3 newer checks left out": which state of the
/// requirement catalogue judged. Empty: not recorded. Foreign text, a line.
std::string catalogue_text(const RunRecord& run);

/// Of each target the requirements that were not judged whole, and what is missing: MatrixCell::part_text.
using RequirementParts = std::map<std::string, std::map<std::string, std::string>>;
RequirementParts requirement_parts(const RunRecord& run, std::size_t most_ids);

/// Of what the run is a part, to follow "of": "284 in the whole plan; not selected: 272". Empty: it is the whole, or
/// that is not known.
std::string part_text(const RunRecord& run);

/// What to do about checks that --exclude left out; the options that it names accept them and change nothing else.
std::string left_out_remedy(const RunRecord& run);

/// Why the run is not the whole of its plan, each a sentence; empty: it is. A run whose journal does not record the
/// selection is not known to be. What is newer than the version of the catalogue that judges is no part of the whole.
std::vector<std::string> not_whole(const RunRecord& run);

}  // namespace gateproof::reports
