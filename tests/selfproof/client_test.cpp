// Every check of client software proved in both directions: the conforming reference client passes it, and the faults
// that it is for, and no others, make it fail.
#include <gmock/gmock.h>

#include <cstdlib>
#include <string_view>

#include "selfproof/client_matrix.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::IsEmpty;
using testing::Not;

/// GATEPROOF_FAULT=NAME chooses one fault, to look into it.
const ClientMatrix& matrix() {
    static const ClientMatrix proved = [] {
        const char* const name = std::getenv("GATEPROOF_FAULT");
        return prove_clients(
            [name](const client::Fault& fault) { return name == nullptr || fault.name == std::string_view(name); });
    }();
    return proved;
}

TEST(ClientSelfproof, TheConformingClientPassesEveryCheck) {
    EXPECT_THAT(matrix().conforming.disturbed, IsEmpty());
    EXPECT_THAT(passing_nowhere(matrix().conforming.cells, Side::client), IsEmpty());
}

/// That a scene differs in no more than one member is held at each attempt (ClientContext::attempt). What is judged
/// between two successes at the twin has to differ from it, too: what a client does at the twin itself proves nothing.
TEST(ClientSelfproof, WhatIsJudgedBetweenControlsDiffersFromItsTwin) {
    for (const Cell& cell : matrix().conforming.cells) {
        const Check* const check = suites::catalogue().check(cell.check);
        ASSERT_NE(check, nullptr);
        if (cell.outcome == Outcome::pass && check->control == Control::bracket) {
            EXPECT_THAT(matrix().conforming.differences.at(name_of(cell)), testing::SizeIs(1)) << name_of(cell);
        }
    }
}

TEST(ClientSelfproof, EveryCheckHasAFault) {
    EXPECT_THAT(matrix().unproved, IsEmpty());
}

TEST(ClientSelfproof, EveryFaultIsCaughtByItsChecksAndDisturbsNoOther) {
    for (const ClientFaultRun& run : matrix().faults) {
        SCOPED_TRACE(run.fault->name);
        EXPECT_THAT(run.missed, IsEmpty());
        EXPECT_THAT(run.disturbed, IsEmpty());
        EXPECT_THAT(run.caught, Not(IsEmpty()));
    }
}

}  // namespace
}  // namespace gateproof::selfproof
