// How late what was noted may have been noted.
#include "harness/stage/lateness.hpp"

#include <gtest/gtest.h>

namespace gateproof::stage {
namespace {

using namespace std::chrono_literals;

const Lateness::Time start = Lateness::Time{} + 1h;

TEST(Lateness, IsThatOfTheSpellInWhichSomethingWasNoted) {
    Lateness late;
    late.note(start + 1000ms, start + 1300ms);
    EXPECT_EQ(late.at(start + 500ms), 0ms);
    EXPECT_EQ(late.at(start + 1200ms), 300ms);
    EXPECT_EQ(late.at(start + 1310ms), 300ms) << "it had its turn behind the timer";
    EXPECT_EQ(late.at(start + 1400ms), 0ms);
    EXPECT_EQ(late.worst(), 300ms);
}

TEST(Lateness, OfTwoSpellsInARowCountsTogether) {
    Lateness late;
    late.note(start, start + 300ms);
    late.note(start + 320ms, start + 520ms);
    late.note(start + 900ms, start + 1000ms);
    EXPECT_EQ(late.at(start + 520ms), 500ms) << "what came in the first may have waited through the second";
    EXPECT_EQ(late.at(start + 950ms), 100ms) << "the loop was on time in between";
    EXPECT_EQ(late.worst(), 300ms);
}

TEST(Lateness, BoundsWhatWasTakenBetweenTwoNotes) {
    Lateness late;
    late.note(start, start + 200ms);
    late.note(start + 3000ms, start + 3400ms);
    const Lateness::Bounds both = late.between(start + 200ms, start + 3400ms);
    EXPECT_EQ(both.least, 2800ms) << "its end may have come at 3.0 s";
    EXPECT_EQ(both.most, 3400ms) << "its begin may have been at 0 s";
    const Lateness::Bounds neither = late.between(start + 1000ms, start + 2000ms);
    EXPECT_EQ(neither.least, 1000ms);
    EXPECT_EQ(neither.most, 1000ms);
    EXPECT_EQ(late.between(start + 3390ms, start + 3400ms).least, 0ms);
}

TEST(Lateness, TakesWhatIsShorterThanABeatForNothing) {
    Lateness late;
    late.note(start, start + 19ms);
    EXPECT_EQ(late.at(start + 10ms), 0ms);
    late.note(start + 100ms, start + 120ms);
    EXPECT_EQ(late.at(start + 110ms), 20ms);
}

TEST(Lateness, OfALaterTimeAloneIsWhatCameThen) {
    Lateness late;
    late.note(start, start + 500ms);
    late.note(start + 2000ms, start + 2100ms);
    EXPECT_EQ(late.since(start + 1000ms).worst(), 100ms);
    EXPECT_EQ(late.since(start + 400ms).worst(), 500ms) << "begun in it";
    EXPECT_EQ(late.since(start + 3000ms).worst(), 0ms);
}

/// What is forgotten is known to have been no worse than the worst.
TEST(Lateness, IsBoundedHoweverLongARunIs) {
    Lateness late;
    late.note(start, start + 900ms);
    for (std::size_t i = 1; i < 3 * Lateness::most_spells; ++i) {
        late.note(start + i * 1s, start + i * 1s + 30ms);
    }
    EXPECT_EQ(late.at(start + 10s), 900ms) << "nobody knows any more";
    EXPECT_EQ(late.at(start + (3 * Lateness::most_spells - 1) * 1s), 30ms);
    EXPECT_EQ(late.worst(), 900ms);
    EXPECT_EQ(late.since(start + (3 * Lateness::most_spells - 10) * 1s).worst(), 30ms);
}

}  // namespace
}  // namespace gateproof::stage
