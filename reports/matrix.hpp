// The requirement matrix: what each target showed of each requirement.
#pragma once

#include <string>
#include <vector>

#include "reports/tally.hpp"

namespace gateproof::reports {

/// What one target showed of one requirement.
struct MatrixCell {
    bool asked = true;  ///< false: the requirement is not one of this target's channel
    Counts counts;      ///< of the checks that prove it; none: no check of the run did

    /// Most severe outcome of its checks, where any check was judged: a check that was skipped takes nothing away from
    /// what others proved. Skipped where all were; inconclusive where there is none.
    /// What is accepted (--known) has the status still: the requirement is not met by that.
    [[nodiscard]] Outcome status() const;
    /// The status rests on known failures alone.
    [[nodiscard]] bool known() const { return counts.of(status()) == 0 && counts.known_of(status()) > 0; }
};

struct MatrixRow {
    RequirementRecord requirement;
    std::vector<MatrixCell> cells;  ///< a cell for each target, in the run's order
};

/// A row for each requirement that the journal explains, in the order in which the plan meets them.
std::vector<MatrixRow> matrix_of(const Tally& tally);

}  // namespace gateproof::reports
