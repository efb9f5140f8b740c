// gateproof plan: what a run would do, and why not the rest; nothing is sent.

#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/shard_options.hpp"
#include "app/targets.hpp"
#include "harness/run/checked_hosts.hpp"
#include "harness/run/shard.hpp"
#include "reports/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* footer = R"(Examples:
  gateproof plan cloud.json                  every check: run, or skip and why
  gateproof plan cloud.json --suite mtls     of one suite
  gateproof plan cloud.json --shard 2/4      what the second of four shards runs
  gateproof plan cloud.json --json           for programs)";

struct PlanCommand {
    TargetOptions targets;
    ShardOptions sharding;
    bool json = false;
};

/// "gw.example, login.example", or that no check of the kind runs.
std::string hosts_text(const Plan& plan, std::size_t target, Intrusiveness intrusiveness) {
    const std::vector<std::string> hosts = checked_hosts(plan, target, intrusiveness);
    return hosts.empty() ? "nowhere, none runs" : reports::printable(fmt::format("{}", fmt::join(hosts, ", ")));
}

void print_text(const Plan& plan) {
    std::size_t to_run = 0;
    for (std::size_t target = 0; target < plan.targets.size(); ++target) {
        const Profile& profile = plan.targets[target];
        say(stdout, "{}  {}  ({}, {})\n", reports::printable(profile.name), reports::printable(profile.endpoint.url()),
            to_string(profile.channel), to_string(profile.environment));
        say(stdout, "  active checks go to: {}; load checks go to: {}\n",
            hosts_text(plan, target, Intrusiveness::active), hosts_text(plan, target, Intrusiveness::load));
        for (const PlannedCheck& planned : plan.checks) {
            if (planned.target != target) {
                continue;
            }
            const bool run = planned.skip_reason.empty();
            to_run += run ? 1 : 0;
            say(stdout, "  {:4}  {:<34}  {}\n", run ? "run" : "skip", planned.id(),
                run ? planned.title() : planned.skip_reason);
        }
    }
    say(stdout, "{} to run, {} skipped\n", to_run, plan.checks.size() - to_run);
}

void print_json(const Plan& plan) {
    using Json = nlohmann::ordered_json;
    Json rows = Json::array();
    std::vector<CheckedHosts> hosts(plan.targets.begin(), plan.targets.end());
    for (const PlannedCheck& planned : plan.checks) {
        Json row = Json::object();
        row["target"] = plan.targets[planned.target].name;
        row["check"] = planned.check->id;
        if (!planned.the_case.name.empty()) {
            row["case"] = planned.the_case.name;
        }
        row["title"] = planned.title();
        row["intrusiveness"] = to_string(planned.check->intrusiveness);
        row["decision"] = planned.skip_reason.empty() ? "run" : "skip";
        if (!planned.skip_reason.empty()) {
            row["skip_reason"] = planned.skip_reason;
        } else {
            row["hosts"] = hosts[planned.target].of(planned);
        }
        rows.push_back(std::move(row));
    }
    say(stdout, "{}\n", rows.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

Command add_plan(CLI::App& root) {
    CLI::App* app = root.add_subcommand("plan", "Show what a run would do; nothing is sent");
    const auto command = std::make_shared<PlanCommand>();
    command->targets.declare(*app);
    command->sharding.declare(*app);
    app->add_flag("--json", command->json, "As JSON");
    app->footer(footer);
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
