// The process exit code that a run calls for.
#pragma once

#include <set>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

enum class ExitCode : int {
    passed = 0,        ///< everything that was judged passed; warnings allowed unless the policy says otherwise
    failed = 1,        ///< a check failed (or warned, where warnings are no success)
    unusable = 2,      ///< command line or profile
    inconclusive = 3,  ///< no failure, but a check could not judge; or nothing was judged at all
    broken = 4,        ///< the harness itself failed, for instance the journal could not be written
    interrupted = 130,
};

/// Which outcomes are no success (--fail-on). What is accepted (CheckRecord::accepted) counts by no policy.
struct ExitPolicy {
    std::set<Outcome> fail_on{Outcome::fail, Outcome::inconclusive, Outcome::error};
};

/// An interrupted run is 130 and a lost journal is 4 whatever was found: the result is not whole. Otherwise fail and
/// warning, where the policy names them, are 1; inconclusive, error and skipped are 3. A run that judged nothing is 3
/// by any policy, and so is one that was merged without all of its shards; a shard to which no check fell is 0.
ExitCode exit_code(const RunRecord& run, const ExitPolicy& policy);
/// The default policy; `strict`: a warning is no success either.
ExitCode exit_code(const RunRecord& run, bool strict);

}  // namespace gateproof::reports
