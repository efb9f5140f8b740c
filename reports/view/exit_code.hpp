// The process exit code that a run calls for.
#pragma once

#include "harness/journal/record.hpp"

namespace gateproof::reports {

enum class ExitCode : int {
    passed = 0,        ///< everything that was judged passed; warnings allowed unless the policy says otherwise
    failed = 1,        ///< a check failed (or warned, where warnings are no success)
    unusable = 2,      ///< command line or profile
    inconclusive = 3,  ///< no failure, but a check could not judge or was left out; or nothing was judged at all
    broken = 4,        ///< the harness itself failed, for instance the journal could not be written
    interrupted = 130,
};

/// An interrupted run is 130 and a lost journal is 4 whatever was found: the result is not whole. Otherwise fail and
/// warning, where the run's `fail_on` names them, are 1; inconclusive, error and skipped are 3. What is accepted
/// (CheckRecord::accepted) does not count. A run that judged nothing is 3 whatever `fail_on` says, and so is one that
/// was merged without all of its shards or whose journal lacks checks of its plan; a shard to which no check fell is 0.
/// What --exclude left out though it would have run is 3, unless the run accepts it. What was not asked for (--suite,
/// --check) does not count: the question was a narrower one.
ExitCode exit_code(const RunRecord& run);

/// --exclude left out what would have run, and the run does not accept that.
bool excluded_counts(const RunRecord& run);

}  // namespace gateproof::reports
