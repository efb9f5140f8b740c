#include "harness/statistics/rank_test.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace gateproof::statistics {
namespace {

TEST(RankTest, AgreesWithFiguresMadeByHand) {
    // Ranks of a: 1, 4, 6, 7, 8; U = 26 - 15 = 11 of 20, deviation 4.082; z = 0.5 / 4.082, p = 0.9025.
    const RankTest even = rank_test({78, 64, 75, 45, 82}, {110, 70, 53, 51});
    EXPECT_NEAR(even.p, 0.9025, 1e-4);
    EXPECT_NEAR(even.delta, 0.1, 1e-9);
    // Every value above every other: U = 25, mean 12.5, deviation 4.787; z = 12 / 4.787, p = 0.01219.
    const RankTest apart = rank_test({6, 7, 8, 9, 10}, {1, 2, 3, 4, 5});
    EXPECT_NEAR(apart.p, 0.01219, 1e-4);
    EXPECT_EQ(apart.delta, 1);
    EXPECT_EQ(shift({6, 7, 8, 9, 10}, {1, 2, 3, 4, 5}), 5);
    const RankTest reversed = rank_test({1, 2, 3, 4, 5}, {6, 7, 8, 9, 10});
    EXPECT_EQ(reversed.delta, -1);
    EXPECT_NEAR(reversed.p, apart.p, 1e-12);
}

TEST(RankTest, TiesShareTheirRanks) {
    // Ranks of a: 1.5, 1.5, 4.5, 4.5; U = 12 - 10 = 2 of 16; ties of 2, 4 and 2: deviation 3.207, p = 0.0863.
    const RankTest tied = rank_test({1, 1, 2, 2}, {2, 2, 3, 3});
    EXPECT_NEAR(tied.delta, -0.75, 1e-9);
    EXPECT_NEAR(tied.p, 0.0863, 1e-4);
    const RankTest same = rank_test({4, 4, 4}, {4, 4, 4});
    EXPECT_EQ(same.p, 1);
    EXPECT_EQ(same.delta, 0);
    EXPECT_EQ(shift({4, 4, 4}, {4, 4, 4}), 0);
}

TEST(RankTest, OneOutlierMovesNothing) {
    const std::vector<double> outlying{1, 2, 3, 4, 1000};
    const std::vector<double> even{1, 2, 3, 4, 5};
    EXPECT_GT(rank_test(outlying, even).p, 0.5);
    EXPECT_EQ(shift(outlying, even), 0);
}

TEST(RankTest, TooFewValuesDifferInNothing) {
    EXPECT_EQ(rank_test({}, {1, 2}).p, 1);
    EXPECT_EQ(rank_test({1}, {5}).p, 1);
    EXPECT_EQ(shift({}, {1, 2}), 0);
    EXPECT_EQ(shift({1}, {5}), 0);
    EXPECT_EQ(quartile_range({}), 0);
    EXPECT_EQ(quartile_range({7}), 0);
    EXPECT_EQ(quartile_range({1, 2, 3, 4, 5, 6, 7, 8}), 3);
}

TEST(RankTest, AgreesWithTheTextbook) {
    // Computed apart from this code; scipy.stats.mannwhitneyu(method="asymptotic") uses the same corrections.
    const std::vector<double> a{1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7, 8.8};
    const std::vector<double> b{5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0};
    EXPECT_NEAR(rank_test(a, b).p, 0.014137969455911496, 1e-9);
    const std::vector<double> c{1, 1, 2, 2, 3, 3, 4, 4};
    const std::vector<double> d{2, 2, 3, 3, 4, 4, 5, 5};
    EXPECT_NEAR(rank_test(c, d).p, 0.14639909928296396, 1e-9);
    EXPECT_NEAR(rank_test(b, a).p, rank_test(a, b).p, 1e-12);
}

TEST(RankTest, ComparesAsManyValuesAsJournalsHold) {
    // The latencies of journals have no bound. All differences of these would take 320 GB.
    constexpr std::size_t count = 200'000;
    std::vector<double> even;
    std::vector<double> odd;
    std::vector<double> above;
    for (std::size_t i = 0; i < count; ++i) {
        even.push_back(static_cast<double>(2 * i));
        odd.push_back(static_cast<double>(2 * i + 1));
        above.push_back(static_cast<double>(2 * (count + i)));
    }
    // U = n (n - 1) / 2: z = (n / 2 - 0.5) / (n sqrt((2n + 1) / 12)) = 0.0027386, p = 0.99781.
    const RankTest alike = rank_test(even, odd);
    EXPECT_NEAR(alike.p, 0.99781, 1e-5);
    EXPECT_NEAR(alike.delta, -1.0 / count, 1e-12);
    const RankTest apart = rank_test(above, even);
    EXPECT_LT(apart.p, 1e-100);
    EXPECT_EQ(apart.delta, 1);
}

TEST(RankTest, AlarmsAsRarelyAsItsLevelSays) {
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
        alarms += rank_test(a, b).p < 0.05 ? 1 : 0;
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
}  // namespace gateproof::statistics
