#include "reports/matrix.hpp"

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
    std::vector<MatrixRow> take() && { return std::move(rows_); }

private:
    std::size_t row_of(const std::string& id) {
        const auto [place, fresh] = index_.try_emplace(id, rows_.size());
        if (fresh) {
            const auto known = run_.requirements.find(id);
            MatrixRow& row = rows_.emplace_back();
            row.requirement = known == run_.requirements.end() ? RequirementRecord{id, "", "", ""} : known->second;
            row.cells.resize(run_.targets.size());
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                const std::vector<std::string>& channels = row.requirement.channels;
                row.cells[i].asked =
                    channels.empty() || std::ranges::find(channels, run_.targets[i].channel) != channels.end();
            }
        }
        return place->second;
    }

    const RunRecord& run_;
    std::map<std::string, std::size_t> targets_;
    std::map<std::string, std::size_t> index_;
    std::vector<MatrixRow> rows_;
};

}  // namespace

Outcome MatrixCell::status() const {
    for (const Outcome outcome :
         {Outcome::fail, Outcome::error, Outcome::inconclusive, Outcome::warning, Outcome::pass}) {
        if (counts.of(outcome) + counts.known_of(outcome) > 0) {
            return outcome;
        }
    }
    return counts.of(Outcome::skipped) + counts.known_of(Outcome::skipped) > 0 ? Outcome::skipped
                                                                               : Outcome::inconclusive;
}

std::vector<MatrixRow> matrix_of(const Tally& tally) {
    Builder builder(tally.run());
    for (const Row& row : tally.rows()) {
        builder.add(row);
    }
    return std::move(builder).take();
}

}  // namespace gateproof::reports
