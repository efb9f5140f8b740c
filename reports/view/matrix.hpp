// The requirement matrix: what each target showed of each requirement.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/view/tally.hpp"

namespace gateproof::reports {

/// What a target's checks say of a requirement. Neither partly judged nor not selected is met.
enum class RequirementStatus { pass, warning, skipped, not_selected, partly_judged, inconclusive, error, fail };

/// Every status, worst first.
inline constexpr std::array requirement_statuses_worst_first{
    RequirementStatus::fail,          RequirementStatus::error,   RequirementStatus::inconclusive,
    RequirementStatus::partly_judged, RequirementStatus::warning, RequirementStatus::not_selected,
    RequirementStatus::skipped,       RequirementStatus::pass};

/// "pass", "partly-judged", "not-selected" ...
std::string_view to_string(RequirementStatus status);
/// The outcome of that name; empty: partly judged, not selected.
std::optional<Outcome> outcome_of(RequirementStatus status);
RequirementStatus status_of(Outcome outcome);

/// What one target showed of one requirement.
struct MatrixCell {
    bool asked = true;                    ///< false: the requirement is not one of this target's channel
    Counts counts;                        ///< of the checks that prove it; none: no check of the plan does
    std::vector<std::string> left_out{};  ///< ids of those that would have run, had the selection not left them out
    bool others_missing = false;          ///< the run lacks checks of its plan (other shards): this may be but a part

    /// Most severe outcome of its checks, where any check was judged: a check that was skipped takes nothing away from
    /// what others proved. One that would have run and was left out does: the requirement is then partly judged at
    /// best, and not selected where nothing was judged. Skipped where all were; inconclusive where there is none.
    /// What is accepted (--known) has the status still: the requirement is not met by that.
    [[nodiscard]] RequirementStatus status() const;
    /// The status rests on known failures alone.
    [[nodiscard]] bool known() const;
    /// Checks that decide it: those that were judged and those that were left out.
    [[nodiscard]] std::size_t deciding() const { return counts.judged() + left_out.size(); }
    /// "5 of 7 judged; not selected: tls.refuses-1.1, tls.alpn" (their number instead for no ids); empty where nothing
    /// is missing. Foreign text, a line.
    [[nodiscard]] std::string part_text(std::size_t most_ids) const;
};

struct MatrixRow {
    RequirementRecord requirement;
    std::vector<MatrixCell> cells;  ///< a cell for each target, in the run's order
};

/// A row for each requirement that the journal explains, in the order in which the plan meets them; those of which
/// every check was left out come last.
std::vector<MatrixRow> matrix_of(const Tally& tally);

}  // namespace gateproof::reports
