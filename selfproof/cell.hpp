// What a proof keeps of a run: what each check said of each profile.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/model/check.hpp"

namespace gateproof::selfproof {

/// What one check said of one profile.
struct Cell {
    std::string target;
    std::string check;      ///< id
    std::string case_name;  ///< of a check with cases; else empty
    Outcome outcome = Outcome::inconclusive;
    std::string sentence;
    bool withheld = false;  ///< CheckResult::withheld
};

/// Every check of every profile, in the order of the plan.
std::vector<Cell> cells_of(const RunRecord& record);

/// "embedded-cloud tls.refuses-1.1", with "[case]" behind a check that has cases.
std::string name_of(const Cell& cell);
/// The name, the outcome and the sentence.
std::string described(const Cell& cell);

/// It passed, or was skipped.
bool is_clean(const Cell& cell);
/// What is not clean, described.
std::vector<std::string> unclean(const std::vector<Cell>& cells);
/// Ids of the checks of that side that pass on no profile, in catalogue order.
std::vector<std::string> passing_nowhere(const std::vector<Cell>& cells, Side side);

}  // namespace gateproof::selfproof
