// What was not judged though it applies: requirements that are no pass for it, and what it would take.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/view/findings.hpp"
#include "reports/view/matrix.hpp"

namespace gateproof::reports {

/// A check that decides a requirement was not tried: the run is a part of what it could have been.
bool lacks_deciding(const RunRecord& run);
/// One of these is not among the expected skips (CheckRecord::expected_skip).
bool lacks_unexpectedly(const RunRecord& run);

/// A requirement that a target was asked for and that was not judged whole. Points into the run.
struct RequirementGap {
    const TargetRecord* target = nullptr;
    std::string requirement;  ///< its id
    RequirementStatus status{};
    std::string part;  ///< MatrixCell::part_text
};
/// Those that are partly judged or not tested, by target in the order of the matrix; what failed or could not be judged
/// is told as such.
std::vector<RequirementGap> gaps_of(const Tally& tally, std::size_t most_ids);

/// "4 requirements partly judged, 2 not tested"; empty: none is. Each target's are counted apart.
std::string gaps_text(const Tally& tally);

/// The checks that were not tried, those together that lack the same. Points into the tally.
std::vector<Finding> not_tried(const Tally& tally);

}  // namespace gateproof::reports
