// gateproof report: reports from journals, also from that of a killed run.

#include <filesystem>
#include <memory>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/history.hpp"
#include "app/journals.hpp"
#include "app/known_options.hpp"
#include "app/live_view.hpp"
#include "app/output.hpp"
#include "app/reports.hpp"
#include "reports/formats/console.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* report_footer = R"(Examples:
  gateproof report gateproof-out/run.jsonl                        the summary, as run printed it
  gateproof report run.jsonl --format html --out report.html      a page for people
  gateproof report run.jsonl --format junit --out junit.xml       JUnit, for instance after a killed run
  gateproof report run.jsonl --format markdown >> "$GITHUB_STEP_SUMMARY"
  gateproof report run.jsonl --format html,csv,json --out out     several, into a folder
  gateproof report run.jsonl --known known.json --format junit    failures that are accepted for a while are skipped there
  gateproof report shard-*/run.jsonl --format html --out all.html one report of all shards

Exit code 0 whatever the run found; 1 with --known-strict where its list is stale; 2 for an unusable journal.)";

struct ReportCommand {
    std::vector<std::string> journals;
    std::vector<std::string> names{"console"};
    std::string out = "-";
    KnownOptions known;
    HistoryOptions history;
    bool verbose = false;

    int execute();

private:
    void summarize(const RunRecord& record) const;
};

void ReportCommand::summarize(const RunRecord& record) const {
    const ViewOptions view = view_options_for(stdout, verbose, false);
    const std::string text = reports::console_summary(record, {view.colour && out == "-", view.verbose}, {});
    if (out == "-") {
        put(stdout, text);
    } else {
        write_file(out, text);
    }
}

int ReportCommand::execute() {
    const bool console = std::ranges::find(names, "console") != names.end();
    if (names.size() > 1 && (console || out == "-")) {
        throw Unusable(console ? "--format console stands alone; name it in a call of its own"
                               : "several formats need a folder: --out DIR");
    }
    const auto formats = console ? std::vector<const reports::Format*>() : chosen_formats(names, "--format");
    if (!console && formats.empty()) {
        throw Unusable("--format none makes no report");
    }
    known.load(true);
    RunRecord record = read_merged(journals, known).run;
    known.accept(record);
    for (const std::string& note : known.notes()) {
        say(stderr, "gateproof: note: {}\n", note);
    }
    const reports::ExitCode code = known.judge(reports::ExitCode::passed, stderr);
    if (console) {
        summarize(record);
        return static_cast<int>(code);
    }
    if (names.size() > 1) {
        prepare_folder(out, "--out");
    }
    std::error_code ignored;
    const bool folder = names.size() > 1 || std::filesystem::is_directory(out, ignored);
    const std::vector<ReportFile> wanted =
        folder ? in_folder(out, formats) : std::vector{ReportFile{formats.front(), out}};
    const WrittenReports written = write_reports({record, history.trend(wanted)}, wanted);
    if (folder) {
        for (const std::filesystem::path& file : written.files) {
            say(stdout, "report: {}\n", reports::printable(file.string()));
        }
    }
    for (const std::string& problem : written.problems) {
        say(stderr, "gateproof: {}\n", problem);
    }
    return static_cast<int>(written.problems.empty() ? code : reports::ExitCode::broken);
}

}  // namespace

Command add_report(CLI::App& root) {
    CLI::App* app = root.add_subcommand("report", "Make a report from a journal");
    const auto command = std::make_shared<ReportCommand>();
    app->add_option("JOURNAL", command->journals, "Journal of a run; several are merged, as gateproof merge does")
        ->required();
    app->add_option("--format", command->names, "console, or formats with commas between them (see below)")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->type_name("FORMAT")
        ->capture_default_str();
    app->add_option("--out", command->out, "File to write, or folder for several formats; - is standard output")
        ->type_name("FILE")
        ->capture_default_str();
    command->known.declare(*app, "reported apart, as known (default: those that the journal carries)");
    command->history.declare(*app, false);
    app->add_flag("-v,--verbose", command->verbose, "Console: with evidence of what did not pass");
    app->footer(formats_help() + "\n" + report_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
