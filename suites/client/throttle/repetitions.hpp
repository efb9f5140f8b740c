// When a call that was put off came again.
#pragma once

#include <chrono>
#include <vector>

#include "harness/model/evidence.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::suites {

/// Where a call was put off.
enum class PutOffAt { gateway, authority };

/// A call that was put off (429 or 503), and made again. Two requests are one call here where method and path are the
/// same but for letters' case, doubled strokes and the query: who comes sooner than told with another body comes sooner
/// than told.
struct Repetition {
    struct Wait {
        std::chrono::milliseconds noted{0};
        std::chrono::milliseconds least{0};  ///< that it can have been, since the stage itself may have been late
        std::chrono::milliseconds most{0};
    };
    Wait gap;  ///< from the last byte of the refusal to the first of the call
    /// Of the gap, without the time that the new connection took, if the call came over one: nobody waits by that.
    Wait pause;
    /// From the same moment to the connection that it came over, where that is a new one.
    std::chrono::milliseconds back{0};
};
/// A request, and when its connection came.
struct Arrival {
    const stage::RequestSeen* request = nullptr;
    const stage::Visit* visit = nullptr;
};
/// The call that was put off first, each time that it came. Empty: none was put off.
std::vector<Arrival> put_off_call(const Attempt& attempt, PutOffAt where);
/// In the order in which they came. What was put off and not made again is not among them.
std::vector<Repetition> repetitions_at(const Attempt& attempt, PutOffAt where);

/// For evidence and its chart: when the call that was put off came, of each start ("retry_times", docs/journal.md).
/// `told`: zero where no time was said.
void note_retries(Evidence& evidence, const std::vector<Attempt>& attempts, std::chrono::milliseconds told,
                  PutOffAt where = PutOffAt::gateway);

}  // namespace gateproof::suites
