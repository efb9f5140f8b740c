#include "reports/view/known.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/journal/facts.hpp"
#include "harness/model/glob.hpp"
#include "harness/text/day.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

using Kind = KnownJudgement::Kind;
using Facts = std::vector<std::string>;
using FactSet = std::set<std::string, std::less<>>;

template <class Entry>
bool speaks_of(const Entry& entry, const PlannedEntry& check) {
    return glob_match(entry.check, check.full_id()) || glob_match(entry.check, check.suite);
}

template <class Entry>
bool speaks_of(const Entry& entry, const CheckRecord& check) {
    return glob_match(entry.target, check.target) && speaks_of(entry, static_cast<const PlannedEntry&>(check));
}

/// Whether a check that the run does not hold may be what the entry speaks of.
template <class Entry>
bool may_speak_of_what_is_missing(const Entry& entry, const RunRecord& run) {
    if (run.missing_count() > 0 || run.shard.count > 1 || run.end_reason == EndReason::incomplete) {
        return true;
    }
    return std::ranges::any_of(run.left_out, [&](const LeftOutCheck& check) {
        return speaks_of(entry, static_cast<const PlannedEntry&>(check)) &&
               std::ranges::any_of(check.targets,
                                   [&](const std::string& name) { return glob_match(entry.target, name); });
    });
}

bool is_judged(Outcome outcome) {
    return outcome == Outcome::pass || outcome == Outcome::warning || outcome == Outcome::fail;
}

/// What an entry met in the run.
struct Use {
    bool matched = false;
    bool judged = false;    ///< a check that it speaks of came to a verdict
    bool unjudged = false;  ///< one did not
    bool needed = false;
    FactSet found = {};  ///< by those checks
};

/// Why an entry covered nothing. `judged` is what makes it superfluous.
template <class Entry>
UnusedEntry unused(std::size_t index, const Entry& entry, const Use& use, const RunRecord& run) {
    using Why = UnusedEntry::Why;
    if (!use.matched) {
        return {index, may_speak_of_what_is_missing(entry, run) ? Why::not_judged : Why::no_match};
    }
    return {index, use.judged && !use.unjudged ? Why::over : Why::not_judged};
}

/// What the check came to is its own, and not that of a run that ended before it could run it (again).
bool came_to_it(const CheckRecord& check, const CheckResult& result) {
    const bool earlier_stands = !check.earlier.empty() && check.earlier.back().outcome == check.standing();
    return check.result || earlier_stands || result.outcome == Outcome::skipped;
}

class KnownJudge {
public:
    KnownJudge(const RunRecord& run, const KnownList& known)
        : run_(run), known_(known), uses_(known.failures.size()), skip_uses_(known.skips.size()) {}

    KnownOutcome judge() {
        for (const CheckRecord& check : run_.checks) {
            const CheckResult result = run_.result_of(check);
            outcome_.of_check.push_back(judge(check, result));
            outcome_.expected_skips.push_back(expected(check, result));
        }
        for (std::size_t i = 0; i < uses_.size(); ++i) {
            sum_up(i);
        }
        for (std::size_t i = 0; i < skip_uses_.size(); ++i) {
            if (!skip_uses_[i].needed) {
                outcome_.unused_skips.push_back(unused(i, known_.skips[i], skip_uses_[i], run_));
            }
        }
        return std::move(outcome_);
    }

private:
    /// What covers a check, of some entries that speak of it.
    struct Cover {
        bool whole = false;
        std::vector<std::size_t> by = {};  ///< entries that cover some of it
        Facts missing = {};                ///< facts that none of them knows
    };

    KnownJudgement judge(const CheckRecord& check, const CheckResult& result) {
        const Facts facts = facts_of(result);
        const bool is_own = came_to_it(check, result);
        std::vector<std::size_t> valid;
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < known_.failures.size(); ++i) {
            const KnownFailure& entry = known_.failures[i];
            if (!speaks_of(entry, check)) {
                continue;
            }
            Use& use = uses_[i];
            use.matched = true;
            (is_judged(result.outcome) ? use.judged : use.unjudged) = true;
            use.found.insert(facts.begin(), facts.end());
            if (is_own && entry.outcomes.contains(result.outcome) && (entry.wide() || !facts.empty())) {
                all.push_back(i);
                if (!is_over(entry)) {
                    valid.push_back(i);
                }
            }
        }
        Cover cover = cover_of(valid, facts);
        for (const std::size_t i : all) {
            use(is_over(known_.failures[i]) ? cover_of({i}, facts) : Cover());  // told as over, whoever else covers it
        }
        if (cover.whole) {
            use(cover);
            return {Kind::accepted, cover.by.front(), acceptance(cover.by, facts), {}};
        }
        cover = cover_of(all, facts);
        use(cover);
        if (cover.whole) {
            const auto over =
                std::ranges::find_if(cover.by, [this](std::size_t i) { return is_over(known_.failures[i]); });
            return {Kind::expired, over == cover.by.end() ? cover.by.front() : *over, {}, {}};
        }
        return all.empty() ? KnownJudgement{} : KnownJudgement{Kind::beyond, all.front(), {}, std::move(cover.missing)};
    }

    [[nodiscard]] bool is_over(const KnownFailure& entry) const { return known_.judged > entry.expires; }

    [[nodiscard]] Cover cover_of(const std::vector<std::size_t>& entries, const Facts& facts) const {
        Cover cover;
        FactSet left(facts.begin(), facts.end());
        const std::string digest = digest_of_facts(facts);
        for (const std::size_t i : entries) {
            const KnownFailure& entry = known_.failures[i];
            if (entry.wide() || (!entry.digest.empty() && digest.starts_with(entry.digest))) {
                return {true, {i}, {}};
            }
            const bool knows_some = std::ranges::any_of(
                entry.found, [&](const std::string& fact) { return std::ranges::find(facts, fact) != facts.end(); });
            if (knows_some) {
                cover.by.push_back(i);
            }
            for (const std::string& fact : entry.found) {
                left.erase(fact);
            }
        }
        cover.whole = left.empty() && !cover.by.empty();
        cover.missing.assign(left.begin(), left.end());
        return cover;
    }

    void use(const Cover& cover) {
        for (const std::size_t i : cover.by) {
            uses_[i].needed = true;
        }
    }

    [[nodiscard]] Acceptance acceptance(const std::vector<std::size_t>& by, const Facts& facts) const {
        const KnownFailure& first = known_.failures[by.front()];
        Acceptance accepted{first.reason, first.expires};
        accepted.wide = first.wide();
        FactSet gone;
        for (const std::size_t i : by) {
            const KnownFailure& entry = known_.failures[i];
            accepted.expires = std::min(accepted.expires, entry.expires);
            if (i != by.front() && accepted.reason.find(entry.reason) == std::string::npos) {
                accepted.reason += "; " + entry.reason;
            }
            std::ranges::copy_if(entry.found, std::inserter(gone, gone.end()), [&](const std::string& fact) {
                return std::ranges::find(facts, fact) == facts.end();
            });
        }
        accepted.gone.assign(gone.begin(), gone.end());
        return accepted;
    }

    std::string expected(const CheckRecord& check, const CheckResult& result) {
        std::string reason;
        const bool not_tried = result.outcome == Outcome::skipped && result.skip == Skip::not_tried;
        for (std::size_t i = 0; i < known_.skips.size(); ++i) {
            const ExpectedSkip& entry = known_.skips[i];
            if (!speaks_of(entry, check)) {
                continue;
            }
            Use& use = skip_uses_[i];
            use.matched = true;
            (is_judged(result.outcome) ? use.judged : use.unjudged) = true;
            use.needed = use.needed || not_tried;
            if (not_tried && reason.empty()) {
                reason = entry.reason;
            }
        }
        return reason;
    }

    void sum_up(std::size_t i) {
        const KnownFailure& entry = known_.failures[i];
        const Use& use = uses_[i];
        if (!use.needed) {
            outcome_.unused.push_back(unused(i, entry, use, run_));
            return;
        }
        if (is_over(entry)) {
            outcome_.expired.push_back(i);
        }
        Facts gone;
        std::ranges::copy_if(entry.found, std::back_inserter(gone),
                             [&](const std::string& fact) { return !use.found.contains(fact); });
        if (!gone.empty() && !use.unjudged && !may_speak_of_what_is_missing(entry, run_)) {
            outcome_.narrower.push_back({i, std::move(gone)});
        }
    }

    const RunRecord& run_;
    const KnownList& known_;
    KnownOutcome outcome_;
    std::vector<Use> uses_;
    std::vector<Use> skip_uses_;
};

template <class Entry>
std::string name_of(const Entry& entry) {
    return fmt::format("{}{}{} ({})", entry.place, entry.place.empty() ? "" : ": ",
                       entry.target == "*" ? entry.check : entry.check + " of " + entry.target, entry.reason);
}

/// "a, b and 3 more"
std::string some_facts(const Facts& facts) {
    constexpr std::size_t most = 20;
    const std::size_t shown = std::min(facts.size(), most);
    std::string text =
        fmt::format("{}", fmt::join(facts.begin(), facts.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    return facts.size() > shown ? text + fmt::format(" and {} more", facts.size() - shown) : text;
}

std::string expired_note(const KnownFailure& entry) {
    return printable(
        fmt::format("{}: accepted until {}; that is over, so it accepts nothing: mend "
                    "what is found, say a later day, or remove it",
                    name_of(entry), iso_day(entry.expires)));
}

template <class Entry>
std::string unused_note(const Entry& entry, UnusedEntry::Why why, std::string_view over) {
    switch (why) {
        case UnusedEntry::Why::over: return printable(fmt::format("{}: {}; remove it", name_of(entry), over));
        case UnusedEntry::Why::no_match:
            return printable(name_of(entry) +
                             ": matches no check of this run; correct its check or target, or remove it");
        case UnusedEntry::Why::not_judged: break;
    }
    return printable(name_of(entry) + ": not judged in this run, so it may be needed still");
}

constexpr std::string_view failure_over = "nothing ends that way any more";
constexpr std::string_view skip_over = "it was judged, so nothing is skipped there";

}  // namespace

bool KnownOutcome::stale() const {
    return !expired.empty() || std::ranges::any_of(unused, &UnusedEntry::stale) ||
           std::ranges::any_of(unused_skips, &UnusedEntry::stale);
}

KnownOutcome judge_known(const RunRecord& run, const KnownList& known) {
    return KnownJudge(run, known).judge();
}

KnownOutcome accept_known(RunRecord& run) {
    const KnownList& known = run.known ? *run.known : KnownList();
    KnownOutcome outcome = judge_known(run, known);
    for (std::size_t i = 0; i < run.checks.size(); ++i) {
        CheckRecord& check = run.checks[i];
        const KnownJudgement& judgement = outcome.of_check[i];
        check.accepted.reset();
        check.beyond_known.clear();
        check.expected_skip = outcome.expected_skips[i];
        if (judgement.kind == Kind::accepted) {
            check.accepted = judgement.acceptance;
        } else if (judgement.kind == Kind::beyond) {
            const KnownFailure& entry = known.failures[judgement.entry];
            check.beyond_known = fmt::format("{} knows less than was found ({}); new: {}",
                                             entry.place.empty() ? "the list of known failures" : entry.place,
                                             entry.reason, some_facts(judgement.new_facts));
        }
    }
    return outcome;
}

std::vector<std::string> stale_notes(const KnownOutcome& outcome, const KnownList& known) {
    std::vector<std::string> notes;
    for (const std::size_t i : outcome.expired) {
        notes.push_back(expired_note(known.failures[i]));
    }
    for (const UnusedEntry& one : outcome.unused) {
        if (one.stale()) {
            notes.push_back(unused_note(known.failures[one.entry], one.why, failure_over));
        }
    }
    for (const UnusedEntry& one : outcome.unused_skips) {
        if (one.stale()) {
            notes.push_back(unused_note(known.skips[one.entry], one.why, skip_over));
        }
    }
    return notes;
}

std::vector<std::string> known_notes(const KnownOutcome& outcome, const RunRecord& run, const KnownList& known) {
    std::vector<std::string> notes = stale_notes(outcome, known);
    for (std::size_t i = 0; i < outcome.of_check.size() && i < run.checks.size(); ++i) {
        const KnownJudgement& judgement = outcome.of_check[i];
        if (judgement.kind == Kind::beyond) {
            notes.push_back(printable(fmt::format("{}: {} of {} found more than it knows, so it counts; new: {}",
                                                  name_of(known.failures[judgement.entry]), run.checks[i].full_id(),
                                                  run.checks[i].target, some_facts(judgement.new_facts))));
        }
    }
    for (const NarrowerEntry& one : outcome.narrower) {
        notes.push_back(printable(fmt::format("{}: narrower now; not found any more: {}; take that out of its found",
                                              name_of(known.failures[one.entry]), some_facts(one.gone))));
    }
    for (const UnusedEntry& one : outcome.unused) {
        if (!one.stale()) {
            notes.push_back(unused_note(known.failures[one.entry], one.why, failure_over));
        }
    }
    return notes;
}

std::string acceptance_text(const CheckRecord& check) {
    if (!check.accepted) {
        return {};
    }
    const Acceptance& accepted = *check.accepted;
    return fmt::format("accepted until {}: {}{}{}", iso_day(accepted.expires), accepted.reason,
                       accepted.gone.empty() ? "" : "; narrower now, not found any more: ", some_facts(accepted.gone));
}

std::string known_list_text(const RunRecord& run) {
    return run.known ? fmt::format("{} (sha256 {}, {})", run.known->name, run.known->sha256.substr(0, 12),
                                   iso_day(run.known->judged))
                     : std::string();
}

std::string found_text(const CheckResult& result) {
    const std::vector<std::string> facts = facts_of(result);
    if (facts.empty()) {
        return {};
    }
    // A sentence that stands for what was found is beside it already.
    return result.found.empty() || facts == Facts{without_chance(result.sentence)}
               ? short_digest_of(result)
               : fmt::format("{}: {}", short_digest_of(result), some_facts(facts));
}

}  // namespace gateproof::reports
