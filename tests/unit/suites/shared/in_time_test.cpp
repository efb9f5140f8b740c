#include "suites/shared/in_time.hpp"

#include <gmock/gmock.h>

#include "harness/profile/profile.hpp"
#include "suites/gateway/rotation/suite.hpp"

namespace gateproof::suites::in_time_test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

const Verdict served = Verdict::fail("the revoked token is served").remedy("ask the authority");
const Verdict refused = Verdict::pass("the revoked token is refused");

LookRules rules(std::chrono::milliseconds within = 60s) {
    LookRules made;
    made.within = within;
    made.since = "after it was revoked";
    return made;
}

/// Looks until it is decided, as given_time does, at something that changes at these times.
Looks looked(const LookRules& by, const std::function<Look(std::chrono::milliseconds)>& state) {
    Looks looks(by);
    std::chrono::milliseconds now{0};
    while (!looks.decided()) {
        looks.add(state(now), now);
        now += looks.pause() + 1ms;
    }
    return looks;
}

Looks refused_from(std::chrono::milliseconds moment, const LookRules& by = rules()) {
    return looked(by, [moment](std::chrono::milliseconds now) { return Look{now < moment ? served : refused}; });
}

TEST(InTime, WhatIsRightAtOnceIsLookedAtOnce) {
    const Looks looks = refused_from(0ms);
    EXPECT_EQ(looks.count(), 1u);
    EXPECT_EQ(looks.verdict().outcome(), Outcome::pass);
    EXPECT_EQ(looks.verdict().sentence(), "the revoked token is refused");
}

TEST(InTime, WhatComesLateIsAWarningThatSaysWhen) {
    const Looks looks = refused_from(30s);
    const Verdict verdict = looks.verdict();
    EXPECT_EQ(verdict.outcome(), Outcome::warning);
    EXPECT_THAT(
        verdict.sentence(),
        testing::MatchesRegex("the revoked token is refused, but only 3[0-5]\\.. s after it was revoked, at the "
                              "[0-9]+th request; before that: the revoked token is served"));
    EXPECT_EQ(verdict.remedy(), "ask the authority");
    EXPECT_LT(looks.count(), 25u) << "a test is a guest";
}

TEST(InTime, WhatNeverComesFails) {
    const Looks looks = refused_from(61s);
    EXPECT_EQ(looks.verdict().outcome(), Outcome::fail);
    EXPECT_THAT(looks.verdict().sentence(), AllOf(HasSubstr("the revoked token is served; that was still so 5"),
                                                  HasSubstr(" s after it was revoked, at the ")));
    EXPECT_EQ(looks.verdict().remedy(), "ask the authority");
}

TEST(InTime, WithoutATimeTheFirstSightCounts) {
    const Looks looks = refused_from(1ms, rules(0ms));
    EXPECT_EQ(looks.count(), 1u);
    EXPECT_EQ(looks.verdict().sentence(), served.sentence());
    EXPECT_EQ(looks.verdict().outcome(), Outcome::fail);
}

TEST(InTime, WhereNobodySaysWhenItMayComeLate) {
    LookRules by = rules();
    by.late = Outcome::pass;
    const Verdict verdict = refused_from(5s, by).verdict();
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr(", but only "));
    EXPECT_EQ(verdict.remedy(), "");
}

/// One of several nodes never learns it: the more looks are wrong, the more have to be right in a row.
TEST(InTime, OneLuckyLookIsNotEnough) {
    LookRules by = rules(10s);
    by.in_a_row = 3;
    std::size_t number = 0;
    const Looks often_lucky = looked(by, [&number](auto) { return Look{number++ % 6 == 0 ? served : refused}; });
    EXPECT_EQ(often_lucky.verdict().outcome(), Outcome::fail);
    EXPECT_THAT(often_lucky.verdict().sentence(), testing::ContainsRegex("at [0-9]+ of [0-9]+ requests"));
    number = 0;
    const Looks learnt = looked(by, [&number](auto) { return Look{number++ < 2 ? served : refused}; });
    EXPECT_EQ(learnt.verdict().outcome(), Outcome::warning);
    EXPECT_EQ(learnt.count(), 2u + 9u);
    EXPECT_THAT(learnt.verdict().sentence(), HasSubstr("at the 3rd request")) << "the first that was right";
}

/// So it is for every check that waits for a revocation or a cut-over, also where the profile asks once.
TEST(InTime, RevocationsAndCutOversAreNotForgivenByOneLuckyLook) {
    Profile profile;
    profile.authority.emplace().revocation_within = 10s;
    profile.rotation.emplace().cut_over_within = 10s;
    for (const int repeat : {1, 3}) {
        profile.limits.repeat = repeat;
        for (const LookRules& by : {revocation_rules(profile, "after it was revoked"), cut_over_rules(profile)}) {
            std::size_t number = 0;
            const Looks one_node_never =
                looked(by, [&number](auto) { return Look{number++ % 3 == 0 ? served : refused}; });
            EXPECT_EQ(one_node_never.verdict().outcome(), Outcome::fail) << by.since << ", repeat " << repeat;
            EXPECT_EQ(refused_from(0ms, by).count(), 1u) << "what is right is judged without any wait";
            EXPECT_EQ(refused_from(2s, by).verdict().outcome(), Outcome::warning);
        }
    }
}

TEST(InTime, HowLongItTookIsNoFact) {
    const std::vector<std::string> late = refused_from(30s).verdict().facts();
    EXPECT_THAT(late, testing::ElementsAre("late: the revoked token is served"));
    EXPECT_EQ(late, refused_from(20s).verdict().facts());
    EXPECT_THAT(refused_from(61s).verdict().facts(), testing::ElementsAre("the revoked token is served"));
}

TEST(InTime, SomethingMayHaveToBeSeenSeveralTimesFromTheFirst) {
    LookRules by = rules(10s);
    by.in_a_row = 3;
    by.from_the_first = true;
    EXPECT_EQ(refused_from(0ms, by).count(), 3u);
    std::size_t number = 0;
    const Looks second_node = looked(by, [&number](auto) { return Look{number++ == 1 ? served : refused}; });
    EXPECT_EQ(second_node.count(), 2u + 6u);
    EXPECT_EQ(second_node.verdict().outcome(), Outcome::warning);
}

/// What cannot change in a moment is told as it is, and never asked away.
TEST(InTime, WhatIsWrongForGoodDecides) {
    const Looks looks = looked(rules(), [](auto) { return Look{served, false}; });
    EXPECT_EQ(looks.count(), 1u);
    EXPECT_EQ(looks.verdict().outcome(), Outcome::fail);
    std::size_t number = 0;
    const Looks later = looked(rules(), [&number](auto) {
        return number++ == 0 ? Look{served} : Look{Verdict::fail("an expired staple"), false};
    });
    EXPECT_EQ(later.verdict().sentence(), "an expired staple");
}

TEST(InTime, WhatCannotBeToldDoesNotForgive) {
    std::size_t number = 0;
    const Looks looks = looked(rules(2s), [&number](auto) {
        return Look{number++ == 0 ? served : Verdict::inconclusive("no answer in time")};
    });
    EXPECT_EQ(looks.verdict().outcome(), Outcome::fail);
    EXPECT_EQ(looked(rules(), [](auto) { return Look{Verdict::inconclusive("no answer")}; }).count(), 1u);
}

}  // namespace
}  // namespace gateproof::suites::in_time_test
