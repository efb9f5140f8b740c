#include "harness/run/shard/shard.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace gateproof {
namespace {

using testing::Each;
using testing::SizeIs;

boost::asio::awaitable<Verdict> passes(Context&) {
    co_return Verdict::pass("fine");
}

/// Two targets; of `checks` checks every fifth is skipped on desktop, some share a resource, some make load.
Plan sample_plan(std::size_t checks) {
    static std::vector<std::string> ids;
    ids.clear();
    for (std::size_t i = 0; i < checks; ++i) {
        ids.push_back("s.check-" + std::to_string(i));
    }
    static Catalogue catalogue;
    catalogue.suites = {{"s", "S", {}}};
    for (std::size_t i = 0; i < checks; ++i) {
        Check check;
        check.id = ids[i];
        check.title = "t";
        check.run = passes;
        check.channels = i % 5 == 0 ? std::vector{Channel::cloud} : std::vector<Channel>{};
        check.resource = i % 10 == 1 ? "cache" : "";
        check.intrusiveness = i % 20 == 2 ? Intrusiveness::load : Intrusiveness::passive;
        catalogue.suites[0].checks.push_back(check);
    }
    Profile cloud;
    cloud.name = "cloud";
    cloud.environment = Environment::embedded;
    Profile desktop = cloud;
    desktop.name = "desktop";
    desktop.channel = Channel::desktop;
    return make_plan(catalogue, {cloud, desktop}, {});
}

std::string key_of(const Plan& plan, const PlannedCheck& planned) {
    return plan.targets[planned.target].name + " " + planned.id();
}

std::size_t to_run(const Plan& plan) {
    return static_cast<std::size_t>(
        std::ranges::count_if(plan.checks, [](const PlannedCheck& planned) { return planned.skip_reason.empty(); }));
}

TEST(Shard, KnowsTheWholePlanAndAllThatWasLeftOut) {
    Plan whole = sample_plan(20);
    whole.left_out.push_back({whole.checks.back(), "--exclude s.x", true});
    ++whole.whole;
    for (const std::size_t index : {1U, 2U, 3U}) {
        const Plan part = shard_of(whole, {index, 3});
        EXPECT_EQ(part.whole, 41U);
        EXPECT_THAT(part.left_out, SizeIs(1));
    }
}

class ShardSplit : public testing::TestWithParam<std::size_t> {};

TEST_P(ShardSplit, IsDisjointCompleteEvenAndInOrder) {
    const std::size_t count = GetParam();
    const Plan whole = sample_plan(100);
    std::map<std::string, std::size_t> seen;
    std::vector<std::size_t> sizes;
    for (std::size_t index = 1; index <= count; ++index) {
        const Plan part = shard_of(whole, {index, count});
        sizes.push_back(to_run(part));
        for (const PlannedCheck& planned : part.checks) {
            ++seen[key_of(part, planned)];
        }
        EXPECT_TRUE(std::ranges::is_sorted(part.checks, {}, &PlannedCheck::position));
    }
    EXPECT_THAT(seen, SizeIs(whole.checks.size()));
    EXPECT_THAT(seen, Each(testing::Field(&std::pair<const std::string, std::size_t>::second, 1U)));
    constexpr std::size_t largest_group = 10;
    EXPECT_LE(std::ranges::max(sizes) - std::ranges::min(sizes), count <= 8 ? 1U : largest_group);
}
INSTANTIATE_TEST_SUITE_P(Counts, ShardSplit, testing::Values(1, 2, 3, 4, 7, 8, 40, 500));

TEST(Shard, WhatMustNotOverlapStaysTogether) {
    std::map<std::string, std::set<std::size_t>> shards_of_group;
    for (std::size_t index = 1; index <= 4; ++index) {
        const Plan part = shard_of(sample_plan(100), {index, 4});
        for (const PlannedCheck& planned : part.checks) {
            const std::string& target = part.targets[planned.target].name;
            if (planned.check->intrusiveness == Intrusiveness::load) {
                shards_of_group[target + " load"].insert(index);
            } else if (!planned.check->resource.empty()) {
                shards_of_group[target + " cache"].insert(index);
            }
        }
    }
    EXPECT_THAT(shards_of_group, SizeIs(4));
    for (const auto& [group, shards] : shards_of_group) {
        EXPECT_THAT(shards, SizeIs(1)) << group;
    }
}

TEST(Shard, EachSaysWhichLoadTheOthersMake) {
    const Plan whole = sample_plan(100);
    std::set<std::string> load;
    for (const PlannedCheck& planned : whole.checks) {
        if (planned.check->intrusiveness == Intrusiveness::load) {
            load.insert(planned.id() + " of " + whole.targets[planned.target].name);
        }
    }
    ASSERT_THAT(load, SizeIs(10));
    EXPECT_THAT(whole.load_elsewhere, testing::IsEmpty());
    for (std::size_t index = 1; index <= 4; ++index) {
        const Plan part = shard_of(whole, {index, 4});
        std::set<std::string> told(part.load_elsewhere.begin(), part.load_elsewhere.end());
        for (const PlannedCheck& planned : part.checks) {
            if (planned.check->intrusiveness == Intrusiveness::load) {
                EXPECT_TRUE(told.insert(planned.id() + " of " + part.targets[planned.target].name).second)
                    << "a check is here or elsewhere";
            }
        }
        EXPECT_EQ(told, load) << "shard " << index;
    }
}

TEST(Shard, TogetherTheyKeepThePolitenessOfOne) {
    Plan plan = sample_plan(4);
    plan.targets[0].limits.connections_per_second = 20;
    plan.targets[0].limits.concurrent_connections = 8;
    plan.targets[0].limits.requests = 5000;
    plan.targets[1].limits.connections_per_second = 0;
    plan.targets[1].limits.concurrent_connections = 2;
    plan.targets[1].limits.requests = 0;
    const Plan part = shard_of(plan, {1, 4});
    EXPECT_DOUBLE_EQ(part.targets[0].limits.connections_per_second, 5);
    EXPECT_EQ(part.targets[0].limits.concurrent_connections, 2);
    EXPECT_EQ(part.targets[0].limits.requests, 1250);
    EXPECT_DOUBLE_EQ(part.targets[1].limits.connections_per_second, 0) << "no cap stays none";
    EXPECT_EQ(part.targets[1].limits.concurrent_connections, 1);
    EXPECT_EQ(part.targets[1].limits.requests, 0);
    EXPECT_EQ(shard_of(plan, {1, 1}).targets[0].limits.requests, 5000);
}

TEST(Shard, IsReadStrictly) {
    EXPECT_EQ(parse_shard("2/4"), (Shard{2, 4}));
    EXPECT_EQ(parse_shard("1/1"), (Shard{1, 1}));
    for (const char* text :
         {"", "2", "0/4", "5/4", "2/0", "-1/4", "+1/4", "1/4 ", "a/b", "1/4/2", "1/100001", "/", "1.5/4"}) {
        EXPECT_FALSE(parse_shard(text)) << text;
    }
}

TEST(PlanDigest, ChangesWithEverythingThatThePlanSays) {
    const Plan plan = sample_plan(10);
    const std::string digest = plan_digest(plan, {"a", "b"});
    EXPECT_THAT(digest, SizeIs(64));
    EXPECT_EQ(plan_digest(sample_plan(10), {"a", "b"}), digest);
    EXPECT_NE(plan_digest(plan, {"a", "c"}), digest);
    EXPECT_NE(plan_digest(sample_plan(11), {"a", "b"}), digest);
    Plan other = plan;
    other.checks[3].skip_reason = "no secret";
    EXPECT_NE(plan_digest(other, {"a", "b"}), digest);
    other = plan;
    other.targets[1].name = "elsewhere";
    EXPECT_NE(plan_digest(other, {"a", "b"}), digest);
}

}  // namespace
}  // namespace gateproof
