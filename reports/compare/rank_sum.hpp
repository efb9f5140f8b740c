// Did a quantity shift between two samples? A statistic that asks nothing of their distribution.
#pragma once

#include <optional>
#include <vector>

namespace gateproof::reports {

double median(std::vector<double> values);

/// The two-sided p value of the rank-sum test (Mann and Whitney 1947) by its normal approximation, corrected for ties
/// and continuity. Empty: fewer than eight values on a side, for which the approximation does not hold.
std::optional<double> rank_sum_p(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace gateproof::reports
