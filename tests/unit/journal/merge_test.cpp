#include "harness/journal/merge.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "harness/journal/codec.hpp"
#include "harness/journal/read.hpp"

namespace gateproof::merge_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto noon = *parse_iso_time("2026-02-03T12:00:00.000Z");

CheckRecord check(std::string id, std::size_t position, std::optional<Outcome> outcome) {
    CheckRecord record{{"tls", std::move(id), "title", {"R"}}, "cloud"};
    record.position = position;
    if (outcome) {
        record.result = CheckResult{};
        record.result->outcome = *outcome;
        record.result->started = noon;
    }
    return record;
}

RunRecord shard(std::size_t index, std::size_t count, std::vector<CheckRecord> checks) {
    RunRecord run;
    run.tool_version = "1";
    run.hostname = "host";
    run.started = noon + std::chrono::seconds(index);
    run.ended = run.started + 1min;
    run.end_reason = EndReason::complete;
    run.plan_digest = "plan";
    run.shard = {index, count};
    run.targets.push_back({"cloud", "", "test", "cloud", "https://a:4046", ""});
    run.requirements["R"] = {"R", "s", "src", Level::must};
    run.checks = std::move(checks);
    return run;
}

std::vector<std::string> ids(const RunRecord& run) {
    std::vector<std::string> all;
    for (const CheckRecord& one : run.checks) {
        all.push_back(one.full_id());
    }
    return all;
}

TEST(Merge, ShardsBecomeTheWholeInItsOrder) {
    const MergedRun merged =
        merge_runs({{"b", shard(2, 2, {check("tls.b", 1, Outcome::fail), check("tls.d", 3, Outcome::pass)})},
                    {"a", shard(1, 2, {check("tls.a", 0, Outcome::pass), check("tls.c", 2, Outcome::pass)})}});
    EXPECT_THAT(merged.conflicts, IsEmpty());
    EXPECT_THAT(ids(merged.run), ElementsAre("tls.a", "tls.b", "tls.c", "tls.d"));
    EXPECT_EQ(merged.run.end_reason, EndReason::complete);
    EXPECT_EQ(merged.run.started, noon + 1s);
    EXPECT_EQ(merged.run.ended, noon + 2s + 1min);
    EXPECT_EQ(merged.run.shard, Shard{});
    EXPECT_EQ(merged.run.targets.size(), 1U);
    std::istringstream journal(encode_run(merged.run));
    const JournalRead read = read_journal(journal);
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_EQ(read.run.count(Outcome::fail), 1U);
    EXPECT_EQ(encode_run(read.run), encode_run(merged.run));
}

TEST(Merge, WhatIsNoSuccessInOneShardIsNoneInTheWhole) {
    RunRecord strict = shard(1, 2, {check("tls.a", 0, Outcome::warning)});
    strict.fail_on.insert(Outcome::warning);
    const RunRecord other = shard(2, 2, {check("tls.b", 1, Outcome::pass)});
    EXPECT_EQ(merge_runs({{"b", other}, {"a", strict}}).run.fail_on, strict.fail_on);
    EXPECT_EQ(merge_runs({{"b", other}}).run.fail_on, default_fail_on());
}

LeftOutCheck left_out(std::string id, std::string by, bool excluded) {
    return {{"tls", std::move(id), "title", {"R"}}, std::move(by), excluded, "", {"cloud"}};
}

TEST(Merge, ShardsKeepWhatAllOfThemLeftOutOnce) {
    std::vector<NamedRun> runs{{"a", shard(1, 2, {check("tls.a", 0, Outcome::pass)})},
                               {"b", shard(2, 2, {check("tls.b", 1, Outcome::pass)})}};
    for (NamedRun& one : runs) {
        one.run.selection = Selection{{}, {}, {"tls.c"}};
        one.run.whole_plan = 3;
        one.run.left_out = {left_out("tls.c", "--exclude tls.c", true)};
        EXPECT_EQ(one.run.missing_count(), 1U);
    }
    const RunRecord alone = merge_runs({runs[0]}).run;
    EXPECT_EQ(alone.end_reason, EndReason::incomplete);
    EXPECT_EQ(alone.missing_count(), 1U);
    const RunRecord merged = merge_runs(runs).run;
    EXPECT_EQ(merged.selection, runs[0].run.selection);
    EXPECT_EQ(merged.whole_plan, 3U);
    EXPECT_EQ(merged.left_out_count(), 1U);
    EXPECT_EQ(merged.excluded_count(), 1U);
    EXPECT_EQ(merged.missing_count(), 0U);
}

TEST(Merge, WhatOneRunLeftOutAndAnotherJudgedIsNotLeftOut) {
    RunRecord most = shard(1, 1, {check("tls.a", 0, Outcome::pass)});
    most.plan_digest = "most";
    most.selection = Selection{{}, {}, {"tls.b", "tls.c"}};
    most.whole_plan = 3;
    most.left_out = {left_out("tls.b", "--exclude tls.b", true), left_out("tls.c", "--exclude tls.c", true)};
    RunRecord rest = shard(1, 1, {check("tls.b", 0, Outcome::pass)});
    rest.plan_digest = "rest";
    rest.selection = Selection{{}, {"tls.b"}, {}};
    rest.whole_plan = 3;
    rest.left_out = {left_out("tls.a", "--check tls.b", false), left_out("tls.c", "--check tls.b", false)};
    for (const bool swapped : {false, true}) {
        std::vector<NamedRun> runs{{"most", most}, {"rest", rest}};
        if (swapped) {
            std::swap(runs[0], runs[1]);
        }
        const RunRecord merged = merge_runs(std::move(runs)).run;
        EXPECT_FALSE(merged.selection) << "each was asked something else";
        ASSERT_EQ(merged.left_out.size(), 1U);
        EXPECT_EQ(merged.left_out[0].id, "tls.c");
        EXPECT_TRUE(merged.left_out[0].excluded) << "taken out of what was asked for goes before not asked for";
        EXPECT_EQ(merged.whole_plan, 3U);
        EXPECT_EQ(merged.missing_count(), 0U);
    }
    RunRecord older = rest;
    older.whole_plan = 0;
    EXPECT_EQ(merge_runs({{"most", most}, {"older", older}}).run.whole_plan, 0U);
    most.accepts_excluded = true;
    EXPECT_FALSE(merge_runs({{"most", most}, {"rest", rest}}).run.accepts_excluded);
}

TEST(Merge, AMissingShardIsSaidAndLeavesTheResultIncomplete) {
    const MergedRun merged = merge_runs({{"a", shard(1, 3, {check("tls.a", 0, Outcome::pass)})},
                                         {"c", shard(3, 3, {check("tls.c", 2, Outcome::pass)})}});
    EXPECT_THAT(merged.conflicts, ElementsAre("shard 2 of 3 is missing; its checks are not in the result"));
    EXPECT_EQ(merged.run.end_reason, EndReason::incomplete);
    EXPECT_EQ(merge_runs({{"a", shard(1, 2, {})}}).run.end_reason, EndReason::incomplete);
}

TEST(Merge, AKilledShardIsAKilledRun) {
    RunRecord killed = shard(2, 2, {check("tls.b", 1, std::nullopt)});
    killed.ended.reset();
    killed.end_reason = EndReason::killed;
    const MergedRun merged = merge_runs({{"a", shard(1, 2, {check("tls.a", 0, Outcome::pass)})}, {"b", killed}});
    EXPECT_THAT(merged.conflicts, IsEmpty());
    EXPECT_EQ(merged.run.end_reason, EndReason::killed);
    EXPECT_FALSE(merged.run.ended);
    EXPECT_EQ(merged.run.count(Outcome::inconclusive), 1U);
}

/// One endpoint shut one shard out, which says nothing of why another did not come to its checks.
TEST(Merge, ACutOffIsOfTheRunThatWasCutOff) {
    RunRecord cut = shard(1, 2, {check("tls.a", 0, std::nullopt), check("tls.c", 2, std::nullopt)});
    cut.targets[0].cut_off = CutOff{noon, {"mtls.a"}, "connection reset"};
    cut.end_reason = EndReason::cut_off;
    cut.checks[1].earlier = {*check("tls.c", 2, Outcome::fail).result};
    cut.reruns = {{noon, "host", {{"cloud", "tls.c", "", 2}}}};
    RunRecord killed = shard(2, 2, {check("tls.b", 1, std::nullopt)});
    killed.ended.reset();
    killed.end_reason = EndReason::killed;
    for (const bool swapped : {false, true}) {
        std::vector<NamedRun> runs{{"cut", cut}, {"killed", killed}};
        if (swapped) {
            std::swap(runs[0], runs[1]);
        }
        const RunRecord merged = merge_runs(std::move(runs)).run;
        std::istringstream journal(encode_run(merged));
        for (const RunRecord& run : {merged, read_journal(journal).run}) {
            EXPECT_FALSE(run.targets[0].cut_off);
            EXPECT_EQ(run.end_reason, EndReason::killed);
            ASSERT_EQ(run.checks.size(), 3U);
            EXPECT_EQ(run.result_of(run.checks[0]).sentence, "not run: " + cut.targets[0].cut_off->sentence());
            EXPECT_EQ(run.result_of(run.checks[0]).remedy, cut.targets[0].cut_off->remedy());
            EXPECT_EQ(run.result_of(run.checks[0]).outcome, Outcome::inconclusive);
            EXPECT_EQ(run.result_of(run.checks[1]).sentence, "not run: the run was killed");
            EXPECT_EQ(run.result_of(run.checks[2]).outcome, Outcome::fail) << "what failed before it still does";
        }
    }
    RunRecord later = killed;
    later.targets[0].cut_off = CutOff{noon + 1s, {}, "connection reset"};
    for (const RunRecord& other : {shard(2, 2, {check("tls.b", 1, Outcome::pass)}), later}) {
        for (const RunRecord& merged :
             {merge_runs({{"cut", cut}, {"other", other}}).run, merge_runs({{"other", other}, {"cut", cut}}).run}) {
            ASSERT_TRUE(merged.targets[0].cut_off) << "nobody who did not judge all of it says otherwise";
            EXPECT_EQ(merged.targets[0].cut_off->since, noon);
            EXPECT_FALSE(merged.checks[0].result);
        }
    }
    // A result goes before none, whatever kept the other from it.
    const RunRecord judged = shard(2, 2, {check("tls.a", 0, Outcome::pass), check("tls.b", 1, std::nullopt)});
    EXPECT_EQ(merge_runs({{"cut", cut}, {"judged", judged}}).run.count(Outcome::pass), 1U);
}

TEST(Merge, TheWorseOfTwoVerdictsCountsAndTheConflictIsSaid) {
    for (const bool swapped : {false, true}) {
        std::vector<NamedRun> runs{
            {"a", shard(1, 1, {check("tls.a", 0, Outcome::pass), check("tls.b", 1, std::nullopt)})},
            {"b", shard(1, 1, {check("tls.a", 0, Outcome::fail), check("tls.b", 1, Outcome::pass)})}};
        if (swapped) {
            std::swap(runs[0], runs[1]);
        }
        const MergedRun merged = merge_runs(std::move(runs));
        EXPECT_THAT(merged.conflicts, ElementsAre(HasSubstr("the worse counts")));
        EXPECT_EQ(merged.run.count(Outcome::fail), 1U);
        EXPECT_EQ(merged.run.count(Outcome::pass), 1U) << "a result goes before none";
    }
}

TEST(Merge, WhatDoesNotFitTogetherIsSaid) {
    RunRecord other_plan = shard(2, 2, {});
    other_plan.plan_digest = "other";
    EXPECT_THAT(merge_runs({{"a", shard(1, 2, {})}, {"b", other_plan}}).conflicts,
                ElementsAre(HasSubstr("a and b are shards of different plans")));
    RunRecord again = shard(1, 2, {});
    again.seed = 8;
    EXPECT_THAT(merge_runs({{"a", shard(1, 2, {})}, {"b", again}}).conflicts,
                ElementsAre("a and b are both shard 1 of 2", HasSubstr("shard 2 of 2 is missing")));
    EXPECT_THAT(merge_runs({{"a", shard(1, 2, {})}, {"copy", shard(1, 2, {})}}).conflicts,
                ElementsAre(HasSubstr("shard 2 of 2 is missing")));
    EXPECT_THAT(merge_runs({{"a", shard(1, 2, {})}, {"b", shard(2, 4, {})}}).conflicts,
                testing::Contains("a is one of 2 shards, b one of 4"));
    RunRecord other_target = shard(2, 2, {});
    other_target.targets[0].profile_digest = "changed";
    EXPECT_THAT(merge_runs({{"a", shard(1, 2, {})}, {"b", other_target}}).conflicts,
                ElementsAre(HasSubstr("target cloud is another one in b")));
    RunRecord other_version = shard(2, 2, {});
    other_version.tool_version = "2";
    EXPECT_THAT(merge_runs({{"a", shard(1, 2, {})}, {"b", other_version}}).conflicts,
                ElementsAre("a is of gateproof 1, b of 2"));
}

TEST(Merge, RunsOfDifferentEndpointsStandInTheirOrder) {
    RunRecord desktop = shard(1, 1, {check("tls.a", 0, Outcome::pass)});
    desktop.plan_digest = "another";
    desktop.targets[0].name = "desktop";
    desktop.checks[0].target = "desktop";
    const MergedRun merged = merge_runs({{"a", shard(1, 1, {check("tls.z", 5, Outcome::pass)})}, {"b", desktop}});
    EXPECT_THAT(merged.conflicts, IsEmpty());
    EXPECT_THAT(ids(merged.run), ElementsAre("tls.z", "tls.a"));
    EXPECT_EQ(merged.run.targets.size(), 2U);
}

/// A run of one check of a plan of two.
RunRecord part_of(const std::string& plan, std::string own, std::string other, std::size_t position) {
    RunRecord run = shard(1, 1, {check(std::move(own), position, Outcome::pass)});
    run.plan_digest = "selected: " + run.checks.front().id;
    run.whole_plan = 2;
    run.whole_plan_digest = plan;
    run.left_out = {left_out(std::move(other), "--check", false)};
    return run;
}

TEST(Merge, PartsOfOnePlanAreTheWholeTogether) {
    const MergedRun merged =
        merge_runs({{"b", part_of("plan", "tls.b", "tls.a", 1)}, {"a", part_of("plan", "tls.a", "tls.b", 0)}});
    EXPECT_THAT(merged.conflicts, IsEmpty());
    EXPECT_THAT(ids(merged.run), ElementsAre("tls.a", "tls.b"));
    EXPECT_THAT(merged.run.left_out, IsEmpty());
    EXPECT_EQ(merged.run.whole_plan, 2U);
    EXPECT_EQ(merged.run.missing_count(), 0U);
    EXPECT_EQ(merged.run.whole_plan_digest, "plan");
}

TEST(Merge, PartsOfDifferentPlansOfOneEndpointAreSaid) {
    const MergedRun merged =
        merge_runs({{"a", part_of("plan", "tls.a", "tls.b", 0)}, {"b", part_of("other", "tls.b", "tls.a", 1)}});
    EXPECT_THAT(merged.conflicts, ElementsAre(HasSubstr("a and b judge the same endpoints by different whole plans")));
    EXPECT_EQ(merged.run.whole_plan_digest, "");
    RunRecord elsewhere = part_of("other", "tls.b", "tls.a", 1);
    elsewhere.targets.front().name = "desktop";
    elsewhere.checks.front().target = "desktop";
    EXPECT_THAT(merge_runs({{"a", part_of("plan", "tls.a", "tls.b", 0)}, {"b", elsewhere}}).conflicts, IsEmpty());
    EXPECT_THAT(
        merge_runs({{"a", part_of("plan", "tls.a", "tls.b", 0)}, {"old", part_of("", "tls.b", "tls.a", 1)}}).conflicts,
        IsEmpty());
}

TEST(Merge, WhatIsSaidIsKeptOnceAndTheFirstDayEndsIt) {
    const Attestation said{Attestation::Subject::check, "tls.a", "", "Jane", std::chrono::sys_days{}, "seen"};
    RunRecord one = shard(1, 2, {check("tls.a", 0, Outcome::fail)});
    RunRecord two = shard(2, 2, {check("tls.b", 1, Outcome::pass)});
    one.attestations = {said};
    two.attestations = {said, {Attestation::Subject::scenario, "S1", "", "Jane", std::chrono::sys_days{}, "seen"}};
    one.targets.front().details = {"Example Ltd", "", "", "Jane", std::chrono::sys_days(2027y / 2 / 4)};
    two.targets.front().details = {"Example Ltd", "", "", "Sam", std::chrono::sys_days(2027y / 2 / 3)};
    const MergedRun merged = merge_runs({{"a", one}, {"b", two}});
    ASSERT_EQ(merged.run.attestations.size(), 2U);
    EXPECT_EQ(merged.run.attestations.front(), said);
    EXPECT_EQ(merged.run.count(Outcome::fail), 1U);
    EXPECT_EQ(merged.run.targets.front().details.tester, "Jane, Sam");
    EXPECT_EQ(merged.run.targets.front().details.valid_until, std::chrono::sys_days(2027y / 2 / 3));
    std::istringstream journal(encode_run(merged.run));
    EXPECT_EQ(read_journal(journal).run.attestations, merged.run.attestations);
}

TEST(Merge, NothingIsNothing) {
    EXPECT_THAT(merge_runs({}).run.checks, IsEmpty());
}

}  // namespace
}  // namespace gateproof::merge_test
