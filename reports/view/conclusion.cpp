#include "reports/view/conclusion.hpp"

#include <set>

#include "reports/view/not_judged.hpp"

namespace gateproof::reports {
namespace {

/// The outcomes that nobody has accepted.
std::set<Outcome> open_outcomes(const RunRecord& run) {
    std::set<Outcome> outcomes;
    for (const CheckRecord& check : run.checks) {
        if (!check.accepted && check.expected_skip.empty()) {
            outcomes.insert(run.result_of(check).outcome);
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

bool excluded_counts(const RunRecord& run) {
    return !run.accepts_excluded && run.excluded_count() > 0;
}

Conclusion conclusion_of(const RunRecord& run) {
    if (run.end_reason == EndReason::interrupted) {
        return Conclusion::interrupted;
    }
    if (run.end_reason == EndReason::journal) {
        return Conclusion::broken;
    }
    const std::set<Outcome> open = open_outcomes(run);
    const auto counts = [&](Outcome outcome) { return open.contains(outcome) && run.fail_on.contains(outcome); };
    if (counts(Outcome::fail) || counts(Outcome::warning)) {
        return Conclusion::failed;
    }
    const bool unclear = counts(Outcome::inconclusive) || counts(Outcome::error) || counts(Outcome::skipped);
    const bool lacks_lines = run.shard.count <= 1 && run.missing_count() > 0;
    if (unclear || excluded_counts(run) || run.end_reason == EndReason::incomplete || lacks_lines ||
        proved_nothing(run)) {
        return Conclusion::inconclusive;
    }
    const bool shard = run.shard.count > 1;
    const bool left_out = run.left_out_count() > run.newer_count();
    if (!shard && !left_out && run.missing_count() == 0 && !lacks_deciding(run)) {
        return Conclusion::passed;
    }
    const bool counts_as_part = left_out || run.missing_count() > 0 || lacks_unexpectedly(run);
    return run.fails_on_partial && !shard && counts_as_part ? Conclusion::inconclusive : Conclusion::partial;
}

std::string_view to_string(Conclusion conclusion) {
    switch (conclusion) {
        case Conclusion::passed: return "passed";
        case Conclusion::partial: return "partial";
        case Conclusion::failed: return "failed";
        case Conclusion::inconclusive: return "inconclusive";
        case Conclusion::interrupted: return "interrupted";
        case Conclusion::broken: break;
    }
    return "broken";
}

}  // namespace gateproof::reports
