// Every check of client software proved in both directions: the conforming reference client passes it, and the faults
// that it is for, and no others, make it fail.
#include <gmock/gmock.h>

#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "selfproof/client_matrix.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::IsEmpty;
using testing::Not;

/// GATEPROOF_FAULT=NAME chooses one fault, to look into it; GATEPROOF_ALONE=1 gives each fault a client of its own.
const ClientMatrix& matrix() {
    static const ClientMatrix proved = [] {
        const char* const name = std::getenv("GATEPROOF_FAULT");
        ClientProofOptions options;
        options.chosen = [name](const client::Fault& fault) {
            return name == nullptr || fault.name == std::string_view(name);
        };
        options.sharing = std::getenv("GATEPROOF_ALONE") == nullptr ? options.sharing : 1;
        return prove_clients(options);
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

/// Checks that faults name already, of families that have others.
const std::set<std::string_view>& checks_to_come() {
    static const std::set<std::string_view> ids{"client-trust.address-refused", "client-trust.resumption-bound"};
    return ids;
}

TEST(ClientSelfproof, FaultsNameChecksThatExist) {
    const Catalogue& catalogue = suites::catalogue();
    std::set<std::string_view> families;
    for (const Suite& suite : catalogue.suites) {
        families.insert(suite.id);
    }
    for (const client::Fault& fault : client::faults()) {
        std::istringstream words{std::string(fault.caught_by)};
        for (std::string id; words >> id;) {
            const bool is_there = catalogue.check(id) != nullptr;
            const bool of_a_family = families.contains(id.substr(0, id.find('.')));
            EXPECT_TRUE(is_there || !of_a_family || checks_to_come().contains(id)) << fault.name << ": " << id;
            EXPECT_FALSE(is_there && checks_to_come().contains(id)) << id << " has come";
        }
    }
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
