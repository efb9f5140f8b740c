#include "harness/probe/load/budget.hpp"

#include <gtest/gtest.h>

namespace gateproof::load {
namespace {

using namespace std::chrono_literals;

TEST(Budget, NoSecondHoldsMoreThanTheRate) {
    Budget budget({.requests_per_second = 3});
    const auto begun = Budget::Clock::now();
    for (int i = 0; i < 3; ++i) {
        EXPECT_LE(budget.next_allowed(), begun);
        budget.sent(begun + i * 100ms);
    }
    EXPECT_EQ(budget.next_allowed(), begun + 1s);
    budget.sent(begun + 1s);
    EXPECT_EQ(budget.next_allowed(), begun + 1100ms);
    budget.sent(begun + 5s);
    EXPECT_EQ(budget.next_allowed(), begun + 1200ms);
}

TEST(Budget, SaysWhichCapIsUsedUp) {
    Budget requests({.requests = 2});
    requests.sent({});
    EXPECT_EQ(requests.used_up(), "");
    requests.sent({});
    EXPECT_EQ(requests.used_up(), "the cap of 2 requests");
    EXPECT_EQ(requests.total(), 2U);
    Budget errors({.errors = 1});
    errors.error();
    EXPECT_EQ(errors.used_up(), "the cap of 1 errors");
    Budget time({.duration = 1500ms});
    time.spent(1s);
    EXPECT_EQ(time.time_left(), 500ms);
    EXPECT_EQ(time.used_up(), "");
    time.spent(1s);
    EXPECT_EQ(time.time_left(), 0ms);
    EXPECT_EQ(time.used_up(), "the cap of 1.5 s of load");
}

TEST(Budget, WithoutCapsNothingIsHeldBack) {
    Budget budget({});
    for (int i = 0; i < 1000; ++i) {
        budget.sent(Budget::Clock::now());
        budget.error();
    }
    budget.spent(std::chrono::hours(5));
    EXPECT_EQ(budget.next_allowed(), Budget::Clock::time_point::min());
    EXPECT_EQ(budget.used_up(), "");
    EXPECT_EQ(budget.time_left(), Budget::Clock::duration::max());
}

}  // namespace
}  // namespace gateproof::load
