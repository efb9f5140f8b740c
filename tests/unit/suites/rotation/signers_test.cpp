#include "suites/gateway/rotation/signers.hpp"

#include <gmock/gmock.h>

#include <ostream>

namespace gateproof::suites {
namespace {

using Kind = Answer::Kind;
using ::testing::HasSubstr;

Answer answer(Kind kind) {
    Answer made;
    made.kind = kind;
    made.summary = "as made";
    return made;
}

SignerAnswers answers(Kind fresh, Kind old) {
    return {answer(fresh), answer(old), std::nullopt, std::nullopt, std::nullopt};
}

Outcome at(RotationMoment moment, const SignerAnswers& given, Overlap overlap = Overlap::both_served) {
    return judge_signers(given, moment, overlap).outcome();
}

TEST(RotatedSigners, BeforeTheNewKeyIsRegisteredTheOldOneServes) {
    constexpr RotationMoment before = RotationMoment::before;
    EXPECT_EQ(at(before, answers(Kind::refused, Kind::served)), Outcome::pass);
    EXPECT_EQ(at(before, answers(Kind::served, Kind::served)), Outcome::warning);
    EXPECT_EQ(at(before, answers(Kind::refused, Kind::refused)), Outcome::fail);
    EXPECT_EQ(at(before, answers(Kind::served, Kind::refused)), Outcome::fail);
    EXPECT_EQ(at(before, answers(Kind::unclear, Kind::served)), Outcome::inconclusive);
    EXPECT_EQ(at(before, answers(Kind::refused, Kind::unclear)), Outcome::inconclusive);
}

TEST(RotatedSigners, DuringAnOverlapBothServe) {
    constexpr RotationMoment during = RotationMoment::during;
    EXPECT_EQ(at(during, answers(Kind::served, Kind::served)), Outcome::pass);
    EXPECT_EQ(at(during, answers(Kind::refused, Kind::served)), Outcome::fail);
    EXPECT_EQ(at(during, answers(Kind::served, Kind::refused)), Outcome::fail);
    EXPECT_EQ(at(during, answers(Kind::served, Kind::unclear)), Outcome::inconclusive);
    EXPECT_EQ(at(during, answers(Kind::unclear, Kind::served)), Outcome::inconclusive);
}

struct Declared {
    RotationMoment moment;
    Overlap overlap;
};

void PrintTo(const Declared& declared, std::ostream* out) {
    *out << to_string(declared.moment) << (declared.overlap == Overlap::both_served ? ", both served" : ", at once");
}

class CutOver : public testing::TestWithParam<Declared> {
protected:
    static Verdict judge(Kind fresh, Kind old, Kind crossed = Kind::refused, Kind again = Kind::served) {
        return judge_signers({answer(fresh), answer(old), std::nullopt, Tries::once(answer(crossed)), answer(again)},
                             GetParam().moment, GetParam().overlap);
    }
};

TEST_P(CutOver, WhatTheOldKeySignedIsRefusedBesideServiceOfTheNewOne) {
    EXPECT_EQ(judge(Kind::served, Kind::refused).outcome(), Outcome::pass);
    EXPECT_EQ(judge(Kind::served, Kind::served).outcome(), Outcome::fail);
    EXPECT_EQ(judge(Kind::served, Kind::refused, Kind::served).outcome(), Outcome::fail);
    EXPECT_THAT(judge(Kind::served, Kind::refused, Kind::served).sentence(), HasSubstr("in the name of the new"));
    EXPECT_EQ(judge(Kind::refused, Kind::refused).outcome(), Outcome::fail);
    EXPECT_EQ(judge(Kind::served, Kind::unclear).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge(Kind::served, Kind::refused, Kind::unclear).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge(Kind::unclear, Kind::refused).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge(Kind::served, Kind::refused, Kind::refused, Kind::unclear).outcome(), Outcome::inconclusive)
        << "a refusal counts only beside service, before and after";
}

INSTANTIATE_TEST_SUITE_P(Declared, CutOver,
                         testing::Values(Declared{RotationMoment::after, Overlap::both_served},
                                         Declared{RotationMoment::after, Overlap::cut_over_at_once},
                                         Declared{RotationMoment::during, Overlap::cut_over_at_once}));

}  // namespace
}  // namespace gateproof::suites
