// What a whole run says.
#pragma once

#include <array>
#include <string_view>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

enum class Conclusion {
    passed,  ///< everything that was judged passed; warnings allowed unless the policy says otherwise
    /// The same, but of a part: what decides a requirement was not tried, a selection left something out, or this is
    /// one shard of several.
    partial,
    failed,        ///< a check failed (or warned, where warnings are no success)
    inconclusive,  ///< no failure, but a check could not judge or was left out; or nothing was judged at all
    interrupted,   ///< by a signal
    broken,        ///< the journal could not be written
};
inline constexpr std::array conclusions{Conclusion::passed,       Conclusion::partial,     Conclusion::failed,
                                        Conclusion::inconclusive, Conclusion::interrupted, Conclusion::broken};

/// Interrupted and broken come before whatever was found: the result is not whole. Otherwise fail and warning, where
/// the run's `fail_on` names them, are failed; inconclusive, error and skipped are inconclusive. What is accepted
/// (CheckRecord::accepted) does not count. A run that judged nothing is inconclusive whatever `fail_on` says, and so is
/// one that was merged without all of its shards or whose journal lacks checks of its plan; a shard to which no check
/// fell is not. So is what --exclude left out though it would have run, unless the run accepts it. What was not asked
/// for (--suite, --check) does not count: the question was a narrower one. What is newer than the version of the
/// catalogue that judges (--requirements) is no part of the question. With `fails_on_partial` a part is inconclusive
/// too, but for a shard, and for one that lacks nothing but what is expected not to be tried
/// (CheckRecord::expected_skip); that does not count as skipped either.
Conclusion conclusion_of(const RunRecord& run);

/// "passed", "failed" ...
std::string_view to_string(Conclusion conclusion);

/// --exclude left out what would have run, and the run does not accept that.
bool excluded_counts(const RunRecord& run);

}  // namespace gateproof::reports
