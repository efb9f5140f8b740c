#include "app/targets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <set>

#include "app/command.hpp"
#include "app/input/proxy_variable.hpp"
#include "app/output.hpp"
#include "client/faults/table.hpp"
#include "gateway/faults/table.hpp"
#include "harness/json/near_match.hpp"
#include "harness/profile/digest.hpp"
#include "harness/run/human/steps.hpp"
#include "profiles/builtin.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::cli {
namespace {

std::vector<std::string> builtin_names() {
    std::vector<std::string> names;
    for (const BuiltinProfile& profile : builtin_profiles()) {
        names.emplace_back(profile.name);
    }
    return names;
}

std::vector<std::string> suite_and_check_ids() {
    std::vector<std::string> ids;
    for (const Suite& suite : suites::catalogue().suites) {
        ids.emplace_back(suite.id);
        for (const Check& check : suite.checks) {
            ids.emplace_back(check.id);
        }
    }
    return ids;
}

CLI::Option* add_list_option(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                             const std::string& help) {
    // One value for each time it is given, or several with commas: a profile that follows is not swallowed.
    return app.add_option(name, values, help)->allow_extra_args(false)->delimiter(',');
}

}  // namespace

void require_own_command(const TargetOptions& options, const Profile& profile, const std::string& name) {
    if (profile.client->embedded) {
        return;
    }
    if (!options.named_here) {
        throw Unusable(
            fmt::format("the journal's run started the software of {}, and no program is started that a journal "
                        "names; give the profile again: add {} to the command line",
                        shown_word(profile.name), shown_word(name)));
    }
    struct stat file {};
    const bool allowed = std::ranges::find(options.allow, "run") != options.allow.end();
    if (!allowed && !profile.file.empty() && stat(profile.file.c_str(), &file) == 0 && file.st_uid != geteuid()) {
        throw Unusable(
            fmt::format("{} starts programs, and the file belongs to another user; look at its "
                        "client.trigger, and add --allow run",
                        shown_word(name)));
    }
}

namespace {

/// What a command line has to say so that it judges the profile in the same way. `faults`: of what is inside this
/// program and the profile is about.
std::vector<std::string> given_words(const TargetOptions& options, const Profile& profile,
                                     const std::vector<std::string>& faults) {
    std::vector<std::string> words;
    const auto say = [&words](const char* option, const std::string& value) {
        words.insert(words.end(), {option, value});
    };
    for (const std::string& fault : faults) {
        say("--fault", fault);
    }
    for (const std::string& allowed : options.allow) {
        say("--allow", allowed);
    }
    if (!options.requirements.empty()) {
        say("--requirements", options.requirements);
    }
    if (!options.addresses.empty()) {
        say("--addresses", options.addresses);
    }
    if (options.repeat > 0) {
        say("--repeat", std::to_string(options.repeat));
    }
    if (options.quick) {
        words.emplace_back("--quick");
    }
    if (profile.authority && profile.authority->by_human) {
        words.emplace_back("--interactive");
    }
    if (options.timeout_scale != 1) {
        say("--timeout-scale", fmt::format("{}", options.timeout_scale));
    }
    return words;
}

/// What the options change of the profile, and of its digest.
void apply(const TargetOptions& options, Profile& profile, Digest& digest) {
    if (!options.addresses.empty() && profile.endpoint.proxy != nullptr) {
        throw Unusable(
            fmt::format("--addresses {}: {} goes by a proxy (endpoint.proxy), which resolves the name and chooses the "
                        "address itself; leave the option out, or run from a place that needs no proxy",
                        options.addresses, profile.name));
    }
    profile.endpoint.first_address_alone = options.addresses == "first";
    if (profile.endpoint.first_address_alone) {
        digest.add("first address alone");
    }
    if (options.interactive && profile.authority) {
        if (const std::string unmet = human_unmet(profile); !unmet.empty()) {
            throw Unusable(fmt::format("--interactive: {}: {}", shown_word(profile.name), unmet));
        }
        profile.authority->by_human = true;
        digest.add("a human logs in");
    }
}

}  // namespace

bool Targets::judges_clients() const {
    return std::ranges::any_of(profiles, [](const Profile& profile) { return profile.side() == Side::client; });
}

void TargetOptions::declare(CLI::App& app) {
    app.add_option("PROFILE", profiles,
                   "Profile files, or names of built-in profiles; none: the gateway inside this program");
    add_list_option(app, "--suite", suites, "Only this suite (repeatable)")->type_name("NAME");
    add_list_option(app, "--check", checks, "Only checks whose id matches, such as 'tls.refuses-*' (repeatable)")
        ->type_name("GLOB");
    add_list_option(app, "--exclude", excludes, "Not the checks or suites that match (repeatable)")->type_name("GLOB");
    declare_requirements(app);
    add_list_option(
        app, "--allow", allow,
        "Also run active checks in production (the profile must agree too), load checks elsewhere; start the "
        "program of a client's profile that belongs to another user (run)")
        ->check(CLI::IsMember({"active", "load", "run"}))
        ->type_name("active,load,run");
    add_list_option(app, "--fault", faults,
                    "Break the embedded gateway or client in this way (repeatable; see gateproof list --faults)")
        ->type_name("NAME");
    app.add_option("--addresses", addresses,
                   "Look at all A and AAAA addresses of the endpoint's name, or at the first alone")
        ->check(CLI::IsMember({"all", "first"}))
        ->type_name("all,first")
        ->default_str("all");
    CLI::Option* const times = app.add_option(
        "--repeat", repeat, "Try what must be refused so often, instead of the profile's limits.repeat (3)");
    times->type_name("N")->check(CLI::Range(1, most_repeats));
    app.add_flag("--quick", quick, "Try it once")->excludes(times);
    app.add_flag("--interactive", interactive,
                 "Log in yourself, in your own browser, when the run asks for it: for login pages that no program can "
                 "fill in. oauth.client.redirect_uri must be a loopback address with its port");
    app.add_option("--timeout-scale", timeout_scale,
                   "Multiply every time of the profiles' \"timeouts\": 0.1 for a test system whose minute lasts 6 s")
        ->type_name("FACTOR")
        ->check(CLI::Range(0.001, 1000.0))
        ->capture_default_str();
}

void TargetOptions::declare_requirements(CLI::App& app) {
    app.add_option(
           "--requirements", requirements,
           "Judge with the catalogue as it was frozen then, such as 2026-11: newer checks are left out and said")
        ->type_name("VERSION");
}

Selection TargetOptions::selection() const {
    const auto allowed = [this](const char* word) { return std::ranges::find(allow, word) != allow.end(); };
    const Catalogue& catalogue = suites::catalogue();
    if (!requirements.empty() && catalogue.version(requirements) == nullptr) {
        std::vector<std::string_view> known;
        std::ranges::transform(catalogue.versions, std::back_inserter(known), &CatalogueVersion::name);
        throw Unusable(fmt::format("--requirements {}: there is no such version of the catalogue; known: {}",
                                   shown_word(requirements), fmt::join(known, ", ")));
    }
    return {suites, checks, excludes, allowed("active"), allowed("load"), requirements};
}

EmbeddedGateway::EmbeddedGateway(std::vector<std::string> faults, double timeout_scale)
    : timeout_scale_(timeout_scale) {
    for (std::string& name : faults) {
        if (gateway::find_fault(name) != nullptr) {
            faults_.push_back(std::move(name));
        } else if (client::find_fault(name) != nullptr) {
            client_faults_.push_back(std::move(name));
        } else {
            std::vector<std::string> known;
            for (const gateway::Fault& fault : gateway::faults()) {
                known.emplace_back(fault.name);
            }
            for (const client::Fault& fault : client::faults()) {
                known.emplace_back(fault.name);
            }
            const std::string near = near_match(name, known);
            throw Unusable(fmt::format("unknown fault {}{}; gateproof list --faults shows them all", shown_word(name),
                                       near.empty() ? "" : "; did you mean " + near + "?"));
        }
    }
}

ReferenceResolver EmbeddedGateway::resolver() {
    return [this](std::string_view reference) {
        if (gateway_ == nullptr) {
            gateway::Options options;
            options.faults = faults_;
            options.timeouts = options.timeouts.scaled(timeout_scale_);
            gateway_ = std::make_unique<gateway::Gateway>(std::move(options));
        }
        return gateway_->reference(reference.substr(reference.find(':') + 1));
    };
}

LoadedProfile load_named_profile(const std::string& name, const LoadOptions& options) {
    std::error_code ignored;
    const bool is_path = name.find('/') != std::string::npos || std::filesystem::exists(name, ignored);
    if (is_path || name.ends_with(".json")) {
        return load_profile(name, options);
    }
    if (const BuiltinProfile* builtin = find_builtin(name)) {
        return load_profile_text(builtin->text, name, std::filesystem::current_path(), options);
    }
    throw Unusable(fmt::format("{} is neither a file nor a built-in profile{}", shown_word(name),
                               suggestion(name, builtin_names())));
}

Targets load_targets(const TargetOptions& options, EmbeddedGateway& gateway) {
    std::vector<std::string> names = options.profiles;
    if (names.empty()) {
        names = {"embedded-cloud", "embedded-desktop", "embedded-mock"};
    }
    Targets targets;
    std::set<std::string> taken;
    std::string problems;
    for (const std::string& name : names) {
        LoadedProfile loaded = load_named_profile(name, {gateway.resolver(), true});
        for (const ProfileProblem& problem : loaded.problems) {
            problems += (problems.empty() ? "" : "\n") + problem.text();
        }
        for (const ProfileProblem& warning : loaded.warnings) {
            targets.warnings.push_back(warning.text());
        }
        std::ranges::move(loaded.secrets, std::back_inserter(targets.secrets));
        if (!loaded.profile) {
            continue;
        }
        if (loaded.profile->client) {
            require_own_command(options, *loaded.profile, name);
        }
        if (!taken.insert(loaded.profile->name).second) {
            throw Unusable(fmt::format("two profiles are named {}; give each its own \"name\", reports are filed by it",
                                       shown_word(loaded.profile->name)));
        }
        Digest digest;
        digest.add(loaded.digest);
        std::vector<std::string>& faults = targets.faults.emplace_back();
        if (gateway.started()) {
            faults = options.faults;
            if (options.faults_then) {
                const auto then = options.faults_then->find(loaded.profile->name);
                faults = then == options.faults_then->end() ? std::vector<std::string>() : then->second;
            }
            std::ranges::for_each(faults, [&digest](const std::string& fault) { digest.add(fault); });
        }
        apply(options, *loaded.profile, digest);
        targets.digests.push_back(digest.hex());
        const bool embedded = loaded.profile->environment == Environment::embedded;
        targets.given.push_back(given_words(options, *loaded.profile,
                                            !embedded                ? std::vector<std::string>()
                                            : loaded.profile->client ? gateway.client_faults()
                                                                     : gateway.gateway_faults()));
        loaded.profile->scale_times(options.timeout_scale);
        int& tries = loaded.profile->limits.repeat;
        tries = options.quick ? 1 : options.repeat > 0 ? options.repeat : tries;
        targets.profiles.push_back(std::move(*loaded.profile));
    }
    if (!problems.empty()) {
        throw Unusable("unusable profile\n" + problems);
    }
    if (std::string unused = of_unused_proxy(targets.profiles); !unused.empty()) {
        targets.warnings.push_back(std::move(unused));
    }
    if (options.interactive &&
        std::ranges::none_of(targets.profiles, [](const Profile& profile) { return profile.authority.has_value(); })) {
        throw Unusable(
            "--interactive: no profile given here has an oauth section, so nobody has to log in; leave it out (for the "
            "cut-over of a certificate: gateproof rotate-check --interactive)");
    }
    const bool embedded_client = std::ranges::any_of(
        targets.profiles, [](const Profile& profile) { return profile.client && profile.client->embedded; });
    if (options.faults.size() > gateway.client_faults().size() && !gateway.started()) {
        throw Unusable("--fault breaks the embedded gateway, but no profile given here uses it");
    }
    if (!gateway.client_faults().empty() && !embedded_client) {
        throw Unusable(
            fmt::format("--fault {} breaks the client inside this program, but no profile given here uses it; "
                        "add embedded-client-cloud",
                        gateway.client_faults().front()));
    }
    return targets;
}

std::string of_unused_proxy(const std::vector<Profile>& profiles) {
    const auto could_use = [](const Profile& profile) {
        return profile.side() == Side::gateway && profile.environment != Environment::embedded &&
               profile.endpoint.proxy == nullptr;
    };
    const auto found = std::ranges::find_if(profiles, could_use);
    const std::optional<ProxyVariable> variable = proxy_variable();
    if (found != profiles.end() && variable) {
        return fmt::format(
            "{} is set and not used: connections of {} go out directly. Where they have to go by a proxy, write "
            "\"proxy\": {{\"url\": \"http://host:port\"}} into \"endpoint\" of its profile (user and password beside "
            "url, by reference)",
            variable->name, found->name);
    }
    return {};
}

void say_warnings(const Targets& targets) {
    for (const std::string& warning : targets.warnings) {
        say(stderr, "gateproof: warning: {}\n", warning);
    }
}

Plan plan_of(std::vector<Profile> profiles, const Selection& selection, const Catalogue& catalogue) {
    Plan plan = make_plan(catalogue, std::move(profiles), selection);
    if (!plan.unmatched.empty()) {
        std::string message;
        for (const std::string& pattern : plan.unmatched) {
            const std::string check = pattern.substr(0, pattern.find('['));
            const std::string found = near_match(check, suite_and_check_ids());
            const std::string near = found == check ? "" : found;
            message += fmt::format("{}{} matches no check{}", message.empty() ? "" : "\n", shown_word(pattern),
                                   near.empty() ? "" : "; did you mean " + near + "?");
        }
        throw Unusable(message + "\ngateproof list shows every suite and check");
    }
    if (plan.checks.empty()) {
        throw Unusable("these options select no check at all; gateproof list shows every suite and check");
    }
    return plan;
}

}  // namespace gateproof::cli
