// A plan split over several processes: disjoint parts that are the whole together, and of even size.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/run/plan.hpp"

namespace gateproof {

/// "2/4": the second of four parts. Empty: no such thing.
std::optional<Shard> parse_shard(std::string_view text);

/// The part of the plan that belongs to this shard, in the plan's order. Every process computes the same split from the
/// same plan. Checks of one target that name the same resource stay together, and so do its load checks, since only
/// within a process can they be kept from overlapping. Each target's politeness caps are divided by the number of
/// shards, so that all of them together keep what the profile asks for.
Plan shard_of(Plan plan, const Shard& shard);

/// The part of the politeness caps that falls to one of so many shards.
Plan with_shared_limits(Plan plan, std::size_t shards);

/// Same plan, same digest: targets, checks, and what is skipped why. `profile_digests` go by target.
std::string plan_digest(const Plan& plan, const std::vector<std::string>& profile_digests);

/// The same of the whole plan, whatever was selected of it.
std::string whole_plan_digest(const Plan& plan, const std::vector<std::string>& profile_digests);

}  // namespace gateproof
