#include "suites/shared/by_clock.hpp"

#include <gmock/gmock.h>

#include "suites/gateway/server/suite.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::suites::by_clock_test {
namespace {

using namespace std::chrono_literals;
using State = ClockReading::State;
using testing::HasSubstr;

ClockReading reading(State state, std::chrono::milliseconds ahead) {
    ClockReading made;
    made.state = state;
    made.peer = "gateway.example:4046";
    made.least = made.most = ahead;
    made.sentence = "this machine's clock is off, as is told at length";
    made.difference = ahead == 0ms ? "" : "this machine's clock is off";
    return made;
}

/// Of a certificate that is good for an hour before and for ninety days from now on.
Verdict of_fresh_certificate(const ClockReading& clocks) {
    const auto now = std::chrono::system_clock::now();
    const Validity validity{now - 1h, now + 90 * 24h};
    return at_both_clocks(clocks, [&](SystemTime moment) { return judge_validity(validity, moment, {}); });
}

TEST(ByClock, WhatHoldsByBothIsJudged) {
    EXPECT_EQ(of_fresh_certificate(reading(State::together, 0ms)).outcome(), Outcome::pass);
    EXPECT_EQ(of_fresh_certificate(reading(State::apart, 24h)).outcome(), Outcome::pass);
    EXPECT_EQ(of_fresh_certificate(reading(State::apart, -10min)).outcome(), Outcome::pass);
    const auto now = std::chrono::system_clock::now();
    const Validity expired{now - 90 * 24h, now - 30 * 24h};
    const Verdict verdict = at_both_clocks(reading(State::apart, -24h),
                                           [&](SystemTime moment) { return judge_validity(expired, moment, {}); });
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
}

TEST(ByClock, WhatHoldsByOneIsInconclusiveAndNamesTheClock) {
    for (const auto& ahead : {std::chrono::milliseconds(-2h), std::chrono::milliseconds(91 * 24h)}) {
        const Verdict verdict = of_fresh_certificate(reading(State::apart, ahead));
        EXPECT_EQ(verdict.outcome(), Outcome::inconclusive);
        EXPECT_THAT(verdict.sentence(), HasSubstr("this machine's clock is off"));
    }
}

TEST(ByClock, AClockThatAnotherHostConfirmsIsBelieved) {
    EXPECT_EQ(of_fresh_certificate(reading(State::peer_off, 91 * 24h)).outcome(), Outcome::pass);
    EXPECT_EQ(of_fresh_certificate(reading(State::unknown, 0ms)).outcome(), Outcome::pass);
}

TEST(ServerDate, IsJudgedByWhoElseAgrees) {
    const std::string endpoint = "gateway.example:4046";
    EXPECT_EQ(judge_date(true, reading(State::together, 0ms), endpoint).outcome(), Outcome::pass);
    EXPECT_EQ(judge_date(true, reading(State::together, 45s), endpoint).outcome(), Outcome::pass);
    EXPECT_EQ(judge_date(true, reading(State::peer_off, 10min), endpoint).outcome(), Outcome::warning);
    const Verdict apart = judge_date(true, reading(State::apart, 10min), endpoint);
    EXPECT_EQ(apart.outcome(), Outcome::inconclusive);
    EXPECT_THAT(apart.sentence(), HasSubstr("this machine's clock is off"));
    EXPECT_EQ(judge_date(false, reading(State::together, 0ms), "another").outcome(), Outcome::skipped);
    EXPECT_EQ(judge_date(true, reading(State::unknown, 0ms), endpoint).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_date(true, reading(State::together, 0ms), "another").outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites::by_clock_test
