// Verdicts about submissions, which must not happen twice. What was sent is what came over the wire, and what was
// carried out stands in the ledger of the application (Attempt::booked).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/run/client/attempt.hpp"
#include "harness/stage/scene.hpp"

namespace gateproof::suites {

/// The requests by which something was to be carried out, in the order in which they came.
std::vector<const stage::RequestSeen*> writes_of(const Attempt& attempt);

/// What became of a submission that was carried out.
struct Mishap {
    std::string_view what;                           ///< "its connection was reset"
    stage::Callers whose = stage::Callers::writers;  ///< which submissions met it
    bool may_be_repeated = false;                    ///< a standard lets a client send it again: a warning
    bool waits = false;  ///< for an answer that does not come: for how long, client-time judges
};

/// Of an attempt whose first submission was carried out and met that: it was not sent again (RFC 9110 9.2.2). What was
/// is a failure where it was carried out twice, and a warning where the gateway can tell by a key that it is the same
/// (Idempotency-Key, or the number of a SOAP message), or refused it. `harmless`: so many repetitions do no harm.
Verdict judge_once(const Attempt& attempt, const Mishap& mishap, std::size_t harmless = 0);

/// Of an attempt whose first submission was carried out and its connection reset: no success is reported.
Verdict judge_doubt_told(const Attempt& attempt);
/// Of the same: before it is sent again something else was asked for, which may tell what became of it.
Verdict judge_asks_first(const Attempt& attempt);
/// Of an attempt whose first submission was put off: where it is sent again, it is the same submission. A key of its
/// own counts, and so does the placeholder {nonce}, which is the name of the place.
Verdict judge_same_key(const Attempt& attempt);
/// Stands in the query of the target that a submission is redirected to.
inline constexpr std::string_view moved_mark = "moved=here";
/// Of an attempt whose first submission was redirected with this status (307 or 308) before anything was carried out:
/// method and body were kept (RFC 9110 15.4.8, 15.4.9).
Verdict judge_kept(const Attempt& attempt, int status);
/// Of an attempt whose first submission was carried out and answered with 303: what it leads to was asked for with GET
/// or HEAD (RFC 9110 15.4.4).
Verdict judge_see_other(const Attempt& attempt);

}  // namespace gateproof::suites
