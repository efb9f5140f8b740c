// What needs attention: checks that ended with the same words are told once, not forty times.
#pragma once

#include <vector>

#include "reports/view/tally.hpp"

namespace gateproof::reports {

struct Finding {
    const CheckResult* result = nullptr;     ///< outcome, sentence, remedy and facts that the checks share
    std::vector<const CheckRecord*> checks;  ///< in the order of the plan; never empty
};

/// Whether checks of several targets may share a finding.
enum class Across { one_target, all_targets };

/// The findings with that outcome, known failures apart, in the order in which the plan meets them. Points into the
/// tally.
std::vector<Finding> findings_of(const Tally& tally, Outcome outcome, Across across);

}  // namespace gateproof::reports
