#include "harness/statistics/intervals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace gateproof::statistics {
namespace {

constexpr double z99 = 2.576;

TEST(Shift, IsTheMedianOfAllDifferences) {
    const std::vector<double> first{1, 2, 3};
    const std::vector<double> second{11, 12, 13};
    const Interval found = shift(first, second, z99);
    EXPECT_DOUBLE_EQ(found.estimate, 10);
    EXPECT_DOUBLE_EQ(found.low, 8) << "too few values for the confidence: the whole range";
    EXPECT_DOUBLE_EQ(found.high, 12);
}

TEST(Shift, TheIntervalIsThatOfTheRankSumTest) {
    // Two samples of 20: n m / 2 - z sqrt(n m (n + m + 1) / 12) = 200 - 2.576 * 36.97 = 104.8, so 104 are cut off.
    std::vector<double> first;
    std::vector<double> second;
    for (int i = 0; i < 20; ++i) {
        first.push_back(i);
        second.push_back(i + 0.5);
    }
    std::vector<double> differences;
    for (const double a : first) {
        for (const double b : second) {
            differences.push_back(b - a);
        }
    }
    std::ranges::sort(differences);
    const Interval found = shift(first, second, z99);
    EXPECT_DOUBLE_EQ(found.low, differences[104]);
    EXPECT_DOUBLE_EQ(found.high, differences[400 - 1 - 104]);
}

TEST(Shift, HoldsTheTruthAsOftenAsItSays) {
    std::mt19937 random(11);
    std::lognormal_distribution<double> latency(0, 1);  // skewed, as latencies are
    int held = 0;
    constexpr int rounds = 400;
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> first;
        std::vector<double> second;
        for (int i = 0; i < 20; ++i) {
            first.push_back(latency(random));
            second.push_back(latency(random) + 3);
        }
        const Interval found = shift(first, second, 1.96);
        held += found.low <= 3 && 3 <= found.high ? 1 : 0;
    }
    EXPECT_GE(held, rounds * 92 / 100);
    EXPECT_LE(held, rounds * 99 / 100) << "wider than it need be";
}

TEST(Shift, OneOutlierDoesNotMoveIt) {
    std::vector<double> first(20, 1.0);
    std::vector<double> second(20, 1.0);
    second[7] = 10000;
    const Interval found = shift(first, second, z99);
    EXPECT_DOUBLE_EQ(found.estimate, 0);
    EXPECT_DOUBLE_EQ(found.high, 0);
}

TEST(Shift, OfNothingSaysNothing) {
    EXPECT_DOUBLE_EQ(shift({}, {}, z99).estimate, 0);
}

TEST(Share, IsWilsonsInterval) {
    // Wilson (1927): 81 of 263 at 95 %: 0.2553 to 0.3662 (Newcombe 1998, table I).
    const Interval found = share(81, 263, 1.959964);
    EXPECT_NEAR(found.low, 0.2553, 5e-5);
    EXPECT_NEAR(found.high, 0.3662, 5e-5);
    const Interval none = share(0, 20, 1.959964);
    EXPECT_DOUBLE_EQ(none.low, 0);
    EXPECT_NEAR(none.high, 0.1611, 5e-5);
    EXPECT_DOUBLE_EQ(share(0, 0, 1.96).high, 1);
}

TEST(ShareDifference, IsNewcombesInterval) {
    // Newcombe (1998), Statistics in Medicine 17:873, table II, method 10: 56/70 - 48/80: 0.0524 to 0.3339.
    const Interval found = share_difference(48, 80, 56, 70, 1.959964);
    EXPECT_NEAR(found.estimate, 0.2, 1e-9);
    EXPECT_NEAR(found.low, 0.0524, 5e-5);
    EXPECT_NEAR(found.high, 0.3339, 5e-5);
    // 9/10 - 3/10: 0.1705 to 0.8090.
    const Interval small = share_difference(3, 10, 9, 10, 1.959964);
    EXPECT_NEAR(small.low, 0.1705, 5e-5);
    EXPECT_NEAR(small.high, 0.8090, 5e-5);
}

}  // namespace
}  // namespace gateproof::statistics
