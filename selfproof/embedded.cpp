#include "selfproof/embedded.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "harness/profile/read/load.hpp"
#include "profiles/builtin.hpp"

namespace gateproof::selfproof {

EmbeddedTargets embedded_targets(const gateway::Gateway& gateway) {
    constexpr std::chrono::minutes shortest_untried{1};  // nobody waits longer for a code to expire
    EmbeddedTargets targets = embedded_targets([&gateway](std::string_view name) { return gateway.reference(name); });
    for (Profile& profile : targets.profiles) {
        if (profile.authority && gateway.code_lifetime() < shortest_untried) {
            profile.authority->code_lifetime = gateway.code_lifetime();
        }
    }
    return targets;
}

EmbeddedTargets embedded_targets(const std::function<std::optional<std::string>(std::string_view)>& reference) {
    constexpr std::string_view scheme = "embedded:";
    LoadOptions options;
    options.embedded = [&reference, scheme](std::string_view text) {
        const bool prefixed = text.substr(0, scheme.size()) == scheme;
        return reference(prefixed ? text.substr(scheme.size()) : text);
    };
    EmbeddedTargets targets;
    for (const std::string_view name : std::array<std::string_view, 4>{"embedded-cloud", "embedded-desktop",
                                                                       "embedded-mock", "embedded-production"}) {
        const BuiltinProfile* builtin = find_builtin(name);
        LoadedProfile loaded =
            load_profile_text(builtin != nullptr ? builtin->text : "", fmt::format("{}.json", name), {}, options);
        if (!loaded.profile) {
            throw std::logic_error(fmt::format("the built-in profile {} does not load: {}", name,
                                               loaded.problems.empty() ? "" : loaded.problems.front().text()));
        }
        loaded.profile->limits.repeat = 1;  // what a fault breaks is broken each time
        targets.profiles.push_back(std::move(*loaded.profile));
        targets.secrets.insert(targets.secrets.end(), loaded.secrets.begin(), loaded.secrets.end());
    }
    return targets;
}

Plan embedded_plan(const Catalogue& catalogue, std::vector<Profile> profiles) {
    Plan plan = make_plan(catalogue, std::move(profiles), {});
    std::erase_if(plan.checks, [&plan](const PlannedCheck& planned) {
        const std::vector<Environment>& asked_in = planned.check->environments;
        const bool of_production = asked_in.size() == 1 && asked_in.front() == Environment::production;
        return plan.targets[planned.target].environment == Environment::production && !of_production;
    });
    return plan;
}

}  // namespace gateproof::selfproof
