// Every check of client software proved in both directions: the conforming reference client passes it, and the faults
// that it is for, and no others, make it fail.
#include <gmock/gmock.h>

#include <cstdlib>
#include <set>
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
    std::set<std::string> passed;
    for (const Cell& cell : matrix().conforming.cells) {
        if (cell.outcome == Outcome::pass) {
            passed.insert(cell.check);
        }
    }
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            EXPECT_TRUE(check.side() == Side::gateway || passed.contains(std::string(check.id)))
                << check.id << " passes on no channel";
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
