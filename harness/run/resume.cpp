#include "harness/run/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "harness/model/glob.hpp"

namespace gateproof {
namespace {

using Key = std::pair<std::string, std::string>;  ///< target, full id

std::map<Key, const CheckRecord*> index_of(const RunRecord& run) {
    std::map<Key, const CheckRecord*> index;
    for (const CheckRecord& check : run.checks) {
        index.emplace(Key(check.target, check.full_id()), &check);
    }
    return index;
}

/// At most so many of one kind, then how many more.
class Told {
public:
    void add(std::string line) {
        constexpr std::size_t most = 5;
        if (lines_.size() < most) {
            lines_.push_back(std::move(line));
        } else {
            ++more_;
        }
    }
    std::vector<std::string> take() && {
        if (more_ > 0) {
            lines_.push_back(fmt::format("and {} more checks", more_));
        }
        return std::move(lines_);
    }

private:
    std::vector<std::string> lines_;
    std::size_t more_ = 0;
};

std::string decision(const std::string& skip_reason) {
    return skip_reason.empty() ? "run" : "skip (" + skip_reason + ")";
}

void compare_targets(const RunRecord& earlier, const Plan& plan, const RunOptions& options,
                     std::vector<std::string>& obstacles) {
    std::map<std::string, const TargetRecord*> targets;
    for (const TargetRecord& target : earlier.targets) {
        targets.emplace(target.name, &target);
    }
    for (std::size_t i = 0; i < plan.targets.size(); ++i) {
        const auto found = targets.find(plan.targets[i].name);
        if (found == targets.end()) {
            obstacles.push_back(fmt::format("target {} was not part of it", plan.targets[i].name));
            continue;
        }
        const std::string digest = i < options.profile_digests.size() ? options.profile_digests[i] : std::string();
        if (found->second->profile_digest != digest) {
            obstacles.push_back(fmt::format("the profile of target {}, or a certificate of it, was changed since",
                                            plan.targets[i].name));
        }
        const auto repeat = static_cast<std::size_t>(plan.targets[i].limits.repeat);
        if (found->second->repeat > 0 && found->second->repeat != repeat) {
            obstacles.push_back(
                fmt::format("what target {} must refuse was tried {} times, and would be tried {} times now (give "
                            "--repeat {})",
                            plan.targets[i].name, found->second->repeat, repeat, found->second->repeat));
        }
        if (earlier.timeout_scale != plan.targets[i].timing.scale) {
            obstacles.push_back(fmt::format(
                "every timeout of target {} was multiplied by {:g}, and is by {:g} now "
                "(give --timeout-scale {:g})",
                plan.targets[i].name, earlier.timeout_scale, plan.targets[i].timing.scale, earlier.timeout_scale));
        }
        targets.erase(found);
    }
    for (const auto& [name, target] : targets) {
        obstacles.push_back(fmt::format("target {} is missing now", name));
    }
}

void compare_catalogues(const RunRecord& earlier, const Plan& plan, const Catalogue& catalogue,
                        std::vector<std::string>& obstacles) {
    if (earlier.catalogue.version.empty() || catalogue.versions.empty()) {
        return;
    }
    const CatalogueVersion* const frozen = catalogue.version(plan.selection.requirements);
    const std::string_view now = (frozen == nullptr ? &catalogue.versions.back() : frozen)->name;
    const auto shown = [](std::string_view version, bool is_frozen) {
        return fmt::format("{}{}", version, is_frozen ? " as it was frozen" : "");
    };
    if (earlier.catalogue.version != now || earlier.catalogue.frozen != (frozen != nullptr)) {
        obstacles.push_back(fmt::format("it was judged by the requirement catalogue {}, and would be by {} now",
                                        shown(earlier.catalogue.version, earlier.catalogue.frozen),
                                        shown(now, frozen != nullptr)));
    }
}

std::vector<std::string> compare_checks(const RunRecord& earlier, const Plan& plan) {
    std::map<Key, const CheckRecord*> planned_then = index_of(earlier);
    Told told;
    for (const PlannedCheck& planned : plan.checks) {
        const std::string& target = plan.targets[planned.target].name;
        const auto then = planned_then.find(Key(target, planned.id()));
        if (then == planned_then.end()) {
            told.add(fmt::format("{} of {} is planned now and was not then", planned.id(), target));
            continue;
        }
        if (then->second->skip_reason != planned.skip_reason) {
            told.add(fmt::format("{} of {}: the plan was to {}, and is now to {}", planned.id(), target,
                                 decision(then->second->skip_reason), decision(planned.skip_reason)));
        }
        planned_then.erase(then);
    }
    for (const auto& [key, check] : planned_then) {
        told.add(fmt::format("{} of {} was planned then and is not now", key.second, key.first));
    }
    return std::move(told).take();
}

}  // namespace

std::vector<std::string> resume_obstacles(const RunRecord& earlier, const Plan& plan, const RunOptions& options,
                                          const Catalogue& catalogue) {
    std::vector<std::string> obstacles;
    if (earlier.tool_version != options.version) {
        obstacles.push_back(
            fmt::format("it was begun by gateproof {}, and this is {}", earlier.tool_version, options.version));
    }
    if (earlier.shard != options.shard) {
        obstacles.push_back(fmt::format("it is shard {} of {}, not {} of {}", earlier.shard.index, earlier.shard.count,
                                        options.shard.index, options.shard.count));
    }
    if (options.seed && *options.seed != earlier.seed) {
        obstacles.push_back(fmt::format("its seed is {}, not {}", earlier.seed, *options.seed));
    }
    compare_catalogues(earlier, plan, catalogue, obstacles);
    compare_targets(earlier, plan, options, obstacles);
    if (obstacles.empty()) {
        // Otherwise these would only be consequences.
        obstacles = compare_checks(earlier, plan);
    }
    if (obstacles.empty() && earlier.whole_plan > 0 && plan.whole != earlier.whole_plan) {
        obstacles.push_back(fmt::format("the catalogue has {} checks for these targets, and had {} then", plan.whole,
                                        earlier.whole_plan));
    }
    return obstacles;
}

Plan planned_in(Plan plan, const RunRecord& earlier) {
    const std::map<Key, const CheckRecord*> planned_then = index_of(earlier);
    std::erase_if(plan.checks, [&](const PlannedCheck& planned) {
        return !planned_then.contains(Key(plan.targets[planned.target].name, planned.id()));
    });
    return plan;
}

ChosenAgain choose_again(const RunRecord& run, const Again& what) {
    Globs suites(what.selection.suites);
    Globs checks(what.selection.checks);
    Globs excludes(what.selection.excludes);
    ChosenAgain chosen;
    for (std::size_t i = 0; i < run.checks.size(); ++i) {
        const CheckRecord& check = run.checks[i];
        const auto matches = [&check](Globs& globs) {
            const bool by_id = globs.match(check.id, check.suite) != nullptr;
            return globs.match(check.full_id(), check.suite) != nullptr || by_id;
        };
        // Every filter is asked, so that only patterns that match nothing at all count as unmatched.
        const bool in_suites = suites.empty() || suites.match(check.suite, check.suite) != nullptr;
        const bool in_checks = checks.empty() || matches(checks);
        const bool excluded = matches(excludes);
        if (!in_suites || !in_checks || excluded || !check.skip_reason.empty()) {
            continue;
        }
        const bool wanted = check.result ? what.outcomes.contains(check.result->outcome) : what.not_run;
        if (wanted) {
            chosen.places.push_back(i);
        }
    }
    for (const Globs* globs : {&suites, &checks, &excludes}) {
        globs->append_unused(chosen.unmatched);
    }
    return chosen;
}

void take_over(RunRecord& record, const RunRecord& earlier, const std::vector<std::size_t>& again) {
    std::map<Key, CheckRecord*> now;
    for (CheckRecord& check : record.checks) {
        now.emplace(Key(check.target, check.full_id()), &check);
    }
    std::size_t kept = 0;
    for (const CheckRecord& then : earlier.checks) {
        const auto found = now.find(Key(then.target, then.full_id()));
        if (found != now.end()) {
            found->second->result = then.result;
            found->second->earlier = then.earlier;
            kept += then.result ? 1 : 0;
        }
    }
    for (TargetRecord& target : record.targets) {
        const auto before = std::ranges::find(earlier.targets, target.name, &TargetRecord::name);
        if (before != earlier.targets.end()) {
            target.clock = before->clock;
            target.faults = before->faults;
            target.given = before->given;
            target.details = before->details;
        }
    }
    // Those that are new come last, so that they alone are added to the journal.
    std::vector<Attestation> said = earlier.attestations;
    std::ranges::copy_if(record.attestations, std::back_inserter(said), [&](const Attestation& one) {
        return std::ranges::find(earlier.attestations, one) == earlier.attestations.end();
    });
    record.attestations = std::move(said);
    record.resumptions = earlier.resumptions;
    record.reruns = earlier.reruns;
    if (again.empty()) {
        record.resumptions.push_back({record.started, record.hostname, kept});
    } else {
        Rerun& rerun = record.reruns.emplace_back(Rerun{record.started, record.hostname});
        for (const std::size_t place : again) {
            const CheckRecord& then = earlier.checks[place];
            CheckRecord& check = *now.at(Key(then.target, then.full_id()));
            if (check.result) {
                check.earlier.push_back(*std::exchange(check.result, std::nullopt));
            }
            rerun.checks.push_back({check.target, check.id, check.case_name, check.attempt()});
        }
    }
    record.started = earlier.started;
    record.hostname = earlier.hostname;
    record.seed = earlier.seed;
    record.plan_digest = earlier.plan_digest;
    // The beginning of the journal stays as it is, and so does what it says of the whole plan.
    record.selection = earlier.selection;
    record.whole_plan = earlier.whole_plan;
    record.whole_plan_digest = earlier.whole_plan_digest;
    record.plan_suites = earlier.plan_suites;
    record.left_out = earlier.left_out;
    record.catalogue = earlier.catalogue;
}

}  // namespace gateproof
