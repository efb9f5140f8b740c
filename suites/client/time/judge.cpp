#include "suites/client/time/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/probe/socket/deadline.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using stage::Lateness;
using stage::RequestSeen;
using stage::Visit;
using std::chrono::milliseconds;

constexpr std::string_view limit_waits =
    "give every call a time by which it has to be over, and report a failure then (curl: --max-time; requests: timeout=; Java: HttpRequest.Builder.timeout, or setReadTimeout)";

/// A request, and the connection that it came over.
struct Call {
    const Visit* visit = nullptr;
    const RequestSeen* request = nullptr;
};

stage::Time begin_of(const Call& call) {
    return call.request->whole.value_or(call.request->first_byte);
}

/// In the order in which they came.
std::vector<Call> calls_of(const Attempt& attempt) {
    std::vector<Call> calls;
    for (const Visit& visit : attempt.visits) {
        for (const RequestSeen& request : visit.requests) {
            calls.push_back({&visit, &request});
        }
    }
    std::ranges::stable_sort(calls, {}, [](const Call& call) { return call.request->first_byte; });
    return calls;
}

/// The software ended that connection by itself, and not because it was told to end.
bool left(const Visit& visit, const Attempt& attempt) {
    return visit.ended && !visit.by_stage && !(attempt.claim.told_to_end && *visit.ended >= *attempt.claim.told_to_end);
}

/// From its first request that was not answered whole to the end of that connection, by the software. Empty: all were
/// answered, or it waits on.
std::optional<Lateness::Bounds> gave_up_after(const Attempt& attempt) {
    for (const Call& call : calls_of(attempt)) {
        if (!call.request->answered) {
            return left(*call.visit, attempt)
                       ? std::optional(attempt.lateness.between(begin_of(call), *call.visit->ended))
                       : std::nullopt;
        }
    }
    return std::nullopt;
}

/// The same of the first ClientHello that was not answered.
std::optional<Lateness::Bounds> gave_handshake_up_after(const Attempt& attempt) {
    for (const Visit& visit : attempt.visits) {
        if (visit.hello_at && !visit.finished_at) {
            return left(visit, attempt) ? std::optional(attempt.lateness.between(*visit.hello_at, *visit.ended))
                                        : std::nullopt;
        }
    }
    return std::nullopt;
}

/// What ends a wait before anything can be said of it. Nothing: a request came.
std::optional<Verdict> never_asked(const Attempt& attempt) {
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return other;
    }
    if (attempt.first_request() == nullptr) {
        return Verdict::inconclusive("no request came: {}", attempt.summary())
            .remedy("see what the software wrote (client_run in the evidence), and that it calls {url}");
    }
    return std::nullopt;
}

/// How late it may have been seen that something happened before the software was told to end; zero where it was not.
milliseconds late_at_end(const Attempt& attempt) {
    return attempt.claim.told_to_end ? attempt.lateness.at(*attempt.claim.told_to_end) : milliseconds(0);
}

Verdict without_end(const Attempt& attempt, const Awaited& awaited, const Timing& timing, milliseconds end) {
    if (attempt.claim.kind != Claim::Kind::ended_by_us) {
        return Verdict::inconclusive("nobody saw it give up on {}: {}", awaited.what, attempt.summary());
    }
    return unless_late(
        Verdict::warning("{} is waited for without end: it was not given up within {}", awaited.what, seconds_text(end))
            .remedy(std::string(awaited.remedy)),
        late_at_end(attempt), timing.lateness());
}

Verdict gave_up(const Awaited& awaited, const Lateness::Bounds& wait) {
    return Verdict::pass("{} was given up after {}", awaited.what, seconds_text(wait.most));
}

/// When its first call, or the handshake of that, was answered or given up. Empty: it waits on.
std::optional<stage::Time> first_call_over(const Attempt& attempt) {
    const auto silent =
        std::ranges::find_if(attempt.visits, [](const Visit& visit) { return visit.hello_at && !visit.finished_at; });
    if (silent != attempt.visits.end()) {
        return left(*silent, attempt) ? silent->ended : std::nullopt;
    }
    const std::vector<Call> calls = calls_of(attempt);
    if (calls.empty() || calls.front().request->answered) {
        return calls.empty() ? std::nullopt : calls.front().request->answered;
    }
    return left(*calls.front().visit, attempt) ? calls.front().visit->ended : std::nullopt;
}

/// By how much the first answer that came whole may have come later than that.
milliseconds answer_late_by(const Attempt& attempt, milliseconds due) {
    for (const Call& call : calls_of(attempt)) {
        if (call.request->answered) {
            return std::max(attempt.lateness.between(begin_of(call), *call.request->answered).most - due,
                            milliseconds(0));
        }
    }
    return milliseconds(0);
}

Verdict still_waiting(const Attempt& attempt) {
    return Verdict::skipped("it gave up on no call, which is the finding of client-time.gives-up-on-silence: {}",
                            attempt.summary());
}

}  // namespace

Verdict judge_slow_answer(const Attempt& attempt, const Timing& timing) {
    const milliseconds due = timing.limit - timing.tolerance;
    const std::string remedy =
        fmt::format("wait for an answer for longer than the gateway may take, {}", seconds_text(timing.limit));
    if (std::optional<Verdict> nothing = never_asked(attempt)) {
        return std::move(*nothing);
    }
    if (attempt.served()) {
        return Verdict::pass("an answer that took {} was waited for", seconds_text(due));
    }
    if (attempt.answered_well()) {
        return unless_late(Verdict::fail("an answer that took {} came, and the client reports a failure: {}",
                                         seconds_text(due), attempt.summary())
                               .remedy(remedy),
                           answer_late_by(attempt, due), timing.lateness());
    }
    const std::optional<Lateness::Bounds> wait = gave_up_after(attempt);
    if (wait && wait->most < due) {
        return Verdict::fail("it gave up {} after its request, and the gateway may take {}", seconds_text(wait->most),
                             seconds_text(timing.limit))
            .remedy(remedy);
    }
    if (wait) {
        return Verdict::inconclusive(
                   "it gave up {} after its request, and the answer that was due after {} was not there: the stage was late by {}",
                   seconds_text(wait->most), seconds_text(due), seconds_text(attempt.lateness.worst()))
            .remedy("run this check again when the machine has less to do");
    }
    return Verdict::inconclusive("nobody saw the answer taken or given up: {}", attempt.summary());
}

Verdict judge_cut(const Attempt& attempt, int retries) {
    if (std::optional<Verdict> nothing = never_asked(attempt)) {
        return std::move(*nothing);
    }
    const std::vector<Call> calls = calls_of(attempt);
    const bool cut = std::ranges::any_of(
        calls, [](const Call& call) { return call.request->answered && call.request->status == 504; });
    if (!cut) {
        const std::optional<Lateness::Bounds> wait = gave_up_after(attempt);
        return wait ? Verdict::not_tried("needs software that waits for the gateway's 504; it gave up after {}",
                                         seconds_text(wait->most))
                    : Verdict::inconclusive("the 504 was neither taken nor given up: {}", attempt.summary());
    }
    constexpr Refusable shown{
        "a 504 of the gateway",
        "look at the status of every answer before its content, and report a failure for 504 (RFC 9110 15.6.5)"};
    Verdict verdict = judge_not_taken(attempt, shown);
    if (verdict.outcome() == Outcome::pass && requests_of(attempt) > static_cast<std::size_t>(retries) + 1) {
        return Verdict::warning("after the gateway's 504 {} requests came: more than the {} repetitions of the profile",
                                requests_of(attempt), retries)
            .remedy("make a call that was cut again a few times at most (client.retries in the profile)");
    }
    return verdict;
}

Verdict judge_silence(const Attempt& attempt, const Timing& timing, milliseconds end) {
    constexpr Awaited awaited{"an answer that does not come", limit_waits};
    if (std::optional<Verdict> nothing = never_asked(attempt)) {
        return std::move(*nothing);
    }
    if (std::optional<Verdict> doubt = reports_success(attempt, "nothing was answered")) {
        return std::move(*doubt);
    }
    const std::optional<Lateness::Bounds> wait = gave_up_after(attempt);
    if (!wait) {
        return without_end(attempt, awaited, timing, end);
    }
    if (wait->most < timing.limit) {
        return Verdict::warning("it gave up {} after its request, before the gateway does after {}",
                                seconds_text(wait->most), seconds_text(timing.limit))
            .remedy("wait a little longer than the gateway, so that its own answer tells what became of the call");
    }
    return gave_up(awaited, *wait);
}

Verdict judge_silent_handshake(const Attempt& attempt, const Timing& timing, milliseconds end) {
    constexpr Awaited awaited{
        "a server that does not answer the ClientHello",
        "give the handshake a time by which it has to be over (curl: --connect-timeout; Java: SSLSocket.setSoTimeout before startHandshake)"};
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return std::move(*other);
    }
    if (attempt.reached() < stage::Reached::hello) {
        return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
    }
    if (std::optional<Verdict> doubt = reports_success(attempt, "no handshake was answered")) {
        return std::move(*doubt);
    }
    const std::optional<Lateness::Bounds> wait = gave_handshake_up_after(attempt);
    return wait ? gave_up(awaited, *wait) : without_end(attempt, awaited, timing, end);
}

Verdict judge_unfinished(const Attempt& attempt, const Awaited& awaited, const Timing& timing, milliseconds end) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    const std::optional<Lateness::Bounds> wait = gave_up_after(attempt);
    if (attempt.claim.kind == Claim::Kind::success) {
        return Verdict::fail("{} was taken for whole: {}", awaited.what, attempt.summary())
            .remedy(
                "take an answer for whole only when its length or its last chunk says so (RFC 9112 8), and report a failure when the time is up");
    }
    if (!wait) {
        return without_end(attempt, awaited, timing, end);
    }
    if (attempt.claim.kind == Claim::Kind::none) {
        return Verdict::not_tried("it was given up after {}; whether it was taken for whole, only its own word tells",
                                  seconds_text(wait->most));
    }
    return gave_up(awaited, *wait);
}

bool served_later(const Attempt& attempt) {
    const std::optional<stage::Time> over = first_call_over(attempt);
    const std::vector<Call> calls = calls_of(attempt);
    return over && std::ranges::any_of(calls, [&](const Call& call) {
               return call.request->answered && call.request->status >= 200 && call.request->status < 400 &&
                      call.request->first_byte >= *over;
           });
}

Verdict judge_recovery(const Attempt& attempt, std::string_view what, const Timing& timing) {
    if (served_later(attempt)) {
        return Verdict::pass("after {} it was served again", what);
    }
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return std::move(*other);
    }
    if (attempt.reached() < stage::Reached::hello) {
        return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
    }
    if (!first_call_over(attempt)) {
        return still_waiting(attempt);
    }
    return unless_late(Verdict::fail("after {} no call of it was served any more: {}", what, attempt.summary())
                           .remedy("end the call that took too long with its connection, and make the next one anew"),
                       late_at_end(attempt), timing.lateness());
}

bool first_call_closed(const Attempt& attempt) {
    const std::vector<Call> calls = calls_of(attempt);
    return !calls.empty() && left(*calls.front().visit, attempt);
}

bool went_on_mixing(const Attempt& attempt) {
    const std::vector<Call> calls = calls_of(attempt);
    return !calls.empty() && calls.front().visit->requests.size() >= 3;
}

Verdict judge_closed(const Attempt& attempt, const Timing& timing) {
    if (std::optional<Verdict> nothing = never_asked(attempt)) {
        return std::move(*nothing);
    }
    if (first_call_closed(attempt)) {
        return Verdict::pass("the connection of a call that was given up was closed");
    }
    const std::vector<Call> calls = calls_of(attempt);
    const auto later = std::ranges::count_if(
        calls, [&](const Call& call) { return call.visit != calls.front().visit && call.request->answered; });
    if (later == 0) {
        return still_waiting(attempt);
    }
    return unless_late(
        Verdict::warning(
            "the connection of its first call, which nobody answered, was still open when {} later ones had been answered",
            later)
            .remedy("close the connection with the call that was given up (RFC 9112 9.5): its answer may still come"),
        late_at_end(attempt), timing.lateness());
}

Verdict judge_late_answer(const Attempt& attempt, const Timing& timing) {
    if (std::optional<Verdict> nothing = never_asked(attempt)) {
        return std::move(*nothing);
    }
    constexpr std::string_view remedy =
        "close the connection of a call that was given up, and never send another over it: the next answer on it is that of the old call";
    const std::vector<Call> calls = calls_of(attempt);
    const Visit& first = *calls.front().visit;
    if (first.requests.size() < 2) {
        if (first_call_closed(attempt)) {
            return Verdict::pass("the connection of a call that was given up was closed, and with it its answer");
        }
        return calls.size() > 1 ? Verdict::pass("the connection of a call that was given up was not used again")
                                : still_waiting(attempt);
    }
    // Whoever pipelines (RFC 9112 9.3.2) has given nothing up yet.
    const milliseconds wait = attempt.lateness.between(begin_of(calls.front()), first.requests[1].first_byte).least;
    if (wait < timing.limit / 4) {
        return Verdict::not_tried(
            "needs software that asks one thing at a time on a connection: its next request came {} after the first",
            seconds_text(wait));
    }
    if (went_on_mixing(attempt)) {
        return Verdict::fail("the answer of a call that was given up after {} was taken for that of the next one",
                             seconds_text(wait))
            .remedy(std::string(remedy));
    }
    return Verdict::warning("its next request came over the connection of a call that was given up after {}",
                            seconds_text(wait))
        .remedy(std::string(remedy));
}

}  // namespace gateproof::suites
