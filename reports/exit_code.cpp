#include "reports/exit_code.hpp"

#include <algorithm>

namespace gateproof::reports {
namespace {

bool is_accepted(const KnownOutcome& known, std::size_t check) {
    return check < known.of_check.size() && known.of_check[check].kind == Acceptance::Kind::accepted;
}

/// The outcomes that no acceptance covers.
std::set<Outcome> open_outcomes(const RunRecord& run, const KnownOutcome& known) {
    std::set<Outcome> outcomes;
    for (std::size_t i = 0; i < run.checks.size(); ++i) {
        if (!is_accepted(known, i)) {
            outcomes.insert(run.result_of(run.checks[i]).outcome);
        }
    }
    return outcomes;
}

/// A run that skipped everything proved nothing: it must not turn a pipeline green. A shard may be empty.
bool proved_nothing(const RunRecord& run) {
    const bool judged = run.count(Outcome::pass) + run.count(Outcome::warning) + run.count(Outcome::fail) > 0;
    const bool empty_shard = run.shard.count > 1 && run.count(Outcome::skipped) == run.checks.size();
    return !judged && !empty_shard;
}

}  // namespace

ExitCode exit_code(const RunRecord& run, const ExitPolicy& policy) {
    if (run.end_reason == "interrupted") {
        return ExitCode::interrupted;
    }
    if (run.end_reason == "journal") {
        return ExitCode::broken;
    }
    const std::set<Outcome> open = open_outcomes(run, policy.known);
    const auto counts = [&](Outcome outcome) { return open.contains(outcome) && policy.fail_on.contains(outcome); };
    if (counts(Outcome::fail) || counts(Outcome::warning)) {
        return ExitCode::failed;
    }
    const bool unclear = counts(Outcome::inconclusive) || counts(Outcome::error) || counts(Outcome::skipped);
    return unclear || run.end_reason == "incomplete" || proved_nothing(run) ? ExitCode::inconclusive : ExitCode::passed;
}

ExitCode exit_code(const RunRecord& run, bool strict) {
    ExitPolicy policy;
    if (strict) {
        policy.fail_on.insert(Outcome::warning);
    }
    return exit_code(run, policy);
}

}  // namespace gateproof::reports
