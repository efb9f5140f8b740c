// Every check proved in both directions: it passes the conforming gateway, and the fault that it is for, and no other
// fault, makes it fail.
#include <gmock/gmock.h>

#include <set>

#include "selfproof/matrix.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::IsEmpty;
using testing::Not;

const FaultRun& conforming() {
    static const FaultRun run = prove_conforming();
    return run;
}

TEST(Selfproof, TheConformingGatewayPassesEveryCheck) {
    EXPECT_THAT(conforming().disturbed, IsEmpty());
    EXPECT_GT(conforming().record.count(Outcome::pass), 30U) << "most checks are to run, not to be skipped";
}

TEST(Selfproof, EveryCheckRunsOnAChannel) {
    std::set<std::string> passed;
    for (const CheckRecord& check : conforming().record.checks) {
        if (conforming().record.result_of(check).outcome == Outcome::pass) {
            passed.insert(check.id);
        }
    }
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            EXPECT_TRUE(passed.contains(std::string(check.id))) << check.id << " passes on no channel";
        }
    }
}

TEST(Selfproof, EveryCheckHasAFault) {
    std::set<std::string_view> proved;
    for (const gateway::Fault& fault : gateway::faults()) {
        proved.insert(fault.caught_by.begin(), fault.caught_by.end());
    }
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            EXPECT_TRUE(proved.contains(check.id)) << "no fault is for " << check.id;
        }
    }
}

class FaultTest : public testing::TestWithParam<std::string_view> {};

TEST_P(FaultTest, IsCaughtByItsChecksAndDisturbsNoOther) {
    const gateway::Fault* fault = gateway::find_fault(GetParam());
    ASSERT_NE(fault, nullptr);
    for (const std::string_view id : fault->caught_by) {
        EXPECT_NE(suites::catalogue().check(id), nullptr) << "no check is called " << id;
    }
    for (const std::string_view id : fault->requirements) {
        EXPECT_NE(suites::catalogue().requirement(id), nullptr) << "no requirement is called " << id;
    }
    const FaultRun run = prove_fault(*fault, conforming().record);
    EXPECT_THAT(run.missed, IsEmpty());
    EXPECT_THAT(run.disturbed, IsEmpty());
    EXPECT_THAT(run.caught, Not(IsEmpty()));
}

std::vector<std::string_view> names() {
    std::vector<std::string_view> out;
    for (const gateway::Fault& fault : gateway::faults()) {
        out.push_back(fault.name);
    }
    return out;
}

INSTANTIATE_TEST_SUITE_P(Every, FaultTest, testing::ValuesIn(names()), [](const auto& parameter) {
    std::string name(parameter.param);
    std::ranges::replace_if(
        name, [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
});

}  // namespace
}  // namespace gateproof::selfproof
