// gateproof report: a report from a journal, also from that of a killed run.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/live_view.hpp"
#include "reports/console.hpp"
#include "reports/junit.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* footer = R"(Examples:
  gateproof report gateproof-out/run.jsonl                        the summary, as run printed it
  gateproof report run.jsonl --format junit --out junit.xml       JUnit, for instance after a killed run)";

struct ReportCommand {
    std::string journal;
    std::string format = "console";
    std::string out = "-";
    bool verbose = false;

    int execute() const;
};

int ReportCommand::execute() const {
    const RunRecord record = read_usable_journal(journal);
    const bool to_stdout = out == "-";
    ViewOptions view = view_options_for(stdout, verbose, false);
    view.colour = view.colour && to_stdout;
    const std::string text = format == "junit" ? reports::junit_report(record)
                                               : reports::console_summary(record, {view.colour, view.verbose}, {});
    if (to_stdout) {
        fmt::print("{}", text);
    } else {
        write_file(out, text);
    }
    return 0;
}

}  // namespace

Command add_report(CLI::App& root) {
    CLI::App* app = root.add_subcommand("report", "Make a report from a journal");
    const auto command = std::make_shared<ReportCommand>();
    app->add_option("JOURNAL", command->journal, "Journal of a run")->required();
    app->add_option("--format", command->format, "console or junit")
        ->check(CLI::IsMember({"console", "junit"}))
        ->type_name("FORMAT")
        ->capture_default_str();
    app->add_option("--out", command->out, "File to write; - is standard output")
        ->type_name("FILE")
        ->capture_default_str();
    app->add_flag("-v,--verbose", command->verbose, "Console: with evidence of what did not pass");
    app->footer(footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
