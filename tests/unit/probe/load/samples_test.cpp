#include "harness/probe/load/samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace gateproof::load {
namespace {

using namespace std::chrono_literals;
using Times = std::vector<std::chrono::nanoseconds>;

TEST(Quantile, IsTheSmallestValueThatTheShareIsAtMost) {
    Times values;
    for (int i = 100; i >= 1; --i) {
        values.emplace_back(i);
    }
    EXPECT_EQ(quantile(values, 0.5), 50ns);
    EXPECT_EQ(quantile(values, 0.99), 99ns);
    EXPECT_EQ(quantile(values, 0.991), 100ns);
    EXPECT_EQ(quantile(values, 1), 100ns);
    EXPECT_EQ(quantile(values, 0), 1ns);
}

TEST(Quantile, AgreesWithSortingWhateverTheOrder) {
    std::mt19937 random(5);
    for (std::size_t size = 1; size < 60; ++size) {
        Times values;
        for (std::size_t i = 0; i < size; ++i) {
            values.emplace_back(static_cast<int>(random() % 50));
        }
        Times sorted = values;
        std::ranges::sort(sorted);
        for (const double share : {0.1, 0.5, 0.9, 0.99}) {
            const auto found = quantile(values, share);
            const auto at_most = std::ranges::count_if(sorted, [&](auto value) { return value <= found; });
            EXPECT_GE(static_cast<double>(at_most), share * static_cast<double>(size));
            const auto below = std::ranges::count_if(sorted, [&](auto value) { return value < found; });
            EXPECT_LT(static_cast<double>(below), share * static_cast<double>(size) + 1e-9);
        }
    }
}

TEST(Quantile, OfNothingIsZero) {
    Times none;
    EXPECT_EQ(quantile(none, 0.5), 0ns);
}

Sample sample(std::chrono::nanoseconds scheduled, std::chrono::nanoseconds latency, Outcome outcome) {
    return {scheduled, scheduled, latency, 200, outcome};
}

TEST(Windows, CoverEverySampleOnceAndAreNoMoreThanAskedFor) {
    std::vector<Sample> samples;
    for (int i = 0; i < 1000; ++i) {
        samples.push_back(sample(std::chrono::milliseconds(i * 7), std::chrono::milliseconds(i % 10),
                                 i % 4 == 0 ? Outcome::refused : Outcome::served));
    }
    const std::vector<Window> seen = windows(samples, 20);
    EXPECT_LE(seen.size(), 20U);
    EXPECT_GE(seen.size(), 10U);
    Counts all;
    for (const Window& window : seen) {
        EXPECT_EQ(window.begins % 10ms, 0ns);
        all.sent += window.counts.sent;
        all.served += window.counts.served;
        all.refused += window.counts.refused;
    }
    EXPECT_EQ(all.sent, 1000U);
    EXPECT_EQ(all.served, 750U);
    EXPECT_EQ(all.refused, 250U);
}

TEST(Windows, LatencyIsThatOfAnswers) {
    const std::vector<Sample> samples{sample(0ms, 3ms, Outcome::served), sample(1ms, 5ms, Outcome::refused),
                                      sample(2ms, 9s, Outcome::failed)};
    const std::vector<Window> seen = windows(samples, 10);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].counts.failed, 1U);
    EXPECT_EQ(seen[0].p50, 3ms);
    EXPECT_EQ(seen[0].p99, 5ms);
    EXPECT_TRUE(windows({}, 10).empty());
}

}  // namespace
}  // namespace gateproof::load
