// A list of known failures held against a run: what it covers, what is beyond it, and what nobody needs any more.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/model/known_failure.hpp"

namespace gateproof::reports {

/// What the list says of one check's result.
struct KnownJudgement {
    enum class Kind {
        none,      ///< no entry speaks of it
        accepted,  ///< covered
        expired,   ///< entries would cover it, but the time of one of them is over: the failure counts again
        beyond,    ///< entries speak of it, but more was found than they know: it counts
    };
    Kind kind = Kind::none;
    std::size_t entry = 0;                    ///< index of the first entry that the kind is of, unless it is none
    Acceptance acceptance = {};               ///< of what is accepted
    std::vector<std::string> new_facts = {};  ///< of what is beyond
};

/// An entry that covered nothing in a run, by index into its list.
struct UnusedEntry {
    enum class Why {
        over,        ///< what it speaks of was judged and does not end so any more: it can go
        no_match,    ///< it matches no check of the run's plan
        not_judged,  ///< what it speaks of came to no verdict here, so that it may be needed still
    };
    std::size_t entry = 0;
    Why why = Why::over;

    [[nodiscard]] bool stale() const { return why != Why::not_judged; }
};

/// Facts of an entry that no check that it speaks of found any more, though each of them was judged.
struct NarrowerEntry {
    std::size_t entry = 0;
    std::vector<std::string> gone;
};

struct KnownOutcome {
    std::vector<KnownJudgement> of_check;  ///< by index into RunRecord::checks
    std::vector<UnusedEntry> unused;
    std::vector<std::size_t> expired;  ///< entries that are over and whose checks still end that way
    std::vector<NarrowerEntry> narrower;
    std::vector<std::string> expected_skips;  ///< by index into RunRecord::checks: the reason; empty: none
    std::vector<UnusedEntry> unused_skips;

    /// An entry has expired or covers nothing, which --known-strict does not let pass.
    [[nodiscard]] bool stale() const;
};

/// Pure. An entry is valid up to and including its day. One without `found` covers its checks whatever they find; the
/// facts of the others count together, and cover a check all of whose facts (facts_of) are among them.
KnownOutcome judge_known(const RunRecord& run, const KnownList& known);

/// The same by RunRecord::known; puts what is accepted into the checks, where reports and the exit code find it.
/// Without a list nothing is accepted.
KnownOutcome accept_known(RunRecord& run);

/// What to tell the user of entries that have expired, cover nothing, or know another thing than was found; each a line
/// of text without '\n'.
std::vector<std::string> known_notes(const KnownOutcome& outcome, const RunRecord& run, const KnownList& known);
/// Those of them that --known-strict does not let pass.
std::vector<std::string> stale_notes(const KnownOutcome& outcome, const KnownList& known);

/// "accepted until 2026-12-31: INC-4711", with what is not found any more; unprintable text and all; empty unless the
/// check is accepted.
std::string acceptance_text(const CheckRecord& check);

/// "known.json (sha256 0123456789ab, 2026-11-26)"; empty: no list was given. Foreign text.
std::string known_list_text(const RunRecord& run);

/// "sha256:0123456789ab: TLS_RSA_WITH_NULL_SHA, ...": by which a list of known failures recognises the finding. Foreign
/// text; empty for what passed or was skipped.
std::string found_text(const CheckResult& result);

}  // namespace gateproof::reports
