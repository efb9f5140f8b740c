#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/process.hpp"
#include "app/version.hpp"
#include "harness/json/near_match.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* description =
    "Tests a gateway endpoint against the published requirements of the Inland Revenue gateway services.";

constexpr const char* program_footer = R"(Examples:
  gateproof run                          judge the gateway inside this program
  gateproof init cloud.json              write a profile of your endpoint
  gateproof doctor cloud.json            what stops a run, and what to do about it
  gateproof run cloud.json --out out     judge that endpoint; journal and JUnit land in out/
  gateproof list --requirements          what is tested, and by which checks
  gateproof explain tls.refuses-1.1      what a check sends, what passes, and how to mend what fails

Exit codes: 0 passed; 1 a check failed; 2 unusable command line or profile; 3 no failure, but something could not be
judged; 4 gateproof itself failed; 130 interrupted.
`gateproof COMMAND --help` shows each command with examples.)";

int unusable(const std::string& message) {
    say(stderr, "gateproof: {}\n", message);
    return static_cast<int>(reports::ExitCode::unusable);
}

/// "; did you mean --check?" for the first word that nothing on this command line expects.
std::string near_word(const CLI::App& root) {
    std::vector<std::string> words;
    for (const CLI::App* app = &root; app != nullptr;) {
        const CLI::App* next = nullptr;
        for (const CLI::App* child : app->get_subcommands([](const CLI::App*) { return true; })) {
            words.push_back(child->get_name());
            next = child->parsed() ? child : next;
        }
        for (const CLI::Option* option : app->get_options()) {
            for (const std::string& name : option->get_lnames()) {
                words.push_back("--" + name);
            }
        }
        app = next;
    }
    const std::vector<std::string> unexpected = root.remaining(true);
    if (unexpected.empty()) {
        return {};
    }
    const std::string near = near_match(unexpected.front(), words);
    if (near == unexpected.front()) {
        return "; give it behind the command";
    }
    return near.empty() ? "" : "; did you mean " + near + "?";
}

/// "; did you mean production?" for "--environment: prod not in {embedded,sandbox,production}", as CLI11 says it.
std::string near_value(std::string_view problem) {
    constexpr std::string_view not_in = " not in {";
    const std::size_t word = problem.find(": ");
    const std::size_t choices = problem.find(not_in);
    const std::size_t end = problem.rfind('}');
    if (word == std::string_view::npos || choices == std::string_view::npos || end == std::string_view::npos ||
        choices < word + 2 || end < choices) {
        return {};
    }
    std::vector<std::string> known;
    std::string_view rest = problem.substr(choices + not_in.size(), end - choices - not_in.size());
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        known.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    const std::string near = near_match(problem.substr(word + 2, choices - word - 2), known);
    return near.empty() ? "" : "; did you mean " + near + "?";
}

/// What was probably meant by what other programs call so, and by a profile without a command.
std::string meant_command(const std::string& word) {
    if (word == "-V" || word == "-v" || word == "version") {
        return "; did you mean gateproof --version?";
    }
    if (word == "validate" || word == "check" || word == "lint") {
        return "; did you mean gateproof profile validate?";
    }
    return word.ends_with(".json") ? fmt::format("; did you mean gateproof run {}?", reports::printable(word)) : "";
}

/// The command line ended, or went wrong, where a command was to follow.
bool lacks_command(const CLI::App& root) {
    const CLI::App* app = &root;
    const auto was_named = [](const CLI::App* command) { return command->parsed(); };
    for (auto named = app->get_subcommands(was_named); !named.empty(); named = app->get_subcommands(was_named)) {
        app = named.front();
    }
    return app->get_require_subcommand_min() > 0;
}

int main_of(int argc, char** argv) {
    CLI::App root(description, "gateproof");
    root.set_version_flag("--version", "gateproof " + version(), "Print the version and end");
    root.footer(program_footer);
    root.require_subcommand(1);
    const std::vector<Command> commands{add_run(root),          add_plan(root),        add_list(root),
                                        add_report(root),       add_gateway(root),     add_profile_validate(root),
                                        add_init(root),         add_login(root),       add_selftest(root),
                                        add_compare(root),      add_merge(root),       add_history(root),
                                        add_rotate_check(root), add_pack(root),        add_verify(root),
                                        add_known(root),        add_client_init(root), add_client_serve(root),
                                        add_doctor(root),       add_explain(root)};
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && words.front() == "help") {
        // As git and others have it: `help run` is `run --help`.
        words.erase(words.begin());
        words.emplace_back("--help");
    }
    std::ranges::reverse(words);  // as CLI11 takes them
    try {
        root.parse(words);
    } catch (const CLI::Success& help) {
        std::ostringstream text;
        const int code = root.exit(help, text, text);
        put(stdout, text.str());
        return code;
    } catch (const CLI::ParseError& problem) {
        const std::vector<std::string> unexpected = root.remaining(true);
        if (lacks_command(root) && !unexpected.empty()) {
            const std::string meant = meant_command(unexpected.front());
            return unusable(fmt::format("unknown command {}{}\nTry gateproof --help.",
                                        reports::printable(unexpected.front()),
                                        meant.empty() ? near_word(root) : meant));
        }
        // What was typed comes back on a terminal: spelled out, like everything foreign.
        return unusable(fmt::format("{}{}\nTry gateproof --help, or gateproof COMMAND --help.",
                                    reports::printable(problem.what()), near_value(problem.what()) + near_word(root)));
    }
    for (const Command& command : commands) {
        if (command.app->parsed()) {
            return command.execute();
        }
    }
    return unusable("no command given");
}

int guarded(int argc, char** argv) {
    try {
        return main_of(argc, argv);
    } catch (const Unusable& problem) {
        return unusable(problem.what());
    } catch (const std::system_error& problem) {
        say(stderr, "gateproof: {}\n", reports::printable(problem.what()));
    } catch (const std::exception& problem) {
        say(stderr, "gateproof: internal error: {}\n", reports::printable(problem.what()));
    }
    return static_cast<int>(reports::ExitCode::broken);
}

/// Ends what runs as SIGTERM does, so that nothing of it is left behind. Only the first counts: a terminal that is
/// closed is told of by its shell and by the kernel, and a second SIGTERM ends the process at once.
void on_hangup(int) {
    std::signal(SIGHUP, SIG_IGN);
    ::kill(::getpid(), SIGTERM);
}

}  // namespace
}  // namespace gateproof::cli

int main(int argc, char** argv) {
    // A reader that goes away (`gateproof list | head`) or a peer that resets must not end the process silently.
    std::signal(SIGPIPE, SIG_IGN);
    // Nor a limit on file sizes: the write fails then, and is told like a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    if (std::signal(SIGHUP, gateproof::cli::on_hangup) == SIG_IGN) {
        std::signal(SIGHUP, SIG_IGN);  // started by nohup
    }
    gateproof::cli::protect_secrets_of_process();
    if (argc > 0 && gateproof::cli::is_browser(argv[0])) {
        return gateproof::cli::browse(argc, argv);
    }
    const int code = gateproof::cli::guarded(argc, argv);
    const std::string lost = gateproof::cli::lost_output();
    if (lost.empty()) {
        return code;
    }
    gateproof::cli::say(stderr, "gateproof: standard output did not take everything: {}\n", lost);
    return static_cast<int>(gateproof::reports::ExitCode::broken);
}
