// gateproof compare: two journals side by side; exit code 1 on a regression.
#include <filesystem>
#include <memory>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/known_options.hpp"
#include "app/live_view.hpp"
#include "app/output.hpp"
#include "reports/compare/compare.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* compare_footer = R"(Examples:
  gateproof compare last-night.jsonl gateproof-out/run.jsonl        what broke, what was repaired, what else differs
  gateproof compare old.jsonl new.jsonl --known known.json          failures that are accepted for a while do not count
  gateproof compare old.jsonl new.jsonl --format markdown >> "$GITHUB_STEP_SUMMARY"

known.json:
  {"known_failures": [{"check": "tls.refuses-1.1", "target": "cloud-test", "expires": "2026-12-31",
                       "reason": "INC-4711: the balancer is replaced in December"}]}

Exit codes: 0 nothing is worse; 1 a regression (or, with --strict, anything weakened, lost or vanished); 2 unusable;
3 no regression, but something that was judged before is not judged any more.)";

struct CompareCommand {
    std::string before;
    std::string after;
    KnownOptions known;
    std::string format = "text";
    std::string out = "-";
    bool strict = false;

    int execute();
};

int CompareCommand::execute() {
    reports::CompareOptions options;
    known.load(true);
    options.known = known.list();
    const reports::Comparison comparison =
        reports::compare(read_usable_journal(before), read_usable_journal(after), options);
    const bool to_stdout = out == "-";
    ViewOptions view = view_options_for(stdout, false, false);
    const std::string text = format == "json"       ? reports::compare_json(comparison)
                             : format == "markdown" ? reports::compare_markdown(comparison)
                                                    : reports::compare_text(comparison, {view.colour && to_stdout});
    if (to_stdout) {
        put(stdout, text);
    } else {
        write_file(out, text);
    }
    if (comparison.known) {
        known.take_stale(comparison.stale);
    }
    return static_cast<int>(known.judge(reports::exit_code(comparison, strict), stderr));
}

}  // namespace

Command add_compare(CLI::App& root) {
    CLI::App* app = root.add_subcommand("compare", "Compare two runs: regressions, fixes, and what else differs");
    const auto command = std::make_shared<CompareCommand>();
    app->add_option("OLD", command->before, "Journal of the run to compare with")->required();
    app->add_option("NEW", command->after, "Journal of the run in question")->required();
    command->known.declare(*app, "no regressions (default: those that the new journal carries)");
    app->add_option("--format", command->format, "text, json or markdown")
        ->check(CLI::IsMember({"text", "json", "markdown"}))
        ->type_name("FORMAT")
        ->capture_default_str();
    app->add_option("--out", command->out, "File to write; - is standard output")
        ->type_name("FILE")
        ->capture_default_str();
    app->add_flag("--strict", command->strict, "Exit with 1 also for what is weakened, no longer judged, or vanished");
    app->footer(compare_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
