#include "reports/view/known.hpp"

#include <gmock/gmock.h>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = KnownJudgement::Kind;

constexpr std::chrono::sys_days this_day = 2026y / 2 / 3;

KnownFailure entry(std::string check, std::chrono::sys_days expires = this_day, std::string target = "*") {
    return {.check = std::move(check), .target = std::move(target), .reason = "because", .expires = expires};
}

Kind kind_of(const std::vector<KnownFailure>& known, std::size_t check = 0) {
    return judge_known(sample_run(), known, this_day).of_check.at(check).kind;
}

TEST(Known, AnEntryCoversWhatItNamesUpToItsLastDay) {
    EXPECT_EQ(kind_of({entry("tls.refuses-1.1")}), Kind::accepted);
    EXPECT_EQ(kind_of({entry("tls.refuses-*")}), Kind::accepted);
    EXPECT_EQ(kind_of({entry("tls")}), Kind::accepted);
    EXPECT_EQ(kind_of({entry("tls.refuses-1.1", this_day - std::chrono::days(1))}), Kind::expired);
    EXPECT_EQ(kind_of({entry("tls.refuses-1.1", this_day, "desk*")}), Kind::none);
    EXPECT_EQ(kind_of({entry("tls.refuses-1.2")}), Kind::none);
}

TEST(Known, OnlyTheOutcomesOfTheEntryAreAccepted) {
    constexpr std::size_t inconclusive = 3;
    EXPECT_EQ(kind_of({entry("*")}, inconclusive), Kind::none);
    KnownFailure both = entry("*");
    both.outcomes = {Outcome::inconclusive};
    EXPECT_EQ(kind_of({both}, inconclusive), Kind::accepted);
    EXPECT_EQ(kind_of({both}), Kind::none);
}

TEST(Known, AValidEntryWinsOverAnExpiredOne) {
    const std::vector<KnownFailure> known{entry("tls.refuses-1.1", this_day - std::chrono::days(9)), entry("tls.*")};
    EXPECT_EQ(kind_of(known), Kind::accepted);
    EXPECT_EQ(judge_known(sample_run(), known, this_day).of_check[0].entry, 1U);
}

TEST(Known, ExpiredAndUnusedEntriesAreTold) {
    std::vector<KnownFailure> known{entry("tls.refuses-1.1", this_day - std::chrono::days(1)), entry("tls.accepts-1.2"),
                                    entry("tls.refuses-9.9", this_day, "cloud"), entry("tls.refuses-*")};
    known[0].place = "known.json:3";
    const KnownOutcome outcome = judge_known(sample_run(), known, this_day);
    EXPECT_THAT(known_notes(outcome, known),
                ElementsAre("known.json:3: tls.refuses-1.1 (because): accepted until 2026-02-02; that is over, so it "
                            "counts again",
                            "tls.accepts-1.2 (because): nothing ends that way any more; remove it",
                            "tls.refuses-9.9 of cloud (because): matches no check of this run"));
    EXPECT_THAT(known_notes(judge_known(sample_run(), {}, this_day), {}), IsEmpty());
}

TEST(Known, ForeignTextInAReasonIsMadeSafe) {
    std::vector<KnownFailure> known{entry("none")};
    known[0].reason = "\x1b[2J";
    EXPECT_THAT(known_notes(judge_known(sample_run(), known, this_day), known), ElementsAre(HasSubstr("\\x1b[2J")));
}

}  // namespace
}  // namespace gateproof::reports
