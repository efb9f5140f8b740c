#include "reports/trend/trend.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "reports/view/tally.hpp"

namespace gateproof::reports {
namespace {

bool is_judgement(Outcome outcome) {
    return outcome != Outcome::skipped;
}

}  // namespace

std::size_t RequirementTrend::since() const {
    std::size_t since = 0;
    std::optional<RequirementStatus> last;
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        if (statuses[i] && statuses[i] != last) {
            last = statuses[i];
            since = i;
        }
    }
    return since;
}

std::size_t TrendBuilder::configuration_of(const RunRecord& run, const std::string& target) {
    const auto found = std::ranges::find(run.targets, target, &TargetRecord::name);
    const std::string key =
        run.tool_version + '\n' + (found == run.targets.end() ? std::string() : found->profile_digest);
    return configurations_.try_emplace(key, configurations_.size()).first->second;
}

void TrendBuilder::add(const RunRecord& run) {
    Point point;
    point.run = {run.started, run.tool_version, run.end_reason, {}, run.left_out_count()};
    std::map<std::string, std::size_t> configurations;
    for (const TargetRecord& target : run.targets) {
        configurations.emplace(target.name, configuration_of(run, target.name));
    }
    for (const CheckRecord& check : run.checks) {
        std::vector<Outcome> attempts;
        std::ranges::transform(check.earlier, std::back_inserter(attempts), &CheckResult::outcome);
        attempts.push_back(run.result_of(check).outcome);
        ++point.run.counts[attempts.back()];
        point.run.judged_again += check.earlier.empty() ? 0 : 1;
        point.checks.insert_or_assign(
            Key(check.target, check.full_id()),
            CheckPoint{std::move(attempts), check.result && check.result->flaky, configurations[check.target]});
    }
    const Tally tally(run);
    for (const MatrixRow& row : matrix_of(tally)) {
        for (std::size_t i = 0; i < row.cells.size() && i < run.targets.size(); ++i) {
            const MatrixCell& cell = row.cells[i];
            if (cell.asked && cell.counts.total() > 0 && cell.status() != RequirementStatus::not_selected) {
                Key key(run.targets[i].name, row.requirement.id);
                if (std::ranges::find(requirement_order_, key) == requirement_order_.end()) {
                    requirement_order_.push_back(key);
                }
                point.requirements.emplace(std::move(key), cell.status());
            }
        }
    }
    points_.push_back(std::move(point));
}

Trend TrendBuilder::finish() && {
    std::ranges::stable_sort(points_, {}, [](const Point& point) { return point.run.started; });
    Trend trend;
    std::set<Key> checks;
    for (const Point& point : points_) {
        trend.runs.push_back(point.run);
        for (const auto& [key, result] : point.checks) {
            checks.insert(key);
        }
    }
    // By target first, as the matrix meets the requirements.
    std::ranges::stable_sort(requirement_order_, {}, &Key::first);
    for (const Key& key : requirement_order_) {
        RequirementTrend line{key.first, key.second, {}};
        for (const Point& point : points_) {
            const auto found = point.requirements.find(key);
            line.statuses.push_back(found == point.requirements.end() ? std::nullopt : std::optional(found->second));
        }
        trend.requirements.push_back(std::move(line));
    }
    for (const Key& key : checks) {
        FlakyCheck flaky{key.first, key.second, {}};
        const CheckPoint* last = nullptr;
        Outcome last_outcome = Outcome::skipped;
        for (const Point& point : points_) {
            const auto found = point.checks.find(key);
            flaky.outcomes.push_back(found == point.checks.end() ? std::nullopt
                                                                 : std::optional(found->second.attempts.back()));
            if (found == point.checks.end() || !is_judgement(found->second.attempts.back())) {
                continue;
            }
            const CheckPoint& now = found->second;
            flaky.retried += now.retried ? 1 : 0;
            for (const Outcome outcome : now.attempts) {
                const bool alike = last != nullptr && last->configuration == now.configuration;
                flaky.changes += alike && last_outcome != outcome ? 1 : 0;
                last = &now;
                last_outcome = outcome;
            }
        }
        // One change alone is a regression or a repair.
        if (flaky.changes >= 2 || flaky.retried > 0) {
            trend.flaky.push_back(std::move(flaky));
        }
    }
    std::ranges::stable_sort(trend.flaky, [](const FlakyCheck& a, const FlakyCheck& b) {
        return std::pair(a.changes, a.retried) > std::pair(b.changes, b.retried);
    });
    return trend;
}

}  // namespace gateproof::reports
