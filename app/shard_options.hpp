// --shard and --shards: which part of the plan this process runs.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "harness/journal/record.hpp"

namespace gateproof::cli {

class ShardOptions {
public:
    void declare(CLI::App& app);
    [[nodiscard]] bool given() const { return !text_.empty(); }

    struct Choice {
        Shard shard;
        std::string source;  ///< the variables that say so; empty: the command line does
    };
    /// Throws Unusable when the environment does not say which shard, or contradicts itself. With `acknowledge`,
    /// touches the status file that Bazel and GoogleTest expect of a program that shards.
    [[nodiscard]] Choice choose(bool acknowledge) const;

private:
    std::string text_;
    std::optional<std::size_t> total_;
};

}  // namespace gateproof::cli
