#include "selfproof/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "suites/catalogue.hpp"

namespace gateproof::selfproof {

std::vector<Cell> cells_of(const RunRecord& record) {
    std::vector<Cell> cells;
    for (const CheckRecord& check : record.checks) {
        CheckResult result = record.result_of(check);
        cells.push_back(
            {check.target, check.id, check.case_name, result.outcome, std::move(result.sentence), result.withheld});
    }
    return cells;
}

std::string name_of(const Cell& cell) {
    return cell.case_name.empty() ? fmt::format("{} {}", cell.target, cell.check)
                                  : fmt::format("{} {}[{}]", cell.target, cell.check, cell.case_name);
}

std::string described(const Cell& cell) {
    return fmt::format("{}: {} ({})", name_of(cell), to_string(cell.outcome), cell.sentence);
}

bool is_clean(const Cell& cell) {
    return cell.outcome == Outcome::pass || cell.outcome == Outcome::skipped;
}

std::vector<std::string> unclean(const std::vector<Cell>& cells) {
    std::vector<std::string> found;
    for (const Cell& cell : cells) {
        if (!is_clean(cell)) {
            found.push_back(described(cell));
        }
    }
    return found;
}

std::vector<std::string> passing_nowhere(const std::vector<Cell>& cells, Side side) {
    std::vector<std::string> found;
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            const bool passes = std::ranges::any_of(
                cells, [&](const Cell& cell) { return cell.check == check.id && cell.outcome == Outcome::pass; });
            if (check.side() == side && !passes) {
                found.emplace_back(check.id);
            }
        }
    }
    return found;
}

}  // namespace gateproof::selfproof
