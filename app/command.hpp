// What main.cpp and the subcommands share: each adds itself to the command line and hands back what it does.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gateproof::cli {

/// The command line or a file that it names cannot be used: exit code 2, the text says what to do.
struct Unusable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A subcommand as parsed; `execute` gives the exit code.
struct Command {
    CLI::App* app;
    std::function<int()> execute;
};

Command add_run(CLI::App& root);
Command add_list(CLI::App& root);
Command add_plan(CLI::App& root);
Command add_report(CLI::App& root);
Command add_gateway(CLI::App& root);
Command add_profile_validate(CLI::App& root);
Command add_init(CLI::App& root);
Command add_client_init(CLI::App& root);
Command add_doctor(CLI::App& root);
Command add_explain(CLI::App& root);
/// Below the command that add_client_init makes.
Command add_client_serve(CLI::App& root);
Command add_login(CLI::App& root);
Command add_selftest(CLI::App& root);
Command add_compare(CLI::App& root);
Command add_merge(CLI::App& root);
Command add_history(CLI::App& root);
Command add_rotate_check(CLI::App& root);
Command add_pack(CLI::App& root);
Command add_verify(CLI::App& root);
Command add_known(CLI::App& root);

/// The program was started by the name that client software finds it by as its browser ($BROWSER).
bool is_browser(std::string_view program);
/// Opens the address as the user of the login that runs (harness/run/client/played_user), who is known by the variables
/// GATEPROOF_BROWSE_AT, GATEPROOF_LOGIN_USER and GATEPROOF_LOGIN_PASSWORD; returns at once, as browsers do that are
/// open. The exit code.
int browse(int argc, char** argv);

}  // namespace gateproof::cli
