// The stage passes the checks of gateways, but for those that selfproof/stage_judged.cpp leaves out with a reason.
#include <gmock/gmock.h>

#include "selfproof/stage_judged.hpp"

namespace gateproof::selfproof {
namespace {

using testing::IsEmpty;
using testing::Not;

const StageProof& proof() {
    static const StageProof judged = judge_stage();
    return judged;
}

TEST(StageJudged, EveryCheckOfGatewaysPasses) {
    EXPECT_FALSE(proof().interrupted);
    EXPECT_THAT(proof().misplayed, IsEmpty());
}

TEST(StageJudged, WhatIsLeftOutDoesNotPass) {
    EXPECT_THAT(proof().outgrown, IsEmpty());
    for (const LeftOut& one : left_out_of_stage()) {
        EXPECT_THAT(one.reason, Not(IsEmpty())) << one.name;
    }
}

}  // namespace
}  // namespace gateproof::selfproof
