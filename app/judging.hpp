// The flow of every command that judges endpoints: run a plan, keep its journal, report, and come to an exit code.
#pragma once

#include <filesystem>
#include <vector>

#include "app/exit_options.hpp"
#include "app/history.hpp"
#include "app/live_view.hpp"
#include "app/reports.hpp"
#include "harness/run/runner.hpp"
#include "reports/view/exit_code.hpp"

namespace gateproof::cli {

/// What a command has decided before anything is sent.
struct Judging {
    const Plan& plan;
    const Catalogue& catalogue;
    const RunOptions& options;
    ExitOptions& exit;
    ViewOptions view;
    std::filesystem::path journal;
    std::vector<ReportFile> reports;
    HistoryOptions history = {};
};

struct Judged {
    RunRecord record;
    reports::ExitCode code;  ///< broken where the journal or a report could not be written
};

/// Throws Unusable when the journal cannot be begun: nothing was sent then.
Judged judge(const Judging& judging);

}  // namespace gateproof::cli
