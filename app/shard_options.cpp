#include "app/shard_options.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "app/command.hpp"
#include "harness/run/shard/shard.hpp"
#include "harness/run/shard/variables.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {

void ShardOptions::declare(CLI::App& app) {
    CLI::Option* shard =
        app.add_option("--shard", text_,
                       "Only part I of N of the plan (2/4), or auto: as the variables of GitLab, Bazel, GoogleTest, "
                       "Slurm arrays or Kubernetes Indexed Jobs say")
            ->type_name("I/N")
            ->check([](const std::string& text) {
                return text == "auto" || parse_shard(text) ? std::string()
                                                           : "not a shard such as 2/4, nor auto: " + text;
            });
    app.add_option("--shards", total_, "With --shard auto: how many shards there are, where the variables do not say")
        ->type_name("N")
        ->needs(shard)
        ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}));
}

ShardOptions::Choice ShardOptions::choose(bool acknowledge) const {
    if (text_.empty()) {
        return {};
    }
    if (const auto shard = parse_shard(text_)) {
        if (total_ && *total_ != shard->count) {
            throw Unusable(fmt::format("--shard {} and --shards {} contradict each other", text_, *total_));
        }
        return {*shard, {}};
    }
    const ShardVariables variables = read_shard_variables([](const char* name) { return std::getenv(name); }, total_);
    if (!variables.problem.empty()) {
        throw Unusable(reports::printable(variables.problem));
    }
    if (!variables.shard) {
        throw Unusable(
            "--shard auto: no variable says which shard this is (CI_NODE_INDEX, TEST_SHARD_INDEX, GTEST_SHARD_INDEX, "
            "SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX); give --shard I/N");
    }
    if (acknowledge && !variables.status_file.empty()) {
        const std::ofstream touched(variables.status_file, std::ios::app);
        if (!touched) {
            throw Unusable(
                fmt::format("the shard status file {} cannot be written", reports::printable(variables.status_file)));
        }
    }
    return {*variables.shard, variables.source};
}

}  // namespace gateproof::cli
