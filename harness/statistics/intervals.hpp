// Two samples compared: by how much one is slower than the other, and how sure that is. No distribution is assumed.
#pragma once

#include <cstddef>
#include <span>

namespace gateproof::statistics {

/// An estimate and the interval that holds the truth with the confidence asked for.
struct Interval {
    double estimate = 0;
    double low = 0;
    double high = 0;
};

/// By how much `second` lies above `first`: the Hodges-Lehmann estimate (the median of all pairwise differences) with
/// Moses' interval from the Mann-Whitney statistic, by its normal approximation. Both need values; with too few of them
/// for the confidence the interval is the whole range of differences. `z` is the normal quantile: 2.576 for 99 %.
Interval shift(std::span<const double> first, std::span<const double> second, double z);

/// Of `all` tries `hits` hit: the share, with Wilson's score interval.
Interval share(std::size_t hits, std::size_t all, double z);

/// By how much the second share lies above the first: the difference, with Newcombe's hybrid score interval.
Interval share_difference(std::size_t first_hits, std::size_t first_all, std::size_t second_hits,
                          std::size_t second_all, double z);

}  // namespace gateproof::statistics
