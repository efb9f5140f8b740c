#include "harness/run/shard/shard.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "harness/profile/digest.hpp"

namespace gateproof {
namespace {

/// Checks that must run in one process, by their indices in the plan.
using Unit = std::vector<std::size_t>;

std::vector<Unit> units_of(const Plan& plan) {
    std::vector<Unit> units;
    std::map<std::pair<std::size_t, std::string_view>, std::size_t> groups;  // target and resource to unit
    for (std::size_t index = 0; index < plan.checks.size(); ++index) {
        const PlannedCheck& planned = plan.checks[index];
        if (!planned.skip_reason.empty()) {
            continue;
        }
        const bool load = planned.check->intrusiveness == Intrusiveness::load;
        const std::string_view group = load ? "load" : planned.check->resource;
        if (group.empty()) {
            units.push_back({index});
            continue;
        }
        const auto [place, fresh] = groups.try_emplace({planned.target, group}, units.size());
        if (fresh) {
            units.emplace_back();
        }
        units[place->second].push_back(index);
    }
    return units;
}

/// The shard (from 0) of each check of the plan. The largest unit first, each to the shard that has least so far:
/// no two shards then differ by more than the largest unit.
std::vector<std::size_t> assignment(const Plan& plan, std::size_t count) {
    std::vector<Unit> units = units_of(plan);
    std::ranges::stable_sort(units, std::ranges::greater{}, &Unit::size);
    std::vector<std::size_t> shard_of_check(plan.checks.size());
    std::vector<std::size_t> load(count);
    for (const Unit& unit : units) {
        const auto least = std::ranges::min_element(load);
        for (const std::size_t index : unit) {
            shard_of_check[index] = static_cast<std::size_t>(least - load.begin());
        }
        *least += unit.size();
    }
    // What is skipped costs nothing: it only has to be told once.
    for (std::size_t index = 0, skipped = 0; index < plan.checks.size(); ++index) {
        if (!plan.checks[index].skip_reason.empty()) {
            shard_of_check[index] = skipped++ % count;
        }
    }
    return shard_of_check;
}

void share(Limits& limits, std::size_t count) {
    limits.connections_per_second /= static_cast<double>(count);
    const auto part = [count]<class Number>(Number whole) {
        return whole == 0 ? whole : std::max<Number>(1, static_cast<Number>(whole / static_cast<Number>(count)));
    };
    limits.concurrent_connections = part(limits.concurrent_connections);
    limits.requests = part(limits.requests);
}

}  // namespace

std::optional<Shard> parse_shard(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto number = [](std::string_view digits) -> std::size_t {
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
    };
    constexpr std::size_t most = 100'000;
    const Shard shard{number(text.substr(0, slash)), number(text.substr(slash + 1))};
    const bool good = shard.index >= 1 && shard.index <= shard.count && shard.count <= most;
    return good ? std::optional(shard) : std::nullopt;
}

Plan shard_of(Plan plan, const Shard& shard) {
    if (shard.count <= 1) {
        return plan;
    }
    const std::vector<std::size_t> assigned = assignment(plan, shard.count);
    std::vector<PlannedCheck> part;
    for (std::size_t index = 0; index < plan.checks.size(); ++index) {
        PlannedCheck& planned = plan.checks[index];
        if (assigned[index] + 1 == shard.index) {
            part.push_back(std::move(planned));
        } else if (planned.skip_reason.empty() && planned.check->intrusiveness == Intrusiveness::load) {
            plan.load_elsewhere.push_back(planned.id() + " of " + plan.targets[planned.target].name);
        }
    }
    plan.checks = std::move(part);
    return with_shared_limits(std::move(plan), shard.count);
}

Plan with_shared_limits(Plan plan, std::size_t shards) {
    for (Profile& profile : plan.targets) {
        share(profile.limits, shards);
    }
    return plan;
}

std::string plan_digest(const Plan& plan, const std::vector<std::string>& profile_digests) {
    Digest digest;
    for (std::size_t target = 0; target < plan.targets.size(); ++target) {
        digest.add("target").add(plan.targets[target].name);
        digest.add(target < profile_digests.size() ? profile_digests[target] : std::string());
    }
    for (const PlannedCheck& planned : plan.checks) {
        digest.add("check").add(plan.targets[planned.target].name).add(planned.id()).add(planned.skip_reason);
    }
    return digest.hex();
}

std::string whole_plan_digest(const Plan& plan, const std::vector<std::string>& profile_digests) {
    Digest digest;
    digest.add(plan.whole_digest);
    for (const std::string& profile : profile_digests) {
        digest.add(profile);
    }
    return digest.hex();
}

}  // namespace gateproof
