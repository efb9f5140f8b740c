#include "reports/view/known.hpp"

#include <fmt/format.h>

#include "harness/model/glob.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

bool speaks_of(const KnownFailure& entry, const CheckRecord& check) {
    return glob_match(entry.target, check.target) &&
           (glob_match(entry.check, check.full_id()) || glob_match(entry.check, check.suite));
}

}  // namespace

KnownOutcome judge_known(const RunRecord& run, const std::vector<KnownFailure>& known, std::chrono::sys_days today) {
    KnownOutcome outcome;
    std::vector<bool> matched(known.size());
    std::vector<bool> needed(known.size());
    for (const CheckRecord& check : run.checks) {
        const Outcome ended = run.result_of(check).outcome;
        KnownJudgement judgement;
        for (std::size_t i = 0; i < known.size(); ++i) {
            if (!speaks_of(known[i], check)) {
                continue;
            }
            matched[i] = true;
            if (!known[i].outcomes.contains(ended)) {
                continue;
            }
            needed[i] = true;
            const bool valid = today <= known[i].expires;
            if (valid && judgement.kind != KnownJudgement::Kind::accepted) {
                judgement = {KnownJudgement::Kind::accepted, i};
            } else if (!valid && judgement.kind == KnownJudgement::Kind::none) {
                judgement = {KnownJudgement::Kind::expired, i};
            }
        }
        outcome.of_check.push_back(judgement);
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (!needed[i]) {
            outcome.unused.push_back({i, matched[i]});
        } else if (today > known[i].expires) {
            outcome.expired.push_back(i);
        }
    }
    return outcome;
}

KnownOutcome accept_known(RunRecord& run, const std::vector<KnownFailure>& known, std::chrono::sys_days today) {
    KnownOutcome outcome = judge_known(run, known, today);
    for (std::size_t i = 0; i < run.checks.size(); ++i) {
        const KnownJudgement& judgement = outcome.of_check[i];
        run.checks[i].accepted.reset();
        if (judgement.kind == KnownJudgement::Kind::accepted) {
            const KnownFailure& entry = known[judgement.entry];
            run.checks[i].accepted = Acceptance{entry.reason, entry.expires};
        }
    }
    return outcome;
}

std::vector<std::string> known_notes(const KnownOutcome& outcome, const std::vector<KnownFailure>& known) {
    const auto name = [&](std::size_t i) {
        const KnownFailure& entry = known[i];
        return fmt::format("{}{}{} ({})", entry.place, entry.place.empty() ? "" : ": ",
                           entry.target == "*" ? entry.check : entry.check + " of " + entry.target, entry.reason);
    };
    std::vector<std::string> notes;
    for (const std::size_t i : outcome.expired) {
        notes.push_back(printable(fmt::format("{}: accepted until {}; that is over, so it counts again", name(i),
                                              day_text(known[i].expires))));
    }
    for (const UnusedEntry& unused : outcome.unused) {
        notes.push_back(printable(name(unused.entry) + (unused.matched ? ": nothing ends that way any more; remove it"
                                                                       : ": matches no check of this run")));
    }
    return notes;
}

std::string acceptance_text(const CheckRecord& check) {
    return check.accepted
               ? fmt::format("accepted until {}: {}", day_text(check.accepted->expires), check.accepted->reason)
               : std::string();
}

std::string day_text(std::chrono::sys_days day) {
    return iso_day(day);
}

}  // namespace gateproof::reports
