#include "harness/statistics/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace gateproof::statistics {
namespace {

/// Sum of the ranks of `a` among both, equal values sharing theirs; and the sum over ties of t^3 - t.
std::pair<double, double> rank_sum(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<std::pair<double, bool>> all;
    for (const double value : a) {
        all.emplace_back(value, true);
    }
    for (const double value : b) {
        all.emplace_back(value, false);
    }
    std::ranges::sort(all);
    double sum = 0;
    double ties = 0;
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin;
        std::size_t of_a = 0;
        for (; end < all.size() && all[end].first <= all[begin].first; ++end) {
            of_a += all[end].second ? 1 : 0;
        }
        const auto tied = static_cast<double>(end - begin);
        const double rank = static_cast<double>(begin) + (tied + 1) / 2;
        sum += static_cast<double>(of_a) * rank;
        ties += tied * tied * tied - tied;
        begin = end;
    }
    return {sum, ties};
}

}  // namespace

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    const std::size_t half = values.size() / 2;
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(half));
    const double upper = values[half];
    if (values.size() % 2 == 1) {
        return upper;
    }
    return (*std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half)) + upper) / 2;
}

RankTest rank_test(const std::vector<double>& a, const std::vector<double>& b) {
    RankTest test;
    if (a.size() < 2 || b.size() < 2) {
        return test;
    }
    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    const auto [sum, ties] = rank_sum(a, b);
    const double u = sum - n * (n + 1) / 2;
    test.delta = 2 * u / (n * m) - 1;
    const double total = n + m;
    const double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
    if (variance > 0) {
        const double distance = std::max(0.0, std::abs(u - n * m / 2) - 0.5);
        test.p = std::erfc(distance / std::sqrt(variance) / std::sqrt(2.0));
    }
    return test;
}

double shift(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() < 2 || b.size() < 2) {
        return 0;
    }
    std::vector<double> differences;
    differences.reserve(a.size() * b.size());
    for (const double one : a) {
        for (const double other : b) {
            differences.push_back(one - other);
        }
    }
    return median(std::move(differences));
}

double quartile_range(std::vector<double> values) {
    if (values.size() < 2) {
        return 0;
    }
    std::ranges::sort(values);
    const std::size_t quarter = values.size() / 4;
    return values[values.size() - 1 - quarter] - values[quarter];
}

}  // namespace gateproof::statistics
