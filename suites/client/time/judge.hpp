// How the waits of client software are judged, by when its requests came and its connections ended.
#pragma once

#include <chrono>
#include <string_view>

#include "harness/model/verdict.hpp"
#include "harness/profile/timing.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::suites {

/// What the software was let wait for.
struct Awaited {
    std::string_view what;    ///< "an answer that does not come"
    std::string_view remedy;  ///< what to do where it is waited for without end
};

/// RFC 9110 15.6.5, SE: the answer was due `limit` - `tolerance` after the request.
Verdict judge_slow_answer(const Attempt& attempt, const Timing& timing);
/// A 504 came at `limit`; `retries`: requests beyond the first that are none too many.
Verdict judge_cut(const Attempt& attempt, int retries);
/// RFC 9112 9.5: `end` is by when it has to be over.
Verdict judge_silence(const Attempt& attempt, const Timing& timing, std::chrono::milliseconds end);
Verdict judge_silent_handshake(const Attempt& attempt, const Timing& timing, std::chrono::milliseconds end);
/// A part of an answer came, and then nothing, or a byte now and then: RFC 9112 8.
Verdict judge_unfinished(const Attempt& attempt, const Awaited& awaited, const Timing& timing,
                         std::chrono::milliseconds end);

// Of software that goes on calling (ClientAct::stay), all that came of it

/// What its first call met was over, or it gave that up: what came then?
Verdict judge_recovery(const Attempt& attempt, std::string_view what, const Timing& timing);
/// Whether a request that came behind that was answered, with a status that says so.
bool served_later(const Attempt& attempt);
/// RFC 9112 9.5: the connection of its first call, which was never answered.
Verdict judge_closed(const Attempt& attempt, const Timing& timing);
/// Each answer was held back until more came on its connection, so that each is that of the call before.
Verdict judge_late_answer(const Attempt& attempt, const Timing& timing);
/// The connection of its first request is over by the software's doing.
bool first_call_closed(const Attempt& attempt);
/// Somebody went on over that connection as though its late answer had been his: three requests of it have come.
bool went_on_mixing(const Attempt& attempt);

}  // namespace gateproof::suites
