#include "client/retry.hpp"

#include <gtest/gtest.h>

namespace gateproof::client::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const auto noon = std::chrono::system_clock::from_time_t(784'887'151);  // Tue, 15 Nov 1994 08:12:31 GMT

TEST(RetryAfter, IsSecondsOrADate) {
    EXPECT_EQ(retry_after("3", noon), seconds(3));
    EXPECT_EQ(retry_after("0", noon), seconds(0));
    EXPECT_EQ(retry_after("86400", noon), seconds(86'400));
    EXPECT_EQ(retry_after("Tue, 15 Nov 1994 08:12:41 GMT", noon), seconds(10));
    EXPECT_EQ(retry_after("Thu, 01 Jan 1970 00:00:00 GMT", noon), seconds(0)) << "what has passed is now";
}

TEST(RetryAfter, IsNothingWhereItMeansNothing) {
    for (const char* field :
         {"", "-1", "soon", "1.5", "1e12", "3 s", "Tue, 15 Nov 1994", "Tue, 15 Nov 1994 08:12:41 GMT+1"}) {
        EXPECT_EQ(retry_after(field, noon), std::nullopt) << field;
    }
    EXPECT_GT(retry_after("99999999999999999999999", noon), seconds(86'400));
}

TEST(WaitBefore, NeverComesSoonerThanTold) {
    const RetryPolicy policy;
    for (const double dice : {0.0, 0.5, 0.999}) {
        EXPECT_GE(wait_before(0, seconds(3), policy, dice), milliseconds(3000));
        EXPECT_LE(wait_before(0, seconds(3), policy, dice), milliseconds(5500));
        EXPECT_GE(wait_before(0, seconds(0), policy, dice), milliseconds(500)) << "no loop without a pause";
    }
}

TEST(WaitBefore, GrowsAndSpreads) {
    const RetryPolicy policy;
    EXPECT_EQ(wait_before(0, std::nullopt, policy, 0.0), milliseconds(1000));
    EXPECT_GT(wait_before(0, std::nullopt, policy, 0.99), milliseconds(1400));
    EXPECT_GT(wait_before(1, std::nullopt, policy, 0.0), wait_before(0, std::nullopt, policy, 0.9));
    EXPECT_GT(wait_before(2, std::nullopt, policy, 0.0), wait_before(1, std::nullopt, policy, 0.9));
}

TEST(WaitBefore, GivesUp) {
    const RetryPolicy policy;
    EXPECT_EQ(wait_before(3, std::nullopt, policy, 0), std::nullopt);
    EXPECT_EQ(wait_before(3, seconds(1), policy, 0), std::nullopt);
    EXPECT_EQ(wait_before(0, seconds(86'400), policy, 0), std::nullopt) << "nobody waits a day in silence";
}

}  // namespace
}  // namespace gateproof::client::test
