#include "app/judging.hpp"

#include <system_error>
#include <utility>

#include "app/command.hpp"
#include "app/output.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

/// Adds the run to the history, if there is one; whether that went well.
bool keep(const Judging& judging, const RunRecord& record) {
    try {
        if (judging.history.given()) {
            judging.history.keep(record);
        }
        return true;
    } catch (const std::system_error& problem) {
        say(stderr, "gateproof: cannot keep the run in the history: {}; the journal {} has it\n", problem.what(),
            reports::printable(judging.journal.string()));
        return false;
    }
}

}  // namespace

Judged judge(const Judging& judging) {
    RunOptions options = judging.options;
    JournalWriter writer(judging.journal, options.earlier == nullptr ? JournalWriter::Mode::fresh
                                          : options.again.empty()    ? JournalWriter::Mode::resume
                                                                     : JournalWriter::Mode::rerun);
    if (writer.failed()) {
        throw Unusable(writer.failure());
    }
    LiveView view(judging.view);
    options.human.console = &view;
    RunRecord record = run(judging.plan, judging.catalogue, writer, options, view);

    bool whole = keep(judging, record);
    judging.exit.accept(record);
    const WrittenReports written = write_reports({record, judging.history.trend(judging.reports)}, judging.reports);
    for (const std::string& problem : written.problems) {
        say(stderr, "gateproof: {}; make it later with gateproof report {}\n", problem,
            reports::printable(judging.journal.string()));
        whole = false;
    }
    const bool quiet = judging.view.quiet;
    std::string places;
    if (!quiet) {
        std::vector<std::filesystem::path> files{judging.journal};
        files.insert(files.end(), written.files.begin(), written.files.end());
        put(judging.view.out, reports::console_summary(record, view.style(), {}));
        places = reports::places_text(files);
    }
    if (writer.failed()) {
        say(stderr, "gateproof: the journal is not whole: {}\n", writer.failure());
        whole = false;
    }
    const reports::ExitCode code = judging.exit.judge(record, quiet ? nullptr : judging.view.out);
    put(judging.view.out, places);  // last: what is said of the run stands together above them
    return {std::move(record), whole ? code : reports::ExitCode::broken};
}

}  // namespace gateproof::cli
