#include "harness/run/clock_judgement.hpp"

#include <gmock/gmock.h>

namespace gateproof::clock_judgement_test {
namespace {

using namespace std::chrono_literals;
using State = ClockReading::State;
using testing::HasSubstr;

const auto noon = std::chrono::system_clock::from_time_t(1'800'000'000);
constexpr std::chrono::milliseconds tolerance = 300s;

/// Answers to questions a second apart of a host whose clock is `ahead` of ours; each took 40 ms.
DateSource host(std::string peer, std::vector<std::chrono::seconds> ahead) {
    DateSource source{std::move(peer)};
    for (std::size_t i = 0; i < ahead.size(); ++i) {
        const auto sent = noon + i * 1s;
        source.samples.push_back({noon + i * 1s + ahead[i], sent, sent + 40ms});
    }
    return source;
}

DateSource endpoint(std::vector<std::chrono::seconds> ahead) {
    return host("gateway.example:4046", std::move(ahead));
}

DateSource authority(std::vector<std::chrono::seconds> ahead) {
    return host("authority.example", std::move(ahead));
}

DateSource dateless(std::size_t times) {
    DateSource source{"gateway.example:4046"};
    for (std::size_t i = 0; i < times; ++i) {
        source.samples.push_back({std::nullopt, noon, noon, "HTTP 200 without a Date header"});
    }
    return source;
}

TEST(ClockJudgement, ClocksThatAgreeAreAskedOnce) {
    EXPECT_TRUE(asks_again(endpoint({})));
    EXPECT_FALSE(asks_again(endpoint({0s})));
    EXPECT_FALSE(asks_again(endpoint({1s})));
    const ClockReading reading = judge_clocks(endpoint({0s}), std::nullopt, tolerance);
    EXPECT_EQ(reading.state, State::together);
    EXPECT_EQ(reading.peer, "gateway.example:4046");
    EXPECT_EQ(reading.sentence, "this machine's clock agrees with that of gateway.example:4046 to within 1.0 s");
    EXPECT_EQ(reading.difference, "");
    EXPECT_EQ(reading.span(noon).earliest, noon);
    EXPECT_EQ(reading.span(noon).latest, noon);
}

TEST(ClockJudgement, OneTryIsNoTruth) {
    EXPECT_TRUE(asks_again(endpoint({45s})));
    EXPECT_TRUE(asks_again(endpoint({45s, 45s})));
    EXPECT_FALSE(asks_again(endpoint({45s, 45s, 45s})));
    // A stored answer, or a node that is off, and then one that agrees.
    const DateSource once_off = endpoint({-900s, 0s});
    EXPECT_FALSE(asks_again(once_off));
    EXPECT_EQ(judge_clocks(once_off, std::nullopt, tolerance).difference, "");
}

TEST(ClockJudgement, WithinTheToleranceBothClocksCount) {
    const DateSource later = endpoint({45s, 45s, 45s});
    EXPECT_FALSE(needs_second(later, tolerance));
    const ClockReading reading = judge_clocks(later, std::nullopt, tolerance);
    EXPECT_EQ(reading.state, State::together);
    EXPECT_EQ(reading.difference, "this machine's clock is 45 s behind that of gateway.example:4046");
    EXPECT_THAT(reading.sentence, HasSubstr("made to hold by both"));
    const TimeSpan span = reading.span(noon);
    EXPECT_EQ(span.earliest, noon);
    EXPECT_GE(span.latest, noon + 45s);
    EXPECT_LE(span.latest, noon + 47s);
    EXPECT_EQ(span.likeliest, noon);
}

TEST(ClockJudgement, BeyondTheToleranceTheClockIsNamed) {
    const DateSource earlier = endpoint({-600s, -600s, -600s});
    EXPECT_TRUE(needs_second(earlier, tolerance));
    const ClockReading reading = judge_clocks(earlier, std::nullopt, tolerance);
    EXPECT_EQ(reading.state, State::apart);
    EXPECT_EQ(reading.difference, "this machine's clock is 10 minutes ahead of that of gateway.example:4046");
    EXPECT_THAT(reading.sentence, HasSubstr("beyond the tolerance of 5 minutes"));
    const TimeSpan span = reading.span(noon);
    EXPECT_LE(span.earliest, noon - 599s);
    EXPECT_EQ(span.latest, noon);
    EXPECT_LT(span.likeliest, noon - 590s);
    // The profile decides.
    EXPECT_EQ(judge_clocks(earlier, std::nullopt, 700s).state, State::together);
    const std::string a_day = judge_clocks(endpoint({86400s, 86400s, 86400s}), std::nullopt, tolerance).difference;
    EXPECT_EQ(a_day, "this machine's clock is 24 hours behind that of gateway.example:4046");
}

TEST(ClockJudgement, TwoAgainstOne) {
    const DateSource off = endpoint({-600s, -600s, -600s});
    const ClockReading theirs = judge_clocks(off, authority({0s}), tolerance);
    EXPECT_EQ(theirs.state, State::peer_off);
    EXPECT_EQ(theirs.difference,
              "the clock of gateway.example:4046 is 10 minutes behind this machine's, with which that of "
              "authority.example agrees");
    EXPECT_LE(theirs.span(noon).earliest, noon - 599s);
    EXPECT_EQ(theirs.span(noon).likeliest, noon);
    const ClockReading ours = judge_clocks(off, authority({-600s, -600s, -600s}), tolerance);
    EXPECT_EQ(ours.state, State::apart);
    EXPECT_THAT(ours.sentence, HasSubstr("off that of authority.example too"));
}

TEST(ClockJudgement, WhoTellsNoTimeMakesNothingInconclusive) {
    EXPECT_TRUE(needs_second(dateless(3), tolerance));
    EXPECT_TRUE(asks_again(dateless(1)));
    EXPECT_FALSE(asks_again(dateless(3)));
    const ClockReading nobody = judge_clocks(dateless(3), std::nullopt, tolerance);
    EXPECT_EQ(nobody.state, State::unknown);
    EXPECT_EQ(nobody.peer, "");
    EXPECT_THAT(nobody.sentence, HasSubstr("HTTP 200 without a Date header"));
    EXPECT_EQ(nobody.span(noon).width(), 0s);
    const ClockReading another = judge_clocks(dateless(3), authority({0s}), tolerance);
    EXPECT_EQ(another.state, State::together);
    EXPECT_EQ(another.peer, "authority.example");
    EXPECT_EQ(judge_clocks(dateless(3), authority({-600s, -600s, -600s}), tolerance).state, State::apart);
    DateSource silent = dateless(1);
    silent.samples.back().silent = true;
    EXPECT_FALSE(asks_again(silent));
}

TEST(ClockJudgement, AStoredAnswerTellsNoTime) {
    const DateSource stored = endpoint({-600s, -601s, -602s});  // the same moment each time
    const ClockReading reading = judge_clocks(stored, std::nullopt, tolerance);
    EXPECT_EQ(reading.state, State::unknown);
    EXPECT_THAT(reading.sentence, HasSubstr("stands still"));
    EXPECT_EQ(judge_clocks(stored, authority({0s}), tolerance).state, State::together);
}

TEST(ClockJudgement, ASlowAnswerIsNoDifference) {
    DateSource slow{"gateway.example:4046"};
    slow.samples.push_back({noon + 1s, noon, noon + 8s});
    EXPECT_EQ(judge_clocks(slow, std::nullopt, tolerance).difference, "");
    slow.samples.back().date = noon + 7s;
    EXPECT_EQ(judge_clocks(slow, std::nullopt, tolerance).difference, "");
}

}  // namespace
}  // namespace gateproof::clock_judgement_test
