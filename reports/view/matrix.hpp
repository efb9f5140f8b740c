// The requirement matrix: what each target showed of each requirement.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/view/tally.hpp"

namespace gateproof::reports {

/// What a target's checks say of a requirement. None is met that is partly judged, not selected or not tested; one that
/// is not applicable there need not be.
enum class RequirementStatus {
    pass,
    warning,
    not_applicable,
    not_tested,
    not_selected,
    partly_judged,
    inconclusive,
    error,
    fail,
};

/// Every status, worst first.
inline constexpr std::array requirement_statuses_worst_first{
    RequirementStatus::fail,          RequirementStatus::error,          RequirementStatus::inconclusive,
    RequirementStatus::partly_judged, RequirementStatus::warning,        RequirementStatus::not_selected,
    RequirementStatus::not_tested,    RequirementStatus::not_applicable, RequirementStatus::pass};

/// "pass", "partly-judged", "not-selected" ...
std::string_view to_string(RequirementStatus status);
/// For people: "partly judged"; empty for the statuses that an outcome has a word for.
std::string_view words_of(RequirementStatus status);
/// The outcome of that name; empty: those that say why there is none.
std::optional<Outcome> outcome_of(RequirementStatus status);

/// What one target showed of one requirement.
struct MatrixCell {
    bool asked = true;                     ///< false: the requirement is not one of this target's channel
    Counts counts;                         ///< of the checks that bear on it; none: no check of the plan does
    std::size_t decided = 0;               ///< checks that decide it and were judged
    std::vector<std::string> not_tried{};  ///< ids of deciding ones that were skipped for want of something
    /// Ids of deciding ones that the selection left out though they would run; without those that are newer than the
    /// version of the catalogue that judges.
    std::vector<std::string> left_out{};
    std::vector<std::string> accepted_skips{};  ///< reasons why some of not_tried are accepted (expected skips)
    std::size_t accepted_not_tried = 0;         ///< how many of not_tried
    bool others_missing = false;  ///< the run lacks checks of its plan (other shards): this may be but a part

    /// Most severe outcome of its checks, where any was judged; but partly judged at best where a check that decides it
    /// was not tried or was left out. Where nothing was judged: not selected, not tested, not applicable by what is
    /// missing, and inconclusive where it has no check at all. What is accepted (--known) has the status still: the
    /// requirement is not met by that.
    [[nodiscard]] RequirementStatus status() const;
    /// The status rests on known failures alone.
    [[nodiscard]] bool known() const;
    /// Checks that decide it here: those that were judged, and those that are missing.
    [[nodiscard]] std::size_t deciding() const { return decided + not_tried.size() + left_out.size(); }
    /// "5 of 8 judged; not tried: tls.a; accepted: no second identity; not selected: tls.refuses-1.1, tls.alpn" (their
    /// number instead for no ids); empty where nothing is missing. Foreign text, a line.
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
