#include "reports/compare/rank_sum.hpp"

#include <gmock/gmock.h>

#include <random>

namespace gateproof::reports {
namespace {

TEST(RankSum, AgreesWithTheTextbook) {
    // Computed apart from this code; scipy.stats.mannwhitneyu(method="asymptotic") uses the same corrections.
    const std::vector<double> a{1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7, 8.8};
    const std::vector<double> b{5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0};
    EXPECT_NEAR(rank_sum_p(a, b).value(), 0.014137969455911496, 1e-9);
    const std::vector<double> c{1, 1, 2, 2, 3, 3, 4, 4};
    const std::vector<double> d{2, 2, 3, 3, 4, 4, 5, 5};
    EXPECT_NEAR(rank_sum_p(c, d).value(), 0.14639909928296396, 1e-9);
    EXPECT_NEAR(rank_sum_p(b, a).value(), rank_sum_p(a, b).value(), 1e-12);
}

TEST(RankSum, FewOrEqualValuesProveNothing) {
    const std::vector<double> few{1, 2, 3, 4, 5, 6, 7};
    const std::vector<double> same(20, 3.0);
    EXPECT_FALSE(rank_sum_p(few, same));
    EXPECT_FALSE(rank_sum_p(same, {}));
    EXPECT_DOUBLE_EQ(rank_sum_p(same, same).value(), 1);
}

TEST(RankSum, AlarmsAsRarelyAsItsLevelSays) {
    std::mt19937 random(4046);
    std::exponential_distribution<double> times(1);
    int alarms = 0;
    constexpr int rounds = 2000;
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> a(12);
        std::vector<double> b(15);
        for (double& value : a) {
            value = times(random);
        }
        for (double& value : b) {
            value = times(random);
        }
        alarms += *rank_sum_p(a, b) < 0.05 ? 1 : 0;
    }
    EXPECT_LT(alarms, rounds * 7 / 100);
    EXPECT_GT(alarms, rounds * 3 / 100);
}

TEST(Median, OfOddEvenAndNone) {
    EXPECT_DOUBLE_EQ(median({3, 1, 2}), 2);
    EXPECT_DOUBLE_EQ(median({4, 1, 3, 2}), 2.5);
    EXPECT_DOUBLE_EQ(median({}), 0);
}

}  // namespace
}  // namespace gateproof::reports
