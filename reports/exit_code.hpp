// The process exit code that a run calls for.
#pragma once

#include "harness/journal/record.hpp"

namespace gateproof::reports {

enum class ExitCode : int {
    passed = 0,        ///< everything that was judged passed; warnings allowed unless strict
    failed = 1,        ///< a check failed (or, strict, warned)
    unusable = 2,      ///< command line or profile
    inconclusive = 3,  ///< no failure, but a check could not judge; or nothing was judged at all
    broken = 4,        ///< the harness itself failed, for instance the journal could not be written
    interrupted = 130,
};

/// An interrupted run is 130 and a lost journal is 4 whatever was found: the result is not whole.
ExitCode exit_code(const RunRecord& run, bool strict);

}  // namespace gateproof::reports
