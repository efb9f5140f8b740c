// Whether two series of measurements differ: Mann and Whitney's rank test, which asks nothing of their distribution.
#pragma once

#include <vector>

namespace gateproof::statistics {

struct RankTest {
    double p = 1;  ///< two-sided, by the normal approximation (fair from eight values a side), corrected for ties and
                   ///< continuity
    double delta = 0;  ///< Cliff's delta, -1 to 1: how much oftener a value of `a` is above one of `b` than below it
};

/// Of at least two values each; with fewer nothing differs.
RankTest rank_test(const std::vector<double>& a, const std::vector<double>& b);

/// Hodges and Lehmann's estimate of a - b: the median of all differences, which it makes one by one. So it is for
/// series that are bounded; 0 with fewer than two values on a side.
double shift(const std::vector<double>& a, const std::vector<double>& b);

/// 0 for no values.
double median(std::vector<double> values);

/// Third quartile less the first; 0 for fewer than two values.
double quartile_range(std::vector<double> values);

}  // namespace gateproof::statistics
