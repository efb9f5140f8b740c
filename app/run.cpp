// gateproof run: profiles in, journal and reports out, exit code by the verdicts.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "app/command.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "app/live_view.hpp"
#include "app/reports.hpp"
#include "app/targets.hpp"
#include "harness/run/runner.hpp"
#include "reports/exit_code.hpp"
#include "reports/text.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* footer = R"(Examples:
  gateproof run                                    the gateway inside this program, both channels
  gateproof run --fault accepts-tls-1.1            the same, broken on purpose: a check must notice
  gateproof run cloud.json desktop.json            two endpoints in one run
  gateproof run cloud.json --suite tls -v          one suite, a line for each check
  gateproof run cloud.json --check 'tls.refuses-*' --exclude tls.refuses-ssl2
  gateproof run cloud.json --report html,csv       which reports to write to --out; none: the journal alone
  gateproof run cloud.json --junit - --quiet       JUnit on standard output
  gateproof run cloud.json --timeout-scale 0.1     the gateway's minute lasts 6 s on this test system
  gateproof run cloud.json --deadline 5m --strict  warnings fail, and it ends within five minutes)";

struct RunCommand {
    TargetOptions targets;
    std::string out = "gateproof-out";
    std::vector<std::string> report_names;
    std::string junit;
    std::string journal;
    bool strict = false;
    bool verbose = false;
    bool quiet = false;
    std::size_t jobs = 0;
    std::string deadline;
    std::optional<std::uint64_t> seed;

    void declare(CLI::App& app);
    int execute() const;

private:
    /// What goes to the folder; JUnit has a place of its own when --junit names one.
    [[nodiscard]] std::vector<const reports::Format*> formats() const;
    /// Writes every report, also those after one that could not be written; the files, and whether all were written.
    std::vector<std::filesystem::path> write(const RunRecord& record, bool& whole) const;
    [[nodiscard]] std::filesystem::path journal_file() const {
        return journal.empty() ? std::filesystem::path(out) / "run.jsonl" : std::filesystem::path(journal);
    }
};

/// What `--seed`, `--jobs` and `--deadline` say; the secrets are added later.
RunOptions run_options(const RunCommand& command) {
    RunOptions options;
    options.seed = command.seed;
    options.jobs = command.jobs;
    options.version = version();
    if (!command.deadline.empty()) {
        options.deadline = parse_duration(command.deadline);
    }
    return options;
}

void RunCommand::declare(CLI::App& app) {
    targets.declare(app);
    app.add_option("--out", out, "Folder for run.jsonl (the journal) and the reports")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--report", report_names,
                   "Reports to write there, with commas between them, or none (default: html,junit)")
        ->delimiter(',')
        ->type_name("FORMAT");
    app.add_option("--junit", junit, "JUnit report here instead; - is standard output")->type_name("FILE");
    app.add_option("--journal", journal, "Journal here instead")->type_name("FILE");
    app.add_flag("--strict", strict, "Exit with 1 for warnings too");
    app.add_option("--jobs", jobs, "Checks at once (default: as many as the machine's limits carry)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{16384}));
    app.add_option("--deadline", deadline, "End the whole run after this time, such as 90s, 5m")
        ->type_name("TIME")
        ->check([](const std::string& text) {
            return parse_duration(text) ? std::string() : "not a time such as 500ms, 90s, 5m or 1h: " + text;
        });
    app.add_option("--seed", seed, "Seed of every random choice, to repeat a run")->type_name("N");
    app.add_flag("-v,--verbose", verbose, "A line for each check; evidence of what did not pass");
    app.add_flag("-q,--quiet", quiet, "Print nothing; exit code and reports tell");
    app.footer(formats_help() + "\n" + footer);
}

std::vector<const reports::Format*> RunCommand::formats() const {
    if (report_names.empty() && !junit.empty() && !journal.empty()) {
        return {};  // each has a place of its own: nothing is asked of a folder
    }
    std::vector<const reports::Format*> chosen =
        chosen_formats(report_names.empty() ? std::vector<std::string>{"html", "junit"} : report_names, "--report");
    if (!junit.empty()) {
        std::erase(chosen, reports::find_format("junit"));
    }
    return chosen;
}

std::vector<std::filesystem::path> RunCommand::write(const RunRecord& record, bool& whole) const {
    std::vector<std::filesystem::path> files;
    const auto attempt = [&](const std::filesystem::path& file, const reports::Format& format) {
        try {
            if (file == "-") {
                fmt::print("{}", format.make(record));
                std::fflush(stdout);
                return;
            }
            write_file(file, format.make(record));
            files.push_back(file);
        } catch (const std::system_error& problem) {
            fmt::print(stderr, "gateproof: cannot write the report: {}; make it later with gateproof report {}\n",
                       problem.what(), reports::printable(journal_file().string()));
            whole = false;
        }
    };
    if (!junit.empty()) {
        attempt(junit, *reports::find_format("junit"));
    }
    for (const reports::Format* format : formats()) {
        attempt(std::filesystem::path(out) / format->file, *format);
    }
    return files;
}

int RunCommand::execute() const {
    const bool reports_to_folder = !formats().empty();  // first of all: an unknown format is said before the run
    EmbeddedGateway gateway(targets.faults, targets.timeout_scale);
    Targets loaded = load_targets(targets, gateway);
    if (!quiet) {
        for (const std::string& warning : loaded.warnings) {
            fmt::print(stderr, "gateproof: warning: {}\n", warning);
        }
    }
    const Plan plan = plan_of(std::move(loaded.profiles), targets.selection());
    if (journal.empty() || reports_to_folder) {
        prepare_folder(out);
    }
    JournalWriter writer(journal_file());
    if (writer.failed()) {
        throw Unusable(fmt::format("cannot write the journal: {}", writer.failure()));
    }

    std::FILE* const human = junit == "-" ? stderr : stdout;
    LiveView view(view_options_for(human, verbose, quiet));
    RunOptions options = run_options(*this);
    options.secrets = std::move(loaded.secrets);
    const RunRecord record = run(plan, suites::catalogue(), writer, options, view);

    reports::ExitCode code = reports::exit_code(record, strict);
    bool whole = true;
    std::vector<std::filesystem::path> files = write(record, whole);
    files.insert(files.begin(), journal_file());
    if (!whole) {
        code = reports::ExitCode::broken;
    }
    if (!quiet) {
        fmt::print(human, "{}", reports::console_summary(record, view.style(), files));
    }
    if (writer.failed()) {
        fmt::print(stderr, "gateproof: the journal is not whole: {}\n", writer.failure());
        code = reports::ExitCode::broken;
    }
    return static_cast<int>(code);
}

}  // namespace

Command add_run(CLI::App& root) {
    CLI::App* app = root.add_subcommand("run", "Run the checks against one or more endpoints");
    const auto command = std::make_shared<RunCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
