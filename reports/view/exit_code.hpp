// The exit codes of the program.
#pragma once

#include "reports/view/conclusion.hpp"

namespace gateproof::reports {

enum class ExitCode : int {
    passed = 0,  ///< also of a part
    failed = 1,
    unusable = 2,  ///< command line or profile
    inconclusive = 3,
    broken = 4,  ///< the harness itself failed, for instance the journal could not be written
    interrupted = 130,
};

ExitCode code_of(Conclusion conclusion);

/// The one that a run calls for.
ExitCode exit_code(const RunRecord& run);

}  // namespace gateproof::reports
