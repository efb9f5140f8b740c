#include "harness/run/shard/variables.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace gateproof {
namespace {

using Lookup = std::function<const char*(const char*)>;

std::string_view text_of(const Lookup& variable, const char* name) {
    const char* value = name == nullptr ? nullptr : variable(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

std::optional<std::size_t> number_from(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional(value) : std::nullopt;
}

struct Scheme {
    const char* name;
    const char* index;
    const char* total;
    std::size_t first;  ///< what the first shard's index is
    const char* status_file = nullptr;
    const char* first_from = nullptr;  ///< variable that holds `first`
    const char* step = nullptr;        ///< variable that holds the distance of indices
    bool total_elsewhere = false;      ///< the caller gives the total where the variable does not
};

constexpr std::array schemes{
    Scheme{"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
    Scheme{"Bazel", "TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", 0, "TEST_SHARD_STATUS_FILE"},
    Scheme{"GoogleTest", "GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS", 0, "GTEST_SHARD_STATUS_FILE"},
    Scheme{"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", 0, nullptr, "SLURM_ARRAY_TASK_MIN",
           "SLURM_ARRAY_TASK_STEP"},
    Scheme{"Kubernetes", "JOB_COMPLETION_INDEX", "GATEPROOF_SHARDS", 0, nullptr, nullptr, nullptr, true},
};

struct Found {
    std::optional<Shard> shard;
    std::string source;
    std::string problem;
};

/// "Slurm (SLURM_ARRAY_TASK_ID=3, SLURM_ARRAY_TASK_COUNT=4, SLURM_ARRAY_TASK_MIN=1)"
std::string source_of(const Scheme& scheme, const Lookup& variable) {
    std::string text;
    for (const char* name : {scheme.index, scheme.total, scheme.first_from, scheme.step}) {
        if (const std::string_view value = text_of(variable, name); !value.empty()) {
            text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, value);
        }
    }
    return fmt::format("{} ({})", scheme.name, text);
}

Found read(const Scheme& scheme, const Lookup& variable, std::optional<std::size_t> given_total) {
    const std::string_view index_text = text_of(variable, scheme.index);
    const std::string_view total_text = text_of(variable, scheme.total);
    if (index_text.empty() && (total_text.empty() || scheme.total_elsewhere)) {
        return {};
    }
    Found found;
    found.source = source_of(scheme, variable);
    if (index_text.empty()) {
        // GitLab says CI_NODE_TOTAL=1 in every job that is not parallel.
        if (number_from(total_text) == 1) {
            found.shard = Shard{};
        } else {
            found.problem = fmt::format("{}: {} is not set", found.source, scheme.index);
        }
        return found;
    }
    const std::optional<std::size_t> total =
        total_text.empty() && scheme.total_elsewhere ? given_total : number_from(total_text);
    if (!total && total_text.empty()) {
        found.problem = scheme.total_elsewhere
                            ? fmt::format("{} does not say how many shards there are; give --shards N or set {}",
                                          found.source, scheme.total)
                            : fmt::format("{}: {} is not set", found.source, scheme.total);
        return found;
    }
    const auto value = [&](const char* name, std::size_t otherwise) {
        const std::string_view text = text_of(variable, name);
        return text.empty() ? std::optional(otherwise) : number_from(text);
    };
    const auto index = number_from(index_text);
    const auto first = value(scheme.first_from, scheme.first);
    const auto step = value(scheme.step, 1);
    if (!index || !total || !first || !step || *step == 0 || *index < *first || (*index - *first) % *step != 0 ||
        (*index - *first) / *step >= *total) {
        found.problem = fmt::format("{} names no shard of a whole", found.source);
        return found;
    }
    found.shard = Shard{(*index - *first) / *step + 1, *total};
    return found;
}

}  // namespace

ShardVariables read_shard_variables(const Lookup& variable, std::optional<std::size_t> total) {
    ShardVariables result;
    for (const Scheme& scheme : schemes) {
        Found found = read(scheme, variable, total);
        if (!found.problem.empty()) {
            return {std::nullopt, {}, std::move(found.problem), {}};
        }
        if (!found.shard) {
            continue;
        }
        if (const std::string_view file = text_of(variable, scheme.status_file); !file.empty()) {
            result.status_file = file;
        }
        if (!result.shard) {
            result.shard = found.shard;
            result.source = std::move(found.source);
        } else if (*result.shard != *found.shard) {
            return {std::nullopt, {}, fmt::format("{} contradicts {}", found.source, result.source), {}};
        }
    }
    if (result.shard && total && *total != result.shard->count) {
        return {std::nullopt, {}, fmt::format("{} contradicts --shards {}", result.source, *total), {}};
    }
    return result;
}

}  // namespace gateproof
