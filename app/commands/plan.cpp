// gateproof plan: what a run would do, and why not the rest; nothing is sent.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/shard_options.hpp"
#include "app/targets.hpp"
#include "harness/run/checked_hosts.hpp"
#include "harness/run/shard/shard.hpp"
#include "harness/text/log_commands.hpp"
#include "reports/view/text.hpp"
#include "suites/catalogue.hpp"
#include "suites/connections.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* plan_footer = R"(Examples:
  gateproof plan cloud.json                  every check: run, or skip and why
  gateproof plan cloud.json --suite mtls     of one suite
  gateproof plan cloud.json --shard 2/4      what the second of four shards runs
  gateproof plan cloud.json --json           for programs

The options of `gateproof run` are taken too, so that any line of it becomes its plan by the verb alone.)";

struct PlanCommand {
    TargetOptions targets;
    ShardOptions sharding;
    bool json = false;
};

/// A line for each option and suite: of what was not asked for there may be hundreds.
void print_left_out(const Plan& plan, std::size_t target) {
    std::map<std::pair<std::string, std::string_view>, std::pair<std::size_t, std::size_t>> groups;
    std::vector<std::pair<std::string, std::string_view>> order;
    for (const UnselectedCheck& one : plan.left_out) {
        if (!one.is_of(target)) {
            continue;
        }
        if (one.excluded || !one.newer_than.empty()) {
            const std::string by =
                one.newer_than.empty() ? one.by : "newer than the catalogue " + one.newer_than + " that is asked for";
            say(stdout, "  {:4}  {:<34}  not selected: {}{}{}\n", "left", one.planned.id(), reports::printable(by),
                one.planned.skip_reason.empty() ? "" : "; it would be skipped: ", one.planned.skip_reason);
            continue;
        }
        const std::pair key(one.by, one.planned.check->suite());
        const auto [place, fresh] = groups.try_emplace(key);
        if (fresh) {
            order.push_back(key);
        }
        ++place->second.first;
        place->second.second += one.planned.skip_reason.empty() ? 0 : 1;
    }
    for (const auto& key : order) {
        const auto& [checks, skipped] = groups.at(key);
        say(stdout, "  {:4}  {:<34}  not selected: asked for {} alone{}\n", "left",
            fmt::format("{} ({} check{})", key.second, checks, checks == 1 ? "" : "s"), reports::printable(key.first),
            skipped == 0 ? "" : fmt::format("; {} would be skipped", skipped));
    }
}

/// "gw.example, login.example", or that no check of the kind runs.
std::string hosts_text(const Plan& plan, std::size_t target, Intrusiveness intrusiveness) {
    const std::vector<std::string> hosts = checked_hosts(plan, target, intrusiveness);
    return hosts.empty() ? "nowhere, none runs" : reports::printable(fmt::format("{}", fmt::join(hosts, ", ")));
}

/// Which reading judges which requirements, where published documents contradict each other.
using Readings = std::map<std::string_view, std::vector<std::string_view>>;

Readings readings_of(const Profile& profile) {
    Readings judged;
    for (const Requirement& requirement : suites::catalogue().requirements) {
        if (requirement.contradiction != Contradiction::none) {
            judged[reading_in_force(profile, requirement.contradiction)].push_back(requirement.id);
        }
    }
    return judged;
}

/// "packs-2024 (FW-NONPROD), SE-2021 (ROTATION)"
std::string readings_text(const Profile& profile) {
    const Readings judged = readings_of(profile);
    std::string text;
    for (const auto& [reading, ids] : judged) {
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", reading, fmt::join(ids, ", "));
    }
    return text;
}

/// What the checks that run ask of one target, about.
struct Cost {
    std::size_t connections = 0;  ///< controls counted, load not
    bool load = false;
    std::chrono::milliseconds longest_wait{0};  ///< that a check with a time of its own may take
    std::string_view longest;                   ///< that check
};

Cost cost_of(const Plan& plan, std::size_t target) {
    constexpr std::size_t checks_a_control = 4;  // one vouches for several, and each looks for one before and after it
    Cost cost;
    std::size_t beside_controls = 0;
    for (const PlannedCheck& planned : plan.checks) {
        if (planned.target != target || !planned.skip_reason.empty()) {
            continue;
        }
        const Check& check = *planned.check;
        cost.connections += suites::usual_connections(check.id);
        cost.load = cost.load || check.intrusiveness == Intrusiveness::load;
        beside_controls += check.control == Control::none ? 0 : 1;
        if (check.deadline && check.deadline(plan.targets[target]) > cost.longest_wait) {
            cost.longest_wait = check.deadline(plan.targets[target]);
            cost.longest = check.id;
        }
    }
    cost.connections += (beside_controls + checks_a_control - 1) / checks_a_control;
    return cost;
}

void print_cost(const Plan& plan, std::size_t target) {
    const Cost cost = cost_of(plan, target);
    const Limits& limits = plan.targets[target].limits;
    if (cost.connections == 0) {
        return;
    }
    say(stdout, "  about {} connections{}", cost.connections, cost.load ? ", and the load of load checks" : "");
    if (limits.connections_per_second > 0) {
        say(stdout, ": at least {:.0f} s at {:g} a second",
            std::ceil(static_cast<double>(cost.connections) / limits.connections_per_second),
            limits.connections_per_second);
    }
    if (!cost.longest.empty()) {
        say(stdout, "; waits overlap, and {} may take {} s", cost.longest,
            std::chrono::ceil<std::chrono::seconds>(cost.longest_wait).count());
    }
    say(stdout, "\n");
    if (limits.requests > 0 && static_cast<std::int64_t>(cost.connections) > limits.requests) {
        say(stdout,
            "  warning: limits.requests is {}, too few for about {} connections: what comes last will be "
            "inconclusive\n",
            limits.requests, cost.connections);
    }
}

/// What is skipped, a paragraph for each reason: there may be a hundred checks of few reasons.
void print_skipped(const Plan& plan, std::size_t target) {
    std::vector<std::string> order;
    std::map<std::string, std::vector<std::string>> ids;
    for (const PlannedCheck& planned : plan.checks) {
        if (planned.target == target && !planned.skip_reason.empty()) {
            std::vector<std::string>& group = ids[planned.skip_reason];
            if (group.empty()) {
                order.push_back(planned.skip_reason);
            }
            group.push_back(planned.id());
        }
    }
    for (const std::string& reason : order) {
        const std::vector<std::string>& group = ids[reason];
        if (group.size() == 1) {
            say(stdout, "  {:4}  {:<34}  {}\n", "skip", group.front(), reason);
            continue;
        }
        say(stdout, "  {:4}  {} checks: {}\n", "skip", group.size(), reason);
        for (const std::string& id : group) {
            say(stdout, "        {}\n", id);
        }
    }
}

void print_text(const Plan& plan) {
    std::size_t to_run = 0;
    for (std::size_t target = 0; target < plan.targets.size(); ++target) {
        const Profile& profile = plan.targets[target];
        say(stdout, "{}  {}{}  ({}, {})\n", reports::printable(profile.name), profile.client ? "client, calls " : "",
            reports::printable(profile.endpoint.url()), to_string(profile.channel), to_string(profile.environment));
        say(stdout, "  active checks go to: {}; load checks go to: {}\n",
            hosts_text(plan, target, Intrusiveness::active), hosts_text(plan, target, Intrusiveness::load));
        say(stdout, "  where published documents contradict each other: {}\n", readings_text(profile));
        print_cost(plan, target);
        for (const PlannedCheck& planned : plan.checks) {
            if (planned.target != target) {
                continue;
            }
            if (planned.skip_reason.empty()) {
                ++to_run;
                say(stdout, "  {:4}  {:<34}  {}\n", "run", planned.id(), planned.title());
            }
        }
        print_skipped(plan, target);
        print_left_out(plan, target);
    }
    say(stdout, "{} to run, {} skipped", to_run, plan.checks.size() - to_run);
    if (plan.whole > plan.checks.size()) {
        say(stdout, ", {} not selected", plan.left_out_count());
        const std::size_t elsewhere = plan.whole - plan.checks.size() - plan.left_out_count();
        say(stdout, "{}, of {} in the whole plan", elsewhere == 0 ? "" : fmt::format(", {} in other shards", elsewhere),
            plan.whole);
    }
    say(stdout, "\n");
}

using Json = nlohmann::ordered_json;

Json row_of(const std::string& target, const PlannedCheck& planned, std::string_view decision) {
    Json row = Json::object();
    row["target"] = target;
    row["check"] = planned.check->id;
    if (!planned.the_case.name.empty()) {
        row["case"] = planned.the_case.name;
    }
    row["title"] = planned.title();
    row["intrusiveness"] = to_string(planned.check->intrusiveness);
    row["decision"] = decision;
    if (!planned.skip_reason.empty()) {
        row["skip_reason"] = planned.skip_reason;
    }
    return row;
}

/// The readings that judge a check, where its requirements are among those on which published documents differ.
void add_readings(Json& row, const Check& check, const Readings& readings) {
    for (const auto& [reading, ids] : readings) {
        for (const Bearing& bearing : check.requirements) {
            if (std::ranges::find(ids, bearing.requirement) != ids.end()) {
                row["readings"][std::string(bearing.requirement)] = reading;
            }
        }
    }
}

void print_json(const Plan& plan) {
    Json rows = Json::array();
    std::vector<Readings> readings;
    std::ranges::transform(plan.targets, std::back_inserter(readings), readings_of);
    std::vector<CheckedHosts> hosts(plan.targets.begin(), plan.targets.end());
    for (const PlannedCheck& planned : plan.checks) {
        const bool run = planned.skip_reason.empty();
        rows.push_back(row_of(plan.targets[planned.target].name, planned, run ? "run" : "skip"));
        add_readings(rows.back(), *planned.check, readings[planned.target]);
        if (run) {
            rows.back()["hosts"] = hosts[planned.target].of(planned);
        }
    }
    for (std::size_t target = 0; target < plan.targets.size(); ++target) {
        for (const UnselectedCheck& one : plan.left_out) {
            if (one.is_of(target)) {
                rows.push_back(row_of(plan.targets[target].name, one.planned, "not-selected"));
                add_readings(rows.back(), *one.planned.check, readings[target]);
                rows.back()["left_out_by"] = one.by;
                if (!one.newer_than.empty()) {
                    rows.back()["newer_than"] = one.newer_than;
                }
            }
        }
    }
    say(stdout, "{}\n", json_without_log_commands(rows.dump(2, ' ', true, Json::error_handler_t::replace)));
}

}  // namespace

Command add_plan(CLI::App& root) {
    CLI::App* app = root.add_subcommand("plan", "Show what a run would do; nothing is sent");
    const auto command = std::make_shared<PlanCommand>();
    command->targets.declare(*app);
    command->sharding.declare(*app);
    app->add_flag("--json", command->json, "As JSON");
    // So that a line of `run` becomes its plan by the verb alone.
    for (const char* const of_run : {"--out", "--report", "--junit", "--journal", "--jobs", "--deadline", "--seed",
                                     "--step-wait", "--known", "--fail-on", "--history", "--tester", "--attest"}) {
        app->add_option_function<std::string>(
               of_run, [](const std::string&) {}, "Of run")
            ->group("");
    }
    for (const char* const of_run : {"-v,--verbose", "-q,--quiet", "--strict", "--known-strict", "--no-browser"}) {
        app->add_flag_function(
               of_run, [](std::int64_t) {}, "Of run")
            ->group("");
    }
    app->footer(plan_footer);
    return {app, [command] {
                EmbeddedGateway gateway(command->targets.faults, command->targets.timeout_scale);
                Targets loaded = load_targets(command->targets, gateway);
                const Plan plan = shard_of(plan_of(std::move(loaded.profiles), command->targets.selection()),
                                           command->sharding.choose(false).shard);
                command->json ? print_json(plan) : print_text(plan);
                return 0;
            }};
}

}  // namespace gateproof::cli
