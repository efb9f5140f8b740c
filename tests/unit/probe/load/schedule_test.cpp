#include "harness/probe/load/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gateproof::load {
namespace {

using namespace std::chrono_literals;

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

TEST(Schedule, AConstantRateIsEvenlySpacedFromTheBeginning) {
    const Schedule schedule = Schedule::constant(100, 2s);
    ASSERT_EQ(schedule.size(), 200U);
    EXPECT_EQ(schedule.at(0), 0ns);
    EXPECT_NEAR(seconds(schedule.at(1)), 0.01, 1e-6);
    EXPECT_NEAR(seconds(schedule.at(199)), 1.99, 1e-6);
}

TEST(Schedule, ARampSendsWhatTheIntegralOfItsRateSays) {
    const Schedule schedule = Schedule::ramp(10, 110, 2s);
    ASSERT_EQ(schedule.size(), 120U);  // (10 + 110) / 2 * 2
    for (std::size_t index = 0; index < schedule.size(); ++index) {
        const double t = seconds(schedule.at(index));
        EXPECT_NEAR(10 * t + 25 * t * t, static_cast<double>(index), 1e-3);
    }
}

TEST(Schedule, ARampMayFallAndMayBeginAtNothing) {
    const Schedule falling = Schedule::ramp(100, 0, 1s);
    ASSERT_EQ(falling.size(), 50U);
    EXPECT_LT(falling.at(1) - falling.at(0), falling.at(49) - falling.at(48));
    const Schedule rising = Schedule::ramp(0, 100, 1s);
    ASSERT_EQ(rising.size(), 50U);
    EXPECT_NEAR(seconds(rising.at(1)), std::sqrt(1.0 / 50), 1e-6);
}

TEST(Schedule, TimesNeverGoBack) {
    for (const Schedule& schedule :
         {Schedule::ramp(3, 977, 3s), Schedule::ramp(977, 3, 3s), Schedule::ramp(3, 977, 3s).capped(500, 0),
          Schedule::ramp(977, 3, 3s).capped(500, 0), Schedule::burst(20)}) {
        for (std::size_t index = 1; index < schedule.size(); ++index) {
            ASSERT_GE(schedule.at(index), schedule.at(index - 1)) << index;
        }
    }
}

TEST(Schedule, ABurstIsAllAtOnce) {
    const Schedule schedule = Schedule::burst(7);
    ASSERT_EQ(schedule.size(), 7U);
    EXPECT_EQ(schedule.at(6), 0ns);
}

TEST(Schedule, CapsHoldOverRateAndNumber) {
    const Schedule ramp = Schedule::ramp(0, 200, 2s).capped(100, 0);
    EXPECT_EQ(ramp.size(), 150U);  // 50 while it rises, 100 in the flat second
    EXPECT_NEAR(seconds(ramp.at(149) - ramp.at(148)), 0.01, 1e-6);
    EXPECT_EQ(Schedule::constant(1000, 1s).capped(0, 30).size(), 30U);
    EXPECT_EQ(Schedule::burst(50).capped(10, 30).size(), 30U);
    EXPECT_EQ(Schedule::constant(300, 1s).capped(200, 0).size(), 200U);
}

TEST(Schedule, ADelayMovesEveryRequest) {
    const Schedule schedule = Schedule::constant(10, 1s).delayed(3s);
    EXPECT_EQ(schedule.at(0), 3s);
    EXPECT_EQ(Schedule::burst(2).delayed(1s).at(1), 1s);
}

TEST(Schedule, JitterMovesEachRequestWithinItsOwnInterval) {
    const Schedule even = Schedule::constant(100, 5s);
    const Schedule uneven = even.jittered(7);
    ASSERT_EQ(uneven.size(), even.size());
    double sum = 0;
    for (std::size_t index = 0; index < even.size(); ++index) {
        const double moved = seconds(uneven.at(index) - even.at(index)) * 100;
        ASSERT_GE(moved, -1e-6);
        ASSERT_LT(moved, 1.0 + 1e-6);
        sum += moved;
    }
    EXPECT_NEAR(sum / static_cast<double>(even.size()), 0.5, 0.05);
    EXPECT_EQ(uneven.at(3), even.jittered(7).at(3));
    EXPECT_NE(uneven.at(3), even.jittered(8).at(3));
}

TEST(Schedule, OneRateFollowsAnother) {
    const Schedule schedule = Schedule::ramp(0, 100, 1s).then_constant(100, 1s);
    EXPECT_EQ(schedule.size(), 150U);
    EXPECT_NEAR(seconds(schedule.at(100)), 1.5, 1e-6);
}

TEST(Schedule, NothingIsScheduledWithoutRateOrTime) {
    EXPECT_EQ(Schedule().size(), 0U);
    EXPECT_EQ(Schedule::constant(0, 1s).size(), 0U);
    EXPECT_EQ(Schedule::constant(10, 0s).size(), 0U);
}

}  // namespace
}  // namespace gateproof::load
