#include "tests/selfproof/by_proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/gateway.hpp"
#include "harness/run/runner.hpp"
#include "selfproof/embedded.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

void go_by(const std::shared_ptr<const VantagePoint>& proxy, Profile& profile) {
    profile.endpoint.proxy = proxy;
    profile.plain_http.proxy = proxy;
    if (profile.desktop) {
        profile.desktop->endpoint.proxy = proxy;
    }
    if (profile.authority) {
        profile.authority->endpoint.proxy = proxy;
    }
}

bool is_of(const Check& check, const std::vector<std::string>& suites) {
    const std::string_view suite = check.id.substr(0, check.id.find('.'));
    return suites.empty() || std::ranges::find(suites, suite) != suites.end();
}

}  // namespace

Verdicts verdicts_by(const std::shared_ptr<const VantagePoint>& proxy, const std::vector<std::string>& suites,
                     const std::vector<std::string>& faults) {
    gateway::Options options;
    options.faults = faults;
    const gateway::Gateway gateway(std::move(options));
    EmbeddedTargets targets = embedded_targets(gateway);
    std::ranges::for_each(targets.profiles, [&proxy](Profile& profile) { go_by(proxy, profile); });
    Plan plan = embedded_plan(suites::catalogue(), std::move(targets.profiles));
    std::erase_if(plan.checks, [&](const PlannedCheck& planned) { return !is_of(*planned.check, suites); });
    JournalWriter journal;
    RunObserver observer;
    RunOptions run_options;
    run_options.seed = 1;
    run_options.secrets = std::move(targets.secrets);
    const RunRecord record = run(plan, suites::catalogue(), journal, run_options, observer);
    Verdicts verdicts;
    for (const CheckRecord& check : record.checks) {
        const CheckResult result = record.result_of(check);
        verdicts.emplace(check.target + ' ' + check.full_id(), Said{result.outcome, result.sentence, result.remedy});
    }
    return verdicts;
}

std::string differences(const Verdicts& direct, const Verdicts& by_proxy, const std::vector<std::string>& known) {
    std::string text;
    for (const auto& [name, said] : direct) {
        const auto other = by_proxy.find(name);
        const bool differs = other == by_proxy.end() || other->second.outcome != said.outcome;
        if (differs && std::ranges::find(known, name) == known.end()) {
            text += fmt::format("{}: {} ({})\n    by the proxy {}\n", name, to_string(said.outcome), said.sentence,
                                other == by_proxy.end()
                                    ? "nothing"
                                    : fmt::format("{} ({})", to_string(other->second.outcome), other->second.sentence));
        }
    }
    return text;
}

}  // namespace gateproof::selfproof
