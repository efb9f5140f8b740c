#include "reports/view/known.hpp"

#include <gmock/gmock.h>

#include "harness/journal/facts.hpp"
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
    return judge_known(sample_run(), known_list(known, this_day)).of_check.at(check).kind;
}

std::vector<std::string> notes_of(const RunRecord& run, const std::vector<KnownFailure>& known) {
    const KnownList list = known_list(known, this_day);
    return known_notes(judge_known(run, list), run, list);
}

/// A check of one run that found these suites.
RunRecord finding(std::vector<std::string> facts) {
    RunRecord run = empty_run();
    CheckResult result = result_with(Outcome::fail, "TLS 1.2 accepts weak suites");
    result.found = std::move(facts);
    run.checks = {check_with("cloud", "tls.cipher-allow-list", std::move(result))};
    return run;
}

KnownFailure knows(std::vector<std::string> facts) {
    KnownFailure known = entry("tls.cipher-allow-list");
    known.place = "known.json:3";
    known.found = std::move(facts);
    return known;
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

TEST(Known, WhatNeverRanIsNotAccepted) {
    KnownFailure unclear = entry("*");
    unclear.outcomes = {Outcome::inconclusive};
    const auto kind = [&](const RunRecord& run) {
        return judge_known(run, known_list({unclear}, this_day)).of_check.at(0).kind;
    };
    EXPECT_EQ(kind(cut_off_run()), Kind::none);
    for (const EndReason reason : {EndReason::killed, EndReason::deadline}) {
        RunRecord run = empty_run();
        run.end_reason = reason;
        run.checks.push_back({{"tls", "tls.a", "a title"}, "cloud"});
        EXPECT_EQ(kind(run), Kind::none);
        run.checks[0].earlier = {result_with(Outcome::pass, "served")};
        EXPECT_EQ(kind(run), Kind::none) << "the attempt that was asked for never ran";
        run.checks[0].earlier = {result_with(Outcome::inconclusive, "no answer")};
        EXPECT_EQ(kind(run), Kind::accepted) << "an attempt came to that";
        run.checks[0].result = result_with(Outcome::inconclusive, "no answer");
        EXPECT_EQ(kind(run), Kind::accepted);
    }
}

TEST(Known, AValidEntryWinsOverAnExpiredOne) {
    const std::vector<KnownFailure> known{entry("tls.refuses-1.1", this_day - std::chrono::days(9)), entry("tls.*")};
    EXPECT_EQ(kind_of(known), Kind::accepted);
    EXPECT_EQ(judge_known(sample_run(), known_list(known, this_day)).of_check[0].entry, 1U);
}

TEST(Known, ExpiredAndUnusedEntriesAreTold) {
    std::vector<KnownFailure> known{entry("tls.refuses-1.1", this_day - std::chrono::days(1)),
                                    entry("tls.accepts-1.2", this_day, "cloud"),
                                    entry("tls.refuses-9.9", this_day, "cloud"), entry("tls.refuses-*")};
    known[0].place = "known.json:3";
    const auto notes = notes_of(sample_run(), known);
    EXPECT_THAT(notes, ElementsAre("known.json:3: tls.refuses-1.1 (because): accepted until 2026-02-02; that is over, "
                                   "so it accepts nothing: mend what is found, say a later day, or remove it",
                                   "tls.accepts-1.2 of cloud (because): nothing ends that way any more; remove it",
                                   "tls.refuses-9.9 of cloud (because): matches no check of this run; correct its "
                                   "check or target, or remove it"));
    EXPECT_THAT(notes_of(sample_run(), {}), IsEmpty());
}

TEST(Known, AnEntryWithWhatWasFoundCoversThatAndLess) {
    RunRecord run = finding({"TLS_A"});
    run.known = known_list({knows({"TLS_A", "TLS_B"})}, this_day);
    const KnownOutcome outcome = accept_known(run);
    ASSERT_TRUE(run.checks[0].accepted);
    EXPECT_FALSE(run.checks[0].accepted->wide);
    EXPECT_FALSE(outcome.stale());
    EXPECT_EQ(acceptance_text(run.checks[0]),
              "accepted until 2026-02-03: because; narrower now, not found any more: TLS_B");
    EXPECT_THAT(known_notes(outcome, run, *run.known),
                ElementsAre("known.json:3: tls.cipher-allow-list (because): narrower now; not found any more: TLS_B; "
                            "take that out of its found"));
}

TEST(Known, MoreThanWasFoundCountsAndIsNamed) {
    RunRecord run = finding({"TLS_A", "TLS_NULL", "TLS_EXPORT"});
    run.known = known_list({knows({"TLS_A"})}, this_day);
    const KnownOutcome outcome = accept_known(run);
    EXPECT_FALSE(run.checks[0].accepted);
    EXPECT_FALSE(outcome.stale()) << "what it knows is still there";
    EXPECT_EQ(run.checks[0].beyond_known,
              "known.json:3 knows less than was found (because); new: TLS_EXPORT, TLS_NULL");
    EXPECT_THAT(known_notes(outcome, run, *run.known),
                ElementsAre("known.json:3: tls.cipher-allow-list (because): tls.cipher-allow-list of cloud found more "
                            "than it knows, so it counts; new: TLS_EXPORT, TLS_NULL"));
    run = finding({"TLS_OTHER"});
    run.known = known_list({knows({"TLS_A"})}, this_day);
    EXPECT_TRUE(accept_known(run).stale()) << "nothing of what it knows is left";
    EXPECT_FALSE(run.checks[0].accepted);
}

TEST(Known, EntriesOfOneCheckCountTogether) {
    RunRecord run = finding({"TLS_A", "TLS_B"});
    KnownFailure other = knows({"TLS_B"});
    other.reason = "another reason";
    other.expires = this_day + std::chrono::days(9);
    run.known = known_list({other, knows({"TLS_A"})}, this_day);
    accept_known(run);
    EXPECT_EQ(acceptance_text(run.checks[0]), "accepted until 2026-02-03: another reason; because");
    run.known->judged += std::chrono::days(1);
    const KnownOutcome later = accept_known(run);
    EXPECT_FALSE(run.checks[0].accepted) << "one of both is over";
    EXPECT_EQ(later.of_check[0].kind, Kind::expired);
    EXPECT_THAT(later.expired, ElementsAre(1U));
}

TEST(Known, ADigestStandsForExactlyWhatWasFound) {
    const RunRecord known_of = finding({"TLS_B", "TLS_A"});
    KnownFailure entry_with = knows({});
    entry_with.digest = short_digest_of(*known_of.checks[0].result);
    const auto kind = [&](std::vector<std::string> facts) {
        return judge_known(finding(std::move(facts)), known_list({entry_with}, this_day)).of_check[0].kind;
    };
    EXPECT_EQ(kind({"TLS_A", "TLS_B"}), Kind::accepted);
    EXPECT_EQ(kind({"TLS_A"}), Kind::beyond);
    EXPECT_EQ(kind({"TLS_A", "TLS_B", "TLS_C"}), Kind::beyond);
}

TEST(Known, WhatWasNotJudgedMakesNoEntryStale) {
    RunRecord run = sample_run();
    const auto stale = [&](const KnownFailure& known) {
        return judge_known(run, known_list({known}, this_day)).stale();
    };
    EXPECT_FALSE(stale(entry("tls.refuses-1.0"))) << "it was inconclusive";
    EXPECT_TRUE(stale(entry("tls.accepts-1.2", this_day, "cloud")));
    EXPECT_FALSE(stale(entry("tls.accepts-1.2", this_day, "desktop"))) << "it was skipped";
    EXPECT_TRUE(stale(entry("throttle.engages")));
    run.left_out.push_back({PlannedEntry{"throttle", "throttle.engages"}, "--exclude throttle", true, "", {"cloud"}});
    EXPECT_FALSE(stale(entry("throttle.engages"))) << "it was left out";
    run.left_out.clear();
    run.shard = {1, 2};
    EXPECT_FALSE(stale(entry("throttle.engages"))) << "another shard may have it";
}

TEST(Known, ExpectedSkipsAreStaleOnceTheirChecksAreJudged) {
    RunRecord run = sample_run();
    run.checks[5].skip = Skip::not_tried;
    const auto judged = [&](const char* check, const char* target) {
        KnownList list = known_list({}, this_day);
        list.skips = {{.check = check, .target = target, .reason = "no login"}};
        run.known = list;
        return accept_known(run);
    };
    EXPECT_FALSE(judged("tls.accepts-1.2", "desktop").stale());
    EXPECT_EQ(run.checks[5].expected_skip, "no login");
    const KnownOutcome over = judged("tls.accepts-1.2", "cloud");
    EXPECT_TRUE(over.stale());
    EXPECT_EQ(run.checks[5].expected_skip, "");
    EXPECT_THAT(
        stale_notes(over, *run.known),
        ElementsAre("tls.accepts-1.2 of cloud (no login): it was judged, so nothing is skipped there; remove it"));
    EXPECT_TRUE(judged("nothing", "*").stale());
}

TEST(Known, ForeignTextInAReasonIsMadeSafe) {
    std::vector<KnownFailure> known{entry("none")};
    known[0].reason = "\x1b[2J";
    EXPECT_THAT(notes_of(sample_run(), known), ElementsAre(HasSubstr("\\x1b[2J")));
}

}  // namespace
}  // namespace gateproof::reports
