// gateproof profile validate: is this profile usable, and what is wrong with it?

#include <algorithm>
#include <chrono>
#include <memory>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/targets.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"
#include "suites/shared/fitness.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* profile_footer = R"(Examples:
  gateproof profile validate cloud.json                  certificates, keys and secrets are read too
  gateproof profile validate --no-secrets cloud*.json    structure alone, for instance in code review

The certificates of identities.enrolled and identities.tds are judged as the checks certificate.* of a run judge them, with
nothing sent: dates, clientAuth, common name, authority, chain, key.

Exit codes: 0 usable, maybe with warnings; 1 usable, and a client certificate is not fit; 2 unusable.)";

struct ValidateCommand {
    std::vector<std::string> profiles;
    bool no_secrets = false;

    int execute() const;
};

/// The findings of one certificate that are no passes. True: none of them is a failure.
bool say_findings(const std::string& file, std::string_view role, const std::vector<suites::Finding>& findings) {
    for (const suites::Finding& finding : findings) {
        if (finding.outcome != Outcome::pass) {
            say(stderr, "{}: identities.{} ({}): {}{}{}\n", reports::printable(file), role, to_string(finding.outcome),
                reports::printable(finding.text), finding.remedy.empty() ? "" : "; ",
                reports::printable(finding.remedy));
        }
    }
    return std::ranges::none_of(findings,
                                [](const suites::Finding& finding) { return finding.outcome == Outcome::fail; });
}

/// The client certificates as a run's checks of them would judge them now. True: each is fit.
bool certificates_fit(const std::string& file, const Profile& profile) {
    const auto now = std::chrono::system_clock::now();
    const Identity* const enrolled = profile.identity("enrolled");
    const Identity* const tds = profile.identity("tds");
    if (profile.channel != Channel::cloud || profile.environment == Environment::mock || enrolled == nullptr) {
        return true;
    }
    bool fit = say_findings(file, "enrolled", suites::examine_enrolled(profile, *enrolled, now));
    if (tds != nullptr) {
        fit = say_findings(file, "tds", suites::examine_tds(profile, now)) && fit;
    }
    return fit;
}

int ValidateCommand::execute() const {
    EmbeddedGateway gateway({});
    bool usable = true;
    bool fit = true;
    for (const std::string& name : profiles) {
        const LoadedProfile loaded = load_named_profile(name, {gateway.resolver(), !no_secrets});
        for (const ProfileProblem& warning : loaded.warnings) {
            say(stderr, "{} (warning)\n", warning.text());
        }
        for (const ProfileProblem& problem : loaded.problems) {
            say(stderr, "{}\n", problem.text());
        }
        if (loaded.problems.empty()) {
            say(stdout, "{}: usable\n", reports::printable(name));
            fit = certificates_fit(name, *loaded.profile) && fit;
        }
        usable = usable && loaded.problems.empty();
    }
    return static_cast<int>(!usable ? reports::ExitCode::unusable
                            : fit   ? reports::ExitCode::passed
                                    : reports::ExitCode::failed);
}

}  // namespace

Command add_profile_validate(CLI::App& root) {
    CLI::App* profile = root.add_subcommand("profile", "Work with profiles");
    profile->require_subcommand(1);
    profile->footer(profile_footer);
    CLI::App* app = profile->add_subcommand("validate", "Say whether profiles are usable, and what is wrong");
    const auto command = std::make_shared<ValidateCommand>();
    app->add_option("FILE", command->profiles, "Profile files, or names of built-in ones")->required();
    app->add_flag("--no-secrets", command->no_secrets, "Do not read certificates, keys and secrets");
    app->footer(profile_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
