// Verdicts about how client software is put off, and comes again (docs/throttling.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/run/client/attempt.hpp"
#include "suites/client/throttle/repetitions.hpp"

namespace gateproof::suites {

// Where the stage was late itself (Attempt::lateness), a time can have been another one: a verdict that would not be
// the same then is inconclusive.

/// RFC 9110 10.2.3, RFC 6585 4. Of an attempt whose first call was put off: nothing before 90 % of `told` (a warning),
/// nothing before half of it (`far_too_soon`).
Verdict judge_wait(const Attempt& attempt, std::chrono::milliseconds told, PutOffAt where = PutOffAt::gateway,
                   Outcome far_too_soon = Outcome::fail);
/// Of an attempt whose first three calls were put off without a time. Waits that do not grow, and a first one below
/// half a second, are a warning, and so is a first one below `published`, zero where nothing is; none above half a
/// second is a failure.
Verdict judge_backs_off(const Attempt& attempt, std::chrono::milliseconds published);
/// Of an attempt all of whose calls were put off: no more than `most` of one, and then a failure is told.
Verdict judge_stops(const Attempt& attempt, std::size_t most);
/// Of an attempt all of whose calls were put off for a day: nothing comes for a minute, and the software says so in the
/// time that the profile gives it.
Verdict judge_long_wait(const Attempt& attempt);
/// Of an attempt whose first call was put off: the call is served when it is made again, once.
Verdict judge_recovers(const Attempt& attempt);
/// Of an attempt whose first two calls were put off with a time that means nothing, or is over (`is_over`).
Verdict judge_strange_value(const Attempt& attempt, bool is_over);
/// Of a write that was put off and not carried out: carried out once when it is made again, or told.
Verdict judge_refused_write(const Attempt& attempt);

/// Of starts that were refused together: the interquartile range of their waits is above 5 % of the median.
Verdict judge_jitter(const std::vector<Attempt>& attempts);
/// What judge_jitter wants at least.
inline constexpr std::size_t fewest_waits = 8;
inline constexpr double least_spread = 0.05;

/// Of software that goes on calling: `before` while it was served, `seen` while each call was put off for `told`. No
/// burst of connections, tokens or ways to write one address within that time.
Verdict judge_not_evaded(const Attempt& before, const Attempt& seen, std::chrono::milliseconds told);

}  // namespace gateproof::suites
