#include "reports/view/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gateproof::reports {
namespace {

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
                line.cells[target->second].counts.add(row);
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
                if (check.skipped_anyway.empty()) {
                    cell.left_out.push_back(check.full_id());
                }
            }
        }
    }
    std::vector<MatrixRow> take() && { return std::move(rows_); }

private:
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
    return status == RequirementStatus::partly_judged ? "partly-judged" : "not-selected";
}

std::optional<Outcome> outcome_of(RequirementStatus status) {
    switch (status) {
        case RequirementStatus::pass: return Outcome::pass;
        case RequirementStatus::warning: return Outcome::warning;
        case RequirementStatus::skipped: return Outcome::skipped;
        case RequirementStatus::inconclusive: return Outcome::inconclusive;
        case RequirementStatus::error: return Outcome::error;
        case RequirementStatus::fail: return Outcome::fail;
        case RequirementStatus::not_selected:
        case RequirementStatus::partly_judged: break;
    }
    return std::nullopt;
}

RequirementStatus status_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass: return RequirementStatus::pass;
        case Outcome::warning: return RequirementStatus::warning;
        case Outcome::skipped: return RequirementStatus::skipped;
        case Outcome::inconclusive: return RequirementStatus::inconclusive;
        case Outcome::error: return RequirementStatus::error;
        case Outcome::fail: break;
    }
    return RequirementStatus::fail;
}

RequirementStatus MatrixCell::status() const {
    const auto any = [this](Outcome outcome) { return counts.of(outcome) + counts.known_of(outcome) > 0; };
    for (const Outcome outcome : {Outcome::fail, Outcome::error, Outcome::inconclusive}) {
        if (any(outcome)) {
            return status_of(outcome);
        }
    }
    if (counts.judged() > 0) {
        return !left_out.empty() || others_missing ? RequirementStatus::partly_judged
               : any(Outcome::warning)             ? RequirementStatus::warning
                                                   : RequirementStatus::pass;
    }
    if (left_out.empty() && any(Outcome::skipped)) {
        return RequirementStatus::skipped;
    }
    return counts.left_out() > 0 ? RequirementStatus::not_selected : RequirementStatus::inconclusive;
}

bool MatrixCell::known() const {
    const std::optional<Outcome> outcome = outcome_of(status());
    return outcome && counts.of(*outcome) == 0 && counts.known_of(*outcome) > 0;
}

std::string MatrixCell::part_text(std::size_t most_ids) const {
    if (left_out.empty()) {
        return others_missing ? fmt::format("{} judged here; other parts of the plan are missing", counts.judged())
                              : std::string();
    }
    std::string text = fmt::format("{} of {} judged; not selected: ", counts.judged(), deciding());
    if (most_ids == 0) {
        text += std::to_string(left_out.size());
    }
    for (std::size_t i = 0; i < std::min(left_out.size(), most_ids); ++i) {
        text += (i == 0 ? "" : ", ") + left_out[i];
    }
    if (most_ids > 0 && left_out.size() > most_ids) {
        text += fmt::format(" and {} more", left_out.size() - most_ids);
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
