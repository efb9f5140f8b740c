// gateproof login: a human logs in in the system's browser; the token goes into a file that only its owner can read.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "app/command.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "app/output.hpp"
#include "app/process.hpp"
#include "app/targets.hpp"
#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/run/browser_login.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* login_footer = R"(Examples:
  gateproof login --profile desktop.json                   opens the browser; the token lands in user.token
  gateproof login --profile desktop.json --user second-user --out second.token
  gateproof login --profile desktop.json --no-browser      prints the address, to be opened by hand on this machine

The profile then refers to the file: "oauth": {"tokens": {"user": "file:user.token"}}. The client's redirect URI must be
a loopback address such as http://127.0.0.1:8400/callback (RFC 8252), with the port that is registered: without one any
free port is used, which Inland Revenue refuses. $BROWSER names another browser than xdg-open. Exit code 3 when nobody
logged in, 2 for an unusable profile.)";

struct LoginCommand {
    std::string profile;
    std::string user = "user";
    std::string out;
    std::string wait = "5m";
    bool no_browser = false;

    int execute() const;
};

std::string role_checked(const std::string& role) {
    const bool good =
        !role.empty() && role.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
    return good ? std::string() : "a role has lower-case letters, digits, '-' and '_' alone: " + role;
}

int LoginCommand::execute() const {
    EmbeddedGateway none({});
    const LoadedProfile loaded = load_named_profile(profile, {none.resolver(), true});
    if (!loaded.profile) {
        throw Unusable("unusable profile\n" + (loaded.problems.empty() ? profile : loaded.problems.front().text()));
    }
    if (const std::string unmet = browser_login_unmet(*loaded.profile); !unmet.empty()) {
        throw Unusable(unmet);
    }
    if (oauth::parse_loopback_uri(loaded.profile->authority->client.redirect_uri)->port == 0) {
        say(stderr,
            "gateproof: note: oauth.client.redirect_uri names no port, so any free one is used; an authority that takes "
            "registered ports alone, as Inland Revenue does, will refuse it: give the port that you registered\n");
    }
    const std::filesystem::path file =
        out.empty() ? std::filesystem::path(user + ".token") : std::filesystem::path(out);
    prepare_folder(file.parent_path(), "--out", 0700);
    require_place_for_secret(file);
    BrowserLogin login;
    try {
        login = log_in_by_browser(*loaded.profile, *parse_duration(wait), [this](const std::string& url) {
            say(stdout, "Log in as \"{}\" at this address, on this machine:\n\n  {}\n\n", user, url);
            if (!no_browser && !open_browser(url)) {
                say(stdout, "No browser could be started; open it by hand, or name one in $BROWSER.\n");
            }
            say(stdout, "Waiting at most {} ...\n", wait);
            flush(stdout);
        });
    } catch (const std::system_error& problem) {
        throw Unusable(reports::printable(problem.what()));
    }
    if (login.token.empty()) {
        say(stderr, "gateproof: {}\n", reports::printable(login.problem));
        return static_cast<int>(reports::ExitCode::inconclusive);
    }
    try {
        write_file(file, login.token, secret_mode);
    } catch (const std::system_error& problem) {
        throw Unusable(reports::printable(problem.what()));
    }
    say(stdout, "token    {} (for your eyes alone{})\n", reports::printable(file.string()),
        login.expires_in > 0 ? fmt::format("; good for {} min", login.expires_in / 60) : "");
    say(stdout, "profile  \"oauth\": {{\"tokens\": {{\"{}\": \"file:{}\"}}}}\n", user,
        reports::printable(file.string()));
    return 0;
}

}  // namespace

Command add_login(CLI::App& root) {
    CLI::App* app = root.add_subcommand("login", "Log in by the system's browser and keep the token in a file");
    const auto command = std::make_shared<LoginCommand>();
    app->add_option("--profile", command->profile, "Profile with an oauth section")->required()->type_name("PROFILE");
    app->add_option("--user", command->user, "Role that the token is kept for")
        ->type_name("ROLE")
        ->check(&role_checked)
        ->capture_default_str();
    app->add_option("--out", command->out, "File for the token (default: ROLE.token)")->type_name("FILE");
    app->add_option("--wait", command->wait, "How long to wait for the login")
        ->type_name("TIME")
        ->capture_default_str()
        ->check([](const std::string& text) {
            return parse_duration(text) ? std::string() : "not a time such as 90s, 5m or 1h: " + text;
        });
    app->add_flag("--no-browser", command->no_browser, "Open no browser; print the address alone");
    app->footer(login_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
