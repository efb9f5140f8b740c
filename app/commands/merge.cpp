// gateproof merge: the journals of shards, or of several endpoints, as one.

#include <memory>

#include "app/command.hpp"
#include "app/exit_options.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/live_view.hpp"
#include "app/output.hpp"
#include "app/record_options.hpp"
#include "harness/journal/codec.hpp"
#include "reports/formats/console.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* merge_footer = R"(Examples:
  gateproof merge shard-*/run.jsonl --out run.jsonl             one journal from those of four shards
  gateproof report run.jsonl --format junit --out junit.xml     and reports from it
  gateproof merge run.jsonl --attest attestations.json --out attested.jsonl    what was seen by hand, beside what was judged

The exit code is that of the whole, as if one run had made the journal; a shard that is missing makes it 3.)";

struct MergeCommand {
    std::vector<std::string> journals;
    std::string out;
    AttestOptions attest;
    ExitOptions exit;
    bool quiet = false;

    int execute();
};

int MergeCommand::execute() {
    exit.load(true);
    MergedRun merged = read_merged(journals, exit.known_options());
    add_attestations(merged.run, attest.load(names_in({&merged.run})));
    merged.run.accepts_excluded = exit.accepts_excluded(merged.run.accepts_excluded);
    merged.run.fails_on_partial = exit.fails_on_partial(merged.run.fails_on_partial);
    merged.run.fail_on = exit.fail_on(std::move(merged.run.fail_on));
    exit.accept(merged.run);
    write_file(out, encode_run(merged.run));
    if (!quiet) {
        const ViewOptions view = view_options_for(stdout, false, false);
        put(stdout, reports::console_summary(merged.run, {view.colour, false}, {out}));
    }
    return static_cast<int>(exit.judge(merged.run, quiet ? nullptr : stdout));
}

}  // namespace

Command add_merge(CLI::App& root) {
    CLI::App* app = root.add_subcommand("merge", "Make one journal from those of shards or of several endpoints");
    const auto command = std::make_shared<MergeCommand>();
    app->add_option("JOURNAL", command->journals, "Journals to merge")->required();
    app->add_option("--out", command->out, "Journal to write")->required()->type_name("FILE");
    command->attest.declare(*app);
    command->exit.declare(*app);
    app->add_flag("-q,--quiet", command->quiet, "Print nothing but conflicts");
    app->footer(merge_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
