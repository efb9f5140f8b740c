#include "harness/run/shard/variables.hpp"

#include <gmock/gmock.h>

#include <map>

namespace gateproof {
namespace {

using testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

ShardVariables read(const Variables& set, std::optional<std::size_t> total = {}) {
    return read_shard_variables(
        [&set](const char* name) -> const char* {
            const auto found = set.find(name);
            return found == set.end() ? nullptr : found->second.c_str();
        },
        total);
}

TEST(ShardVariables, NothingSaidIsNothing) {
    EXPECT_FALSE(read({}).shard);
    EXPECT_EQ(read({}).problem, "");
    EXPECT_FALSE(read({{"GATEPROOF_SHARDS", "4"}}).shard) << "a total alone says not which one";
    EXPECT_FALSE(read({}, 4).shard);
}

TEST(ShardVariables, GitLabCountsFromOne) {
    const ShardVariables variables = read({{"CI_NODE_INDEX", "4"}, {"CI_NODE_TOTAL", "4"}});
    EXPECT_EQ(variables.shard, (Shard{4, 4}));
    EXPECT_EQ(variables.source, "GitLab (CI_NODE_INDEX=4, CI_NODE_TOTAL=4)");
    EXPECT_EQ(read({{"CI_NODE_TOTAL", "1"}}).shard, (Shard{1, 1})) << "a job that is not parallel";
    EXPECT_THAT(read({{"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "4"}}).problem, HasSubstr("names no shard"));
    EXPECT_THAT(read({{"CI_NODE_INDEX", "5"}, {"CI_NODE_TOTAL", "4"}}).problem, HasSubstr("names no shard"));
    EXPECT_THAT(read({{"CI_NODE_TOTAL", "4"}}).problem, HasSubstr("CI_NODE_INDEX is not set"));
    EXPECT_THAT(read({{"CI_NODE_INDEX", "2"}}).problem, HasSubstr("CI_NODE_TOTAL is not set"));
}

TEST(ShardVariables, BazelAndGoogleTestCountFromZeroAndNameAStatusFile) {
    const ShardVariables bazel =
        read({{"TEST_SHARD_INDEX", "0"}, {"TEST_TOTAL_SHARDS", "3"}, {"TEST_SHARD_STATUS_FILE", "/tmp/status"}});
    EXPECT_EQ(bazel.shard, (Shard{1, 3}));
    EXPECT_EQ(bazel.status_file, "/tmp/status");
    EXPECT_EQ(read({{"GTEST_SHARD_INDEX", "2"}, {"GTEST_TOTAL_SHARDS", "3"}}).shard, (Shard{3, 3}));
    EXPECT_THAT(read({{"GTEST_SHARD_INDEX", "3"}, {"GTEST_TOTAL_SHARDS", "3"}}).problem, HasSubstr("names no shard"));
    EXPECT_THAT(read({{"TEST_SHARD_INDEX", "x"}, {"TEST_TOTAL_SHARDS", "3"}}).problem, HasSubstr("names no shard"));
}

TEST(ShardVariables, BazelSetsGoogleTestsVariablesToo) {
    EXPECT_EQ(read({{"TEST_SHARD_INDEX", "1"},
                    {"TEST_TOTAL_SHARDS", "3"},
                    {"GTEST_SHARD_INDEX", "1"},
                    {"GTEST_TOTAL_SHARDS", "3"}})
                  .shard,
              (Shard{2, 3}));
}

TEST(ShardVariables, SlurmArraysMayBeginAnywhereAndStep) {
    EXPECT_EQ(
        read({{"SLURM_ARRAY_TASK_ID", "7"}, {"SLURM_ARRAY_TASK_COUNT", "4"}, {"SLURM_ARRAY_TASK_MIN", "5"}}).shard,
        (Shard{3, 4}));
    EXPECT_EQ(read({{"SLURM_ARRAY_TASK_ID", "6"},
                    {"SLURM_ARRAY_TASK_COUNT", "4"},
                    {"SLURM_ARRAY_TASK_MIN", "0"},
                    {"SLURM_ARRAY_TASK_STEP", "2"}})
                  .shard,
              (Shard{4, 4}));
    const Variables uneven{{"SLURM_ARRAY_TASK_ID", "7"},
                           {"SLURM_ARRAY_TASK_COUNT", "3"},
                           {"SLURM_ARRAY_TASK_MIN", "1"},
                           {"SLURM_ARRAY_TASK_STEP", "1"}};
    EXPECT_THAT(read(uneven).problem, HasSubstr("names no shard")) << "--array=1,3,7 is no even range";
}

TEST(ShardVariables, KubernetesNeedsATotal) {
    EXPECT_EQ(read({{"JOB_COMPLETION_INDEX", "3"}}, 4).shard, (Shard{4, 4}));
    EXPECT_EQ(read({{"JOB_COMPLETION_INDEX", "3"}, {"GATEPROOF_SHARDS", "5"}}).shard, (Shard{4, 5}));
    EXPECT_THAT(read({{"JOB_COMPLETION_INDEX", "3"}}).problem, HasSubstr("give --shards N or set GATEPROOF_SHARDS"));
    EXPECT_THAT(read({{"JOB_COMPLETION_INDEX", "4"}}, 4).problem, HasSubstr("names no shard"));
}

TEST(ShardVariables, ContradictionsAreNotResolvedByGuessing) {
    EXPECT_THAT(
        read({{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "4"}, {"TEST_SHARD_INDEX", "0"}, {"TEST_TOTAL_SHARDS", "2"}})
            .problem,
        HasSubstr("contradicts GitLab"));
    EXPECT_THAT(read({{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "4"}}, 5).problem, HasSubstr("contradicts --shards 5"));
}

}  // namespace
}  // namespace gateproof
