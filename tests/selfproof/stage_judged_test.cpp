// The stage passes the checks of gateways, but for those that selfproof/stage_judged.cpp leaves out with a reason.
#include <gmock/gmock.h>

#include "selfproof/stage_judged.hpp"

namespace gateproof::selfproof {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(StageJudged, EveryCheckOfGatewaysPassesOrIsLeftOutForAReason) {
    const StageProof proof = judge_stage();
    EXPECT_FALSE(proof.interrupted);
    EXPECT_THAT(proof.misplayed, IsEmpty());
    EXPECT_THAT(proof.outgrown, IsEmpty()) << "what passes by now is no longer to be left out";
    EXPECT_GT(proof.passed(), 100U) << "most checks are to run, not to be skipped";
    for (const LeftOut& one : left_out_of_stage()) {
        EXPECT_THAT(one.reason, Not(IsEmpty())) << one.name;
    }
}

TEST(StageJudged, AStageThatMisplaysTheGatewayDoesNotPass) {
    const StageProof proof = judge_stage([](stage::Scene& scene) {
        scene.cipher_suites = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xcca9, 0xc009};  // the last with CBC
    });
    EXPECT_FALSE(proof.proved());
    for (const char* const profile : {"embedded-cloud", "embedded-desktop", "embedded-mock"}) {
        EXPECT_THAT(proof.misplayed, Contains(StartsWith(std::string(profile) + " tls.cipher-allow-list: ")));
    }
}

}  // namespace
}  // namespace gateproof::selfproof
