#include "reports/exit_code.hpp"

namespace gateproof::reports {

ExitCode exit_code(const RunRecord& run, bool strict) {
    if (run.end_reason == "interrupted") {
        return ExitCode::interrupted;
    }
    if (run.end_reason == "journal") {
        return ExitCode::broken;
    }
    const std::size_t warnings = run.count(Outcome::warning);
    if (run.count(Outcome::fail) > 0 || (strict && warnings > 0)) {
        return ExitCode::failed;
    }
    const bool unclear = run.count(Outcome::inconclusive) + run.count(Outcome::error) > 0;
    // A run that skipped everything proved nothing: it must not turn a pipeline green.
    const bool judged = run.count(Outcome::pass) + warnings > 0;
    return unclear || !judged ? ExitCode::inconclusive : ExitCode::passed;
}

}  // namespace gateproof::reports
