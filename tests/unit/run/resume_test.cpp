#include "harness/run/resume.hpp"

#include <gmock/gmock.h>

#include "harness/journal/codec.hpp"
#include "harness/run/shard/shard.hpp"

namespace gateproof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

int runs = 0;
boost::asio::awaitable<Verdict> counts(Context&) {
    ++runs;
    co_return Verdict::pass("run {}", runs);
}

class Resume : public testing::Test {
protected:
    Resume() {
        suite_.checks.resize(4);
        for (std::size_t i = 0; i < suite_.checks.size(); ++i) {
            suite_.checks[i].id = ids_[i];
            suite_.checks[i].title = "t";
            suite_.checks[i].run = counts;
            suite_.checks[i].control = Control::none;
        }
        profile_.name = "p";
        profile_.operations["status"].path = "/";
        profile_.control = "status";
        options_.version = "1";
        options_.profile_digests = {"digest"};
        runs = 0;
    }
    /// Of the suite as it is now; the plan before it is then void, since a plan refers to its catalogue.
    [[nodiscard]] Plan plan() {
        catalogue_ = {{}, {suite_}};
        return make_plan(catalogue_, {profile_}, {});
    }
    RunRecord execute() {
        JournalWriter journal;
        RunObserver observer;
        const Plan planned = plan();
        return run(planned, catalogue_, journal, options_, observer);
    }
    /// A run of which only the first two checks ended.
    RunRecord earlier() {
        RunRecord record = execute();
        record.checks[2].result.reset();
        record.checks[3].result.reset();
        record.ended.reset();
        record.end_reason = EndReason::killed;
        runs = 10;
        return record;
    }

    std::vector<std::string> ids_{"s.a", "s.b", "s.c", "s.d"};
    Suite suite_{"s", "S", {}};
    Catalogue catalogue_;
    Profile profile_;
    RunOptions options_;
};

TEST_F(Resume, RunsWhatHasNoResultAndKeepsTheRest) {
    const RunRecord before = earlier();
    options_.earlier = &before;
    options_.seed = before.seed;
    EXPECT_THAT(resume_obstacles(before, plan(), options_), IsEmpty());
    const RunRecord after = execute();
    EXPECT_EQ(runs, 12);
    EXPECT_EQ(after.checks[0].result->sentence, before.checks[0].result->sentence);
    EXPECT_EQ(after.checks[3].result->sentence, "run 12");
    EXPECT_EQ(after.started, before.started);
    EXPECT_EQ(after.seed, before.seed);
    EXPECT_EQ(after.end_reason, EndReason::complete);
    ASSERT_EQ(after.resumptions.size(), 1U);
    EXPECT_EQ(after.resumptions[0].kept, 2U);
}

TEST_F(Resume, NothingLeftToRunIsAlsoAnEnd) {
    RunRecord before = earlier();
    for (CheckRecord& check : before.checks) {
        check.result = before.checks[0].result;
    }
    options_.earlier = &before;
    EXPECT_EQ(execute().count(Outcome::pass), 4U);
    EXPECT_EQ(runs, 10);
}

TEST_F(Resume, AnotherRunIsRefusedWithTheReason) {
    const RunRecord before = earlier();
    const auto obstacles = [&] { return resume_obstacles(before, plan(), options_); };
    options_.version = "2";
    EXPECT_THAT(obstacles(), ElementsAre("it was begun by gateproof 1, and this is 2"));
    options_.version = "1";
    options_.profile_digests = {"other"};
    EXPECT_THAT(obstacles(), ElementsAre(HasSubstr("the profile of target p, or a certificate of it, was changed")));
    options_.profile_digests = {"digest"};
    options_.seed = before.seed + 1;
    EXPECT_THAT(obstacles(), ElementsAre(HasSubstr("its seed is")));
    options_.seed.reset();
    options_.shard = {1, 2};
    EXPECT_THAT(obstacles(), ElementsAre("it is shard 1 of 1, not 1 of 2"));
    options_.shard = {};
    profile_.name = "q";
    EXPECT_THAT(obstacles(), ElementsAre("target q was not part of it", "target p is missing now"));
    profile_.name = "p";
    suite_.checks[0].channels = {Channel::desktop};
    EXPECT_THAT(obstacles(), ElementsAre("s.a of p: the plan was to run, and is now to skip (not a requirement of the "
                                         "cloud channel)"));
    suite_.checks[0].channels.clear();
    suite_.checks.pop_back();
    EXPECT_THAT(obstacles(), ElementsAre("s.d of p was planned then and is not now"));
    suite_.checks.resize(20, suite_.checks[0]);
    std::vector<std::string> many(20);
    for (std::size_t i = 3; i < 20; ++i) {
        many[i] = "s.new-" + std::to_string(i);
        suite_.checks[i].id = many[i];
    }
    EXPECT_THAT(obstacles(), testing::SizeIs(6));
    EXPECT_EQ(obstacles().back(), "and 13 more checks");
}

TEST_F(Resume, OtherTriesOrTimesAreAnotherRun) {
    RunRecord before = earlier();
    before.targets[0].repeat = 1;
    before.timeout_scale = 0.5;
    EXPECT_THAT(resume_obstacles(before, plan(), options_),
                ElementsAre(HasSubstr("(give --repeat 1)"), HasSubstr("(give --timeout-scale 0.5)")));
}

/// s.a failed, s.b passed, s.c was inconclusive at its second attempt, s.d was not run.
RunRecord mixed(RunRecord run) {
    run.checks[0].result->outcome = Outcome::fail;
    run.checks[2].result = run.checks[1].result;
    run.checks[2].earlier.push_back(*run.checks[1].result);
    run.checks[2].result->outcome = Outcome::inconclusive;
    return run;
}

TEST_F(Resume, WhatFailedOrWasNotJudgedIsChosenAgain) {
    const RunRecord before = mixed(earlier());
    EXPECT_THAT(choose_again(before, {}).places, ElementsAre(0, 2, 3));
    EXPECT_THAT(choose_again(before, {{Outcome::pass}, false}).places, ElementsAre(1));
    EXPECT_THAT(choose_again(before, {{Outcome::fail}, false, {{}, {"s.*"}, {"s.a"}}}).places, IsEmpty());
    const ChosenAgain one = choose_again(before, {{Outcome::fail}, true, {{"s"}, {"s.d", "s.z"}, {}}});
    EXPECT_THAT(one.places, ElementsAre(3));
    EXPECT_THAT(one.unmatched, ElementsAre("s.z"));
    RunRecord skipped = before;
    skipped.checks[3].skip_reason = "not for it";
    EXPECT_THAT(choose_again(skipped, {}).places, ElementsAre(0, 2));
    RunRecord cut = before;
    cut.checks[0].earlier.push_back(*std::exchange(cut.checks[0].result, std::nullopt));
    EXPECT_THAT(choose_again(cut, {{}, true}).places, ElementsAre(0, 3)) << "an attempt that was cut off is not run";
}

TEST_F(Resume, JudgedAgainItKeepsEveryAttempt) {
    const RunRecord before = mixed(earlier());
    options_.earlier = &before;
    options_.again = {0, 2};
    const RunRecord after = execute();
    EXPECT_EQ(runs, 12) << "the two, and not what was never run";
    EXPECT_EQ(after.checks[0].attempt(), 2U);
    EXPECT_EQ(after.checks[0].earlier[0].outcome, Outcome::fail);
    EXPECT_EQ(after.checks[0].result->outcome, Outcome::pass);
    EXPECT_EQ(after.checks[1].attempt(), 1U);
    EXPECT_EQ(after.checks[1].result->sentence, before.checks[1].result->sentence);
    EXPECT_EQ(after.checks[2].attempt(), 3U);
    ASSERT_EQ(after.reruns.size(), 1U);
    EXPECT_THAT(after.reruns[0].checks, ElementsAre(AttemptAsked{"p", "s.a", "", 2}, AttemptAsked{"p", "s.c", "", 3}));
    EXPECT_THAT(after.resumptions, IsEmpty());
    EXPECT_EQ(after.started, before.started);
    EXPECT_EQ(after.end_reason, EndReason::incomplete) << "s.d has no verdict still";
    options_.earlier = &after;
    options_.again = choose_again(after, {}).places;
    EXPECT_THAT(options_.again, ElementsAre(3));
    EXPECT_EQ(execute().end_reason, EndReason::complete);
}

TEST_F(Resume, ASelectionNeedNotBeRepeated) {
    RunRecord before = earlier();
    before.checks.resize(3);
    const Plan part = planned_in(plan(), before);
    ASSERT_EQ(part.checks.size(), 3U);
    EXPECT_THAT(resume_obstacles(before, part, options_), IsEmpty());
}

TEST_F(Resume, TheJournalSaysWhatWasLeftOut) {
    RunRecord before = earlier();
    before.selection = Selection{{}, {}, {"s.x"}};
    before.left_out = {{{"s", "s.x", "t"}, "--exclude s.x", true, "", {"p"}}};
    before.whole_plan = 5;
    options_.earlier = &before;
    const RunRecord after = execute();
    EXPECT_EQ(after.selection, before.selection);
    EXPECT_EQ(after.whole_plan, 5U);
    ASSERT_EQ(after.left_out.size(), 1U);
    EXPECT_EQ(after.excluded_count(), 1U);
    EXPECT_EQ(after.missing_count(), 0U);
}

TEST_F(Resume, TheWholePlanIsTheSameWhateverIsSelectedOfIt) {
    catalogue_ = {{}, {suite_}};
    const auto planned = [&](std::vector<std::string> checks, std::vector<std::string> excludes) {
        return make_plan(catalogue_, {profile_}, {{}, std::move(checks), std::move(excludes)});
    };
    const Plan whole = planned({}, {});
    const Plan part = planned({"s.c", "s.d"}, {"s.d"});
    EXPECT_EQ(whole_plan_digest(part, {"digest"}), whole_plan_digest(whole, {"digest"}));
    EXPECT_NE(whole_plan_digest(part, {"other"}), whole_plan_digest(whole, {"digest"}));
    ASSERT_EQ(part.checks.size(), 1U);
    EXPECT_EQ(part.checks.front().position, 2U) << "in the whole plan";
    suite_.checks[1].channels = {Channel::desktop};
    catalogue_ = {{}, {suite_}};
    EXPECT_NE(whole_plan_digest(planned({}, {}), {"digest"}), whole_plan_digest(whole, {"digest"})) << "a decision";
}

TEST_F(Resume, WhoseTestItIsAndWhatWasSaidIsKeptAndFreeOfSecrets) {
    profile_.record = {"Example Ltd", "", "", "hunter2-hunter2", {}};
    profile_.valid_days = 10;
    options_.secrets = {"hunter2-hunter2"};
    const Attestation first{Attestation::Subject::scenario, "S1", "", "Jane", std::chrono::sys_days{},
                            "with hunter2-hunter2"};
    options_.attestations = {first};
    const RunRecord before = earlier();
    EXPECT_EQ(before.targets.front().details.tester, "[redacted]");
    EXPECT_EQ(before.targets.front().details.valid_until,
              std::chrono::floor<std::chrono::days>(before.started) + std::chrono::days(10));
    ASSERT_EQ(before.attestations.size(), 1U);
    EXPECT_EQ(before.attestations.front().text, "with [redacted]");
    options_.attestations = {first,
                             {Attestation::Subject::scenario, "S2", "", "Jane", std::chrono::sys_days{}, "seen"}};
    options_.earlier = &before;
    profile_.valid_days = 20;
    const RunRecord after = execute();
    ASSERT_EQ(after.attestations.size(), 2U);
    EXPECT_EQ(after.attestations.back().id, "S2");
    EXPECT_EQ(after.targets.front().details, before.targets.front().details) << "as the beginning of the journal says";
}

TEST_F(Resume, ARunRecordsWhatItsSelectionLeavesOutOnceForAllTargets) {
    catalogue_ = {{}, {suite_}};
    Profile other = profile_;
    other.name = "q";
    Selection selection;
    selection.excludes = {"s.b", "s.c"};
    const Plan planned = make_plan(catalogue_, {profile_, other}, selection);
    JournalWriter journal;
    RunObserver observer;
    const RunRecord record = run(planned, catalogue_, journal, options_, observer);
    EXPECT_EQ(record.selection, selection);
    EXPECT_EQ(record.whole_plan, 8U);
    EXPECT_EQ(record.checks.size(), 4U);
    ASSERT_EQ(record.left_out.size(), 2U);
    EXPECT_EQ(record.left_out[0].id, "s.b");
    EXPECT_EQ(record.left_out[0].suite, "s");
    EXPECT_EQ(record.left_out[0].by, "--exclude s.b");
    EXPECT_THAT(record.left_out[0].targets, ElementsAre("p", "q"));
    EXPECT_EQ(record.excluded_count(), 4U);
    EXPECT_EQ(record.missing_count(), 0U);
}

}  // namespace
}  // namespace gateproof
