#include "harness/statistics/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gateproof::statistics {

Interval shift(std::span<const double> first, std::span<const double> second, double z) {
    std::vector<double> differences;
    differences.reserve(first.size() * second.size());
    for (const double a : first) {
        for (const double b : second) {
            differences.push_back(b - a);
        }
    }
    if (differences.empty()) {
        return {};
    }
    std::sort(differences.begin(), differences.end());
    const std::size_t pairs = differences.size();
    const double middle = (differences[(pairs - 1) / 2] + differences[pairs / 2]) / 2;
    const auto n = static_cast<double>(first.size());
    const auto m = static_cast<double>(second.size());
    const double below = n * m / 2 - z * std::sqrt(n * m * (n + m + 1) / 12);
    const std::size_t cut = below < 1 ? 0 : std::min(static_cast<std::size_t>(below), (pairs - 1) / 2);
    return {middle, differences[cut], differences[pairs - 1 - cut]};
}

Interval share(std::size_t hits, std::size_t all, double z) {
    if (all == 0) {
        return {0, 0, 1};
    }
    const auto n = static_cast<double>(all);
    const double p = static_cast<double>(hits) / n;
    const double centre = p + z * z / (2 * n);
    const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double scale = 1 + z * z / n;
    return {p, std::max(0.0, (centre - spread) / scale), std::min(1.0, (centre + spread) / scale)};
}

Interval share_difference(std::size_t first_hits, std::size_t first_all, std::size_t second_hits,
                          std::size_t second_all, double z) {
    const Interval a = share(first_hits, first_all, z);
    const Interval b = share(second_hits, second_all, z);
    const double difference = b.estimate - a.estimate;
    const double below = std::hypot(b.estimate - b.low, a.high - a.estimate);
    const double above = std::hypot(b.high - b.estimate, a.estimate - a.low);
    return {difference, std::max(-1.0, difference - below), std::min(1.0, difference + above)};
}

}  // namespace gateproof::statistics
