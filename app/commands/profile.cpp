// gateproof profile validate: is this profile usable, and what is wrong with it?

#include <memory>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/targets.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* profile_footer = R"(Examples:
  gateproof profile validate cloud.json                  certificates, keys and secrets are read too
  gateproof profile validate --no-secrets cloud*.json    structure alone, for instance in code review)";

struct ValidateCommand {
    std::vector<std::string> profiles;
    bool no_secrets = false;

    int execute() const;
};

int ValidateCommand::execute() const {
    EmbeddedGateway gateway({});
    bool usable = true;
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
        }
        usable = usable && loaded.problems.empty();
    }
    return static_cast<int>(usable ? reports::ExitCode::passed : reports::ExitCode::unusable);
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
