// Accepted failures held against a run: what they cover, what has expired, what nobody needs any more.
#pragma once

#include <chrono>
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
        expired,   ///< an entry would cover it, but its time is over: the failure counts again
    };
    Kind kind = Kind::none;
    std::size_t entry = 0;  ///< index into the list, unless `kind` is none
};

/// An entry that covered nothing in a run.
struct UnusedEntry {
    std::size_t entry = 0;
    bool matched = false;  ///< checks do match, but none of them ended as the entry accepts: it can go
};

struct KnownOutcome {
    std::vector<KnownJudgement> of_check;  ///< by index into RunRecord::checks
    std::vector<UnusedEntry> unused;
    /// Entries that are over and whose checks still end that way.
    std::vector<std::size_t> expired;
};

/// Pure. An entry is valid up to and including its day; one that is valid wins over one that has expired.
KnownOutcome judge_known(const RunRecord& run, const std::vector<KnownFailure>& known, std::chrono::sys_days today);

/// The same; puts what is accepted into CheckRecord::accepted, where reports and the exit code find it.
KnownOutcome accept_known(RunRecord& run, const std::vector<KnownFailure>& known, std::chrono::sys_days today);

/// What to tell the user of entries that have expired or cover nothing; each a line of text without '\n'.
std::vector<std::string> known_notes(const KnownOutcome& outcome, const std::vector<KnownFailure>& known);

/// "accepted until 2026-12-31: INC-4711", unprintable text and all; empty unless the check is accepted.
std::string acceptance_text(const CheckRecord& check);

/// "2026-02-03"
std::string day_text(std::chrono::sys_days day);

}  // namespace gateproof::reports
