// TIMEOUT: "a gateway timeout, typically 60 s, adjustable" (SE), and what it means for clients that stop half-way.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/http/patience.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/write_fate.hpp"

namespace gateproof::suites {

Suite timeout_suite();

/// The parts of timeout_suite(), in the order that reports show.
std::vector<Check> timeout_slow_checks();   ///< what becomes of an operation that takes too long
std::vector<Check> timeout_write_checks();  ///< what becomes of a write that was cut
std::vector<Check> timeout_idle_checks();   ///< what becomes of a client that stops half-way

/// What the checks have in common. Active: each holds a connection, and what works for it.
CheckFamily timeout_family();

/// "the limit of 60 s", with the factor of --timeout-scale where there is one.
std::string limit_text(const Timing& timing);
/// The longest wait of a timeout check, and what it may need around it.
std::chrono::milliseconds timeout_deadline(const Profile& profile);
/// The operation as it is sent: {takes_ms} in its path replaced.
Operation timed_request(const Profile& profile, const TimedOperation& timed);

/// An operation that takes too long is cut on time, with an answer that says so.
Verdict judge_slow_cut(const SlowAnswer& answer, const Timing& timing, const Operation& operation);
/// One that takes long, but not too long, is served.
Verdict judge_below_limit(const SlowAnswer& answer, const Timing& timing, const Operation& operation);
/// What was cut is never handed out as if it were whole.
Verdict judge_no_partial_success(const SlowAnswer& answer, const Timing& timing, const Operation& operation);

/// What the connection of a cut operation was good for afterwards.
struct AfterCut {
    bool ended = false;  ///< the answer said that the connection would be closed, and it was
    SlowAnswer next;     ///< otherwise: the answer to a control request on it
};
Verdict judge_usable_after(const SlowAnswer& cut, const AfterCut& after, const Operation& control);
/// Whether there was a cut that left something to look at.
bool cut_with_an_answer(const SlowAnswer& answer);

/// A write that takes too long, and what its status query says of it: at once, and when its time is over.
struct CutWrite {
    SlowAnswer answer;
    std::optional<WriteFate> at_once;  ///< empty: it was not cut
    std::optional<WriteFate> later;    ///< empty: the first said all, or nothing at all
};
/// It was answered as one that was cut: neither served nor refused in words.
bool write_was_cut(const SlowAnswer& answer, const Operation& write);
Verdict judge_cut_write(const CutWrite& cut, const Timing& timing, const Operation& write);

/// A client that stops while `doing` something ("in its request headers") is cut by `due`.
Verdict judge_idle_cut(const Held& held, std::chrono::milliseconds due, const Timing& timing, std::string_view doing);
/// An idle connection between two requests. `promised`: the answer before let it live on.
Verdict judge_keep_alive(const Held& held, bool promised, const Timing& timing);

}  // namespace gateproof::suites
