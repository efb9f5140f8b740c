#include "reports/view/not_judged.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateproof::reports {

namespace {

/// It decides a requirement and was not tried.
bool is_lacking(const CheckRecord& check) {
    const bool skipped = check.result ? check.result->outcome == Outcome::skipped : !check.skip_reason.empty();
    const Skip skip = check.result ? check.result->skip : check.skip;
    return skipped && skip == Skip::not_tried &&
           std::ranges::any_of(check.requirements, [&](const std::string& id) { return check.decides(id); });
}

}  // namespace

bool lacks_deciding(const RunRecord& run) {
    return std::ranges::any_of(run.checks, is_lacking);
}

bool lacks_unexpectedly(const RunRecord& run) {
    return std::ranges::any_of(
        run.checks, [](const CheckRecord& check) { return is_lacking(check) && check.expected_skip.empty(); });
}

std::vector<RequirementGap> gaps_of(const Tally& tally, std::size_t most_ids) {
    std::vector<RequirementGap> gaps;
    const std::vector<MatrixRow> rows = matrix_of(tally);
    const std::vector<TargetRecord>& targets = tally.run().targets;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        for (const MatrixRow& row : rows) {
            const MatrixCell& cell = row.cells[i];
            const RequirementStatus status = cell.status();
            const bool told = status == RequirementStatus::partly_judged || status == RequirementStatus::not_tested;
            if (cell.asked && cell.counts.total() > 0 && told) {
                gaps.push_back({&targets[i], row.requirement.id, status, cell.part_text(most_ids)});
            }
        }
    }
    return gaps;
}

std::string gaps_text(const Tally& tally) {
    const std::vector<RequirementGap> gaps = gaps_of(tally, 0);
    const auto partly = std::ranges::count(gaps, RequirementStatus::partly_judged, &RequirementGap::status);
    const auto untested = static_cast<std::ptrdiff_t>(gaps.size()) - partly;
    std::string text;
    for (const auto& [count, words] : {std::pair(partly, "partly judged"), std::pair(untested, "not tested")}) {
        if (count > 0) {
            text += text.empty() ? fmt::format("{} requirement{} {}", count, count == 1 ? "" : "s", words)
                                 : fmt::format(", {} {}", count, words);
        }
    }
    return text;
}

std::vector<Finding> not_tried(const Tally& tally) {
    std::vector<Finding> findings = findings_of(tally, Outcome::skipped, Across::all_targets);
    std::erase_if(findings, [](const Finding& finding) { return finding.result->skip != Skip::not_tried; });
    return findings;
}

}  // namespace gateproof::reports
