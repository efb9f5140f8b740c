// What the environment says about sharding: the variables of CI systems, test runners and schedulers.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "harness/journal/record.hpp"

namespace gateproof {

struct ShardVariables {
    std::optional<Shard> shard;  ///< empty: nothing is said, or `problem`
    std::string source;          ///< "GitLab (CI_NODE_INDEX=2, CI_NODE_TOTAL=4)"
    std::string problem;         ///< variables that contradict themselves or each other
    std::string status_file;     ///< to be touched by who understands the variables (Bazel, GoogleTest); empty: none
};

/// Reads, in this order:
///  - GitLab: CI_NODE_INDEX (from 1), CI_NODE_TOTAL
///  - Bazel: TEST_SHARD_INDEX (from 0), TEST_TOTAL_SHARDS, TEST_SHARD_STATUS_FILE
///  - GoogleTest: GTEST_SHARD_INDEX (from 0), GTEST_TOTAL_SHARDS, GTEST_SHARD_STATUS_FILE
///  - Slurm job arrays: SLURM_ARRAY_TASK_ID, _COUNT, _MIN and _STEP
///  - Kubernetes Indexed Jobs: JOB_COMPLETION_INDEX (from 0); the total comes from `total` (--shards) or
///    GATEPROOF_SHARDS, since Kubernetes does not tell it
/// Two sources that agree are one; two that do not are a problem. `total` must agree with what a source says.
ShardVariables read_shard_variables(const std::function<const char*(const char*)>& variable,
                                    std::optional<std::size_t> total);

}  // namespace gateproof
