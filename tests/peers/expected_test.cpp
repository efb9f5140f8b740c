// The table of expected findings is about tests that exist, names checks that exist, and is what docs/peers.md shows.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "suites/catalogue.hpp"
#include "tests/peers/expected.hpp"
#include "tests/support/files.hpp"

namespace gateproof::test {
namespace {

TEST(PeersTable, EveryRowIsATestAndEveryFindingACheck) {
    std::set<std::string> tests;
    const testing::UnitTest& all = *testing::UnitTest::GetInstance();
    for (int i = 0; i < all.total_test_suite_count(); ++i) {
        const testing::TestSuite& suite = *all.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); ++j) {
            tests.insert(std::string(suite.name()) + "." + suite.GetTestInfo(j)->name());
        }
    }
    std::set<std::string> seen;
    for (const ExpectedFindings& row : expected_findings()) {
        EXPECT_TRUE(tests.contains(row.test.substr(0, row.test.find(' ')))) << row.test;
        EXPECT_TRUE(seen.insert(row.test).second) << row.test << " is there twice";
        for (const auto& [check, outcome] : row.findings) {
            EXPECT_NE(suites::catalogue().check(check), nullptr) << check;
            EXPECT_TRUE(outcome_from(outcome)) << outcome;
        }
    }
}

/// Where a server is as sound as it can be made, each of its findings is shown.
TEST(PeersTable, EveryFindingHasAWitness) {
    for (const ExpectedFindings& row : expected_findings()) {
        const std::size_t needed =
            row.remark.empty() ? std::min<std::size_t>(1, row.findings.size()) : row.findings.size();
        EXPECT_GE(row.oracles.size(), needed) << row.test;
        for (const ExpectedFindings::Oracle& oracle : row.oracles) {
            EXPECT_FALSE(oracle.says.empty()) << row.test;
        }
    }
}

TEST(PeersTable, ThePageShowsIt) {
    const std::string page = peers_page(expected_findings());
    if (std::getenv("GATEPROOF_WRITE_PAGES") != nullptr) {
        std::ofstream(GATEPROOF_PEERS_PAGE) << page;
    }
    EXPECT_EQ(read_file(GATEPROOF_PEERS_PAGE), page)
        << "write it anew: GATEPROOF_WRITE_PAGES=1 ./dev test peers -R PeersTable";
}

}  // namespace
}  // namespace gateproof::test
