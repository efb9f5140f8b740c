#include "reports/compare/rank_sum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace gateproof::reports {

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

std::optional<double> rank_sum_p(const std::vector<double>& a, const std::vector<double>& b) {
    constexpr std::size_t least = 8;
    if (a.size() < least || b.size() < least) {
        return std::nullopt;
    }
    std::vector<std::pair<double, bool>> all;  // value, is of `a`
    all.reserve(a.size() + b.size());
    for (const double value : a) {
        all.emplace_back(value, true);
    }
    for (const double value : b) {
        all.emplace_back(value, false);
    }
    std::ranges::sort(all);
    double ranks_of_a = 0;
    double ties = 0;
    for (std::size_t first = 0; first < all.size();) {
        std::size_t last = first;
        while (last + 1 < all.size() && all[last + 1].first == all[first].first) {
            ++last;
        }
        const double shared_rank = static_cast<double>(first + last) / 2 + 1;
        const double count = static_cast<double>(last - first + 1);
        ties += count * count * count - count;
        for (std::size_t i = first; i <= last; ++i) {
            ranks_of_a += all[i].second ? shared_rank : 0;
        }
        first = last + 1;
    }
    const auto na = static_cast<double>(a.size());
    const auto nb = static_cast<double>(b.size());
    const double n = na + nb;
    const double u = ranks_of_a - na * (na + 1) / 2;
    const double variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
    if (variance <= 0) {
        return 1;  // every value is the same
    }
    const double distance = std::max(0.0, std::abs(u - na * nb / 2) - 0.5);
    return std::erfc(distance / std::sqrt(variance) / std::numbers::sqrt2);
}

}  // namespace gateproof::reports
