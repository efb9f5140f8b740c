// Every check proved in both directions: it passes the conforming gateway, and the fault that it is for, and no other
// fault, makes it fail. The program proves the chosen faults together before the first test; --gtest_filter='*NAME*'
// chooses one.
#include <gmock/gmock.h>

#include <set>

#include "selfproof/matrix.hpp"
#include "selfproof/report.hpp"
#include "suites/catalogue.hpp"
#include "tests/support/files.hpp"

namespace gateproof::selfproof {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string test_name(std::string_view fault) {
    std::string name(fault);
    std::ranges::replace_if(
        name, [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
}

/// Faults that tests of this run are about.
std::set<std::string> chosen_faults() {
    std::set<std::string> names;
    const testing::UnitTest& all = *testing::UnitTest::GetInstance();
    for (int i = 0; i < all.total_test_suite_count(); ++i) {
        const testing::TestSuite& suite = *all.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); ++j) {
            const testing::TestInfo& test = *suite.GetTestInfo(j);
            const std::string name = test.name();
            const std::size_t slash = name.find('/');
            if (test.should_run() && slash != std::string::npos) {
                names.insert(name.substr(slash + 1));
            }
        }
    }
    return names;
}

const Matrix& matrix() {
    static const Matrix proved = [] {
        const std::set<std::string> names = chosen_faults();
        ProveOptions options;
        options.chosen = [&names](const gateway::Fault& fault) { return names.contains(test_name(fault.name)); };
        return prove(options);
    }();
    return proved;
}

TEST(Selfproof, TheConformingGatewayPassesEveryCheck) {
    EXPECT_THAT(matrix().conforming.disturbed, IsEmpty());
    EXPECT_GT(matrix().conforming.count(Outcome::pass), 30U) << "most checks are to run, not to be skipped";
}

TEST(Selfproof, EveryCheckRunsOnAChannel) {
    EXPECT_THAT(passing_nowhere(matrix().conforming.cells, Side::gateway), IsEmpty());
}

TEST(Selfproof, EveryCheckHasAFault) {
    EXPECT_THAT(matrix().unproved, IsEmpty());
}

TEST(Selfproof, ThePageShowsTheCatalogue) {
    EXPECT_THAT(test::read_file(GATEPROOF_PROOF_PAGE), HasSubstr(fault_table()))
        << "docs/proof.md is older than the faults; ./dev proof faults writes it anew";
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
    const auto run = std::ranges::find(matrix().faults, fault, &FaultRun::fault);
    ASSERT_NE(run, matrix().faults.end());
    EXPECT_THAT(run->missed, IsEmpty());
    EXPECT_THAT(run->disturbed, IsEmpty());
    EXPECT_THAT(run->caught, Not(IsEmpty()));
}

std::vector<std::string_view> names() {
    std::vector<std::string_view> out;
    for (const gateway::Fault& fault : gateway::faults()) {
        out.push_back(fault.name);
    }
    return out;
}

INSTANTIATE_TEST_SUITE_P(Every, FaultTest, testing::ValuesIn(names()),
                         [](const auto& parameter) { return test_name(parameter.param); });

}  // namespace
}  // namespace gateproof::selfproof
