#include "reports/view/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gateproof::reports {
namespace {

/// "tls.refuses-1.1, tls.alpn and 3 more"; their number where no id is wanted.
std::string some_of(const std::vector<std::string>& ids, std::size_t most) {
    if (most == 0) {
        return std::to_string(ids.size());
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(ids.size(), most); ++i) {
        text += (i == 0 ? "" : ", ") + ids[i];
    }
    return ids.size() > most ? text + fmt::format(" and {} more", ids.size() - most) : text;
}

class Builder {
public:
    explicit Builder(const RunRecord& run) : run_(run) {
        for (std::size_t i = 0; i < run.targets.size(); ++i) {
            targets_.emplace(run.targets[i].name, i);
        }
    }

    void add(const Row& row) {
        const auto target = targets_.find(row.check->target);
        for (const std::string& id : row.check->requirements) {
            MatrixRow& line = rows_[row_of(id)];
            if (target != targets_.end()) {
                MatrixCell& cell = line.cells[target->second];
                cell.counts.add(row);
                if (row.check->decides(id)) {
                    add_deciding(cell, row);
                }
            }
        }
    }
    void add(const LeftOutCheck& check) {
        for (const std::string& id : check.requirements) {
            MatrixRow& line = rows_[row_of(id)];
            for (const std::string& name : check.targets) {
                const auto target = targets_.find(name);
                if (target == targets_.end()) {
                    continue;
                }
                MatrixCell& cell = line.cells[target->second];
                cell.counts.add_left_out(1);
                if (check.decides(id) && check.skipped_anyway.empty() && check.newer_than.empty()) {
                    cell.left_out.push_back(check.full_id());
                }
            }
        }
    }
    std::vector<MatrixRow> take() && { return std::move(rows_); }

private:
    static void add_deciding(MatrixCell& cell, const Row& row) {
        if (row.result->outcome != Outcome::skipped) {
            ++cell.decided;
        } else if (row.result->skip == Skip::not_tried) {
            cell.not_tried.push_back(row.check->full_id());
            if (const std::string& reason = row.check->expected_skip; !reason.empty()) {
                ++cell.accepted_not_tried;
                if (std::ranges::find(cell.accepted_skips, reason) == cell.accepted_skips.end()) {
                    cell.accepted_skips.push_back(reason);
                }
            }
        }
    }

    std::size_t row_of(const std::string& id) {
        const auto [place, fresh] = index_.try_emplace(id, rows_.size());
        if (fresh) {
            const auto known = run_.requirements.find(id);
            MatrixRow& row = rows_.emplace_back();
            row.requirement = known == run_.requirements.end() ? RequirementRecord{id, "", ""} : known->second;
            row.cells.resize(run_.targets.size());
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                const std::vector<std::string>& channels = row.requirement.channels;
                row.cells[i].asked =
                    channels.empty() || std::ranges::find(channels, run_.targets[i].channel) != channels.end();
                row.cells[i].others_missing = others_missing_;
            }
        }
        return place->second;
    }

    const RunRecord& run_;
    const bool others_missing_ = run_.shard.count > 1 ||
                                 run_.missing_count() > 0 || run_.end_reason == EndReason::incomplete;
    std::map<std::string, std::size_t> targets_;
    std::map<std::string, std::size_t> index_;
    std::vector<MatrixRow> rows_;
};

}  // namespace

std::string_view to_string(RequirementStatus status) {
    if (const std::optional<Outcome> outcome = outcome_of(status)) {
        return to_string(*outcome);
    }
    switch (status) {
        case RequirementStatus::partly_judged: return "partly-judged";
        case RequirementStatus::not_selected: return "not-selected";
        case RequirementStatus::not_tested: return "not-tested";
        default: return "not-applicable";
    }
}

std::string_view words_of(RequirementStatus status) {
    switch (status) {
        case RequirementStatus::partly_judged: return "partly judged";
        case RequirementStatus::not_selected: return "not selected";
        case RequirementStatus::not_tested: return "not tested";
        case RequirementStatus::not_applicable: return "not applicable";
        default: return {};
    }
}

std::optional<Outcome> outcome_of(RequirementStatus status) {
    switch (status) {
        case RequirementStatus::pass: return Outcome::pass;
        case RequirementStatus::warning: return Outcome::warning;
        case RequirementStatus::inconclusive: return Outcome::inconclusive;
        case RequirementStatus::error: return Outcome::error;
        case RequirementStatus::fail: return Outcome::fail;
        case RequirementStatus::not_applicable:
        case RequirementStatus::not_tested:
        case RequirementStatus::not_selected:
        case RequirementStatus::partly_judged: break;
    }
    return std::nullopt;
}

RequirementStatus MatrixCell::status() const {
    const auto any = [this](Outcome outcome) { return counts.of(outcome) + counts.known_of(outcome) > 0; };
    for (const auto& [outcome, status] :
         {std::pair(Outcome::fail, RequirementStatus::fail), std::pair(Outcome::error, RequirementStatus::error),
          std::pair(Outcome::inconclusive, RequirementStatus::inconclusive)}) {
        if (any(outcome)) {
            return status;
        }
    }
    if (decided > 0 || (counts.judged() > 0 && others_missing)) {
        const bool whole = left_out.empty() && not_tried.empty() && !others_missing;
        return !whole                  ? RequirementStatus::partly_judged
               : any(Outcome::warning) ? RequirementStatus::warning
                                       : RequirementStatus::pass;
    }
    // What merely adds to it passes nothing.
    if (!left_out.empty()) {
        return RequirementStatus::not_selected;
    }
    if (!not_tried.empty()) {
        return RequirementStatus::not_tested;
    }
    if (any(Outcome::skipped)) {
        return RequirementStatus::not_applicable;
    }
    return counts.left_out() > 0 ? RequirementStatus::not_selected
           : counts.judged() > 0 ? RequirementStatus::not_applicable
                                 : RequirementStatus::inconclusive;
}

bool MatrixCell::known() const {
    const std::optional<Outcome> outcome = outcome_of(status());
    return outcome && counts.of(*outcome) == 0 && counts.known_of(*outcome) > 0;
}

std::string MatrixCell::part_text(std::size_t most_ids) const {
    if (left_out.empty() && not_tried.empty()) {
        return others_missing ? fmt::format("{} judged here; other parts of the plan are missing", counts.judged())
                              : std::string();
    }
    std::string text = fmt::format("{} of {} judged", decided, deciding());
    if (!not_tried.empty()) {
        text += "; not tried: " + some_of(not_tried, most_ids);
    }
    if (!accepted_skips.empty()) {
        constexpr std::size_t most_reasons = 3;
        text += (accepted_not_tried == not_tried.size() ? "; accepted: "
                                                        : fmt::format("; accepted of these {}: ", accepted_not_tried)) +
                some_of(accepted_skips, most_reasons);
    }
    if (!left_out.empty()) {
        text += "; not selected: " + some_of(left_out, most_ids);
    }
    return others_missing ? text + "; other parts of the plan are missing" : text;
}

std::vector<MatrixRow> matrix_of(const Tally& tally) {
    Builder builder(tally.run());
    for (const Row& row : tally.rows()) {
        builder.add(row);
    }
    for (const LeftOutCheck& check : tally.run().left_out) {
        builder.add(check);
    }
    return std::move(builder).take();
}

}  // namespace gateproof::reports
