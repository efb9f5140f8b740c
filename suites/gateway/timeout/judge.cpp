#include <algorithm>
#include <array>

#include "harness/probe/socket/deadline.hpp"
#include "suites/gateway/timeout/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

using std::chrono::milliseconds;

namespace {

/// Statuses by which a gateway says that it gave up waiting (RFC 9110 15.5.9, 15.6.3 to 15.6.5).
constexpr std::array timeout_statuses{408, 502, 503, 504};
/// Those that say nothing else.
constexpr std::array plain_timeout_statuses{408, 504};

template <std::size_t N>
bool is_one_of(const std::array<int, N>& statuses, int status) {
    return std::ranges::find(statuses, status) != statuses.end();
}

/// As the profile says that a served answer looks.
bool looks_served(const SlowAnswer& answer, const Operation& operation) {
    return answer.is_whole() &&
           std::ranges::find(operation.expect_status, answer.status) != operation.expect_status.end() &&
           answer.body.find(operation.expect_body_contains) != std::string::npos;
}

constexpr std::string_view cut_remedy =
    "let the gateway cut what takes longer than its timeout with a complete HTTP 504, on time";

/// A success that came while the operation cannot have been done.
bool too_early_for_success(const SlowAnswer& answer, const Timing& timing) {
    return answer.end_at >= timing.limit - timing.tolerance && timing.slow &&
           answer.end_at < timing.slow->takes - timing.tolerance;
}

Verdict judge_timeout_status(const SlowAnswer& answer, const Timing& timing) {
    if (!answer.is_whole()) {
        return Verdict::fail("the operation was cut by an answer that is not whole: {}", answer.summary())
            .remedy(std::string(cut_remedy));
    }
    if (answer.head_at < timing.limit - timing.tolerance) {
        if (!is_one_of(plain_timeout_statuses, answer.status)) {
            return Verdict::inconclusive("{}: that is no cut, the operation itself is not available", answer.summary())
                .remedy("see that the operation of timeouts.slow works");
        }
        return Verdict::fail("{}: before {}", answer.summary(), limit_text(timing))
            .remedy("raise the gateway's timeout, or correct timeouts.limit_ms in the profile");
    }
    if (answer.end_at > timing.limit + timing.lateness()) {
        return Verdict::fail("{}: too long after {}", answer.summary(), limit_text(timing))
            .remedy("lower the gateway's timeout, or correct timeouts.limit_ms in the profile");
    }
    return Verdict::pass("cut with {} ({})", answer.summary(), limit_text(timing));
}

}  // namespace

std::string limit_text(const Timing& timing) {
    return timing.scale == 1 ? fmt::format("the limit of {}", seconds_text(timing.limit))
                             : fmt::format("the limit of {}, scaled by {:g}", seconds_text(timing.limit), timing.scale);
}

Verdict judge_slow_cut(const SlowAnswer& answer, const Timing& timing, const Operation& operation) {
    if (answer.body_state == SlowAnswer::Body::none || answer.body_state == SlowAnswer::Body::unreadable) {
        return Verdict::fail("the slow operation was not cut cleanly: {} ({})", answer.summary(), limit_text(timing))
            .remedy(std::string(cut_remedy));
    }
    if (is_one_of(timeout_statuses, answer.status)) {
        return judge_timeout_status(answer, timing);
    }
    if (answer.head_at < timing.limit - timing.tolerance) {
        return Verdict::inconclusive("the slow operation {} {} is not slow: {}", operation.method, operation.path,
                                     answer.summary())
            .remedy("name an operation in timeouts.slow that takes longer than the limit, and how long it takes");
    }
    if (looks_served(answer, operation) && !too_early_for_success(answer, timing)) {
        return Verdict::fail("the slow operation was not cut at all: {} ({})", answer.summary(), limit_text(timing))
            .remedy(std::string(cut_remedy));
    }
    if (is_success(answer.status) || !answer.is_whole()) {
        return Verdict::fail("the slow operation was cut by an answer that does not say so: {}", answer.summary())
            .remedy(std::string(cut_remedy));
    }
    if (answer.end_at > timing.limit + timing.lateness()) {
        return Verdict::fail("{}: too long after {}", answer.summary(), limit_text(timing))
            .remedy(std::string(cut_remedy));
    }
    return Verdict::warning("cut with {} ({}), a status that does not say that it was a timeout", answer.summary(),
                            limit_text(timing))
        .remedy(std::string(cut_remedy));
}

Verdict judge_below_limit(const SlowAnswer& answer, const Timing& timing, const Operation& operation) {
    if (looks_served(answer, operation)) {
        const bool as_long_as_said =
            !timing.below_limit || answer.end_at + timing.tolerance >= timing.below_limit->takes;
        if (!as_long_as_said) {
            return Verdict::inconclusive("{}, though timeouts.below_limit says that it takes {}", answer.summary(),
                                         seconds_text(timing.below_limit->takes))
                .remedy("say how long the operation really takes, or name one that takes that long");
        }
        return Verdict::pass("served: {} ({})", answer.summary(), limit_text(timing));
    }
    const bool cut = !answer.is_whole() || is_one_of(timeout_statuses, answer.status);
    if (cut) {
        return Verdict::fail("an operation that stays below {} was not served: {}", limit_text(timing),
                             answer.summary())
            .remedy("raise the gateway's timeout to what is published, also on what stands in front of it");
    }
    return Verdict::inconclusive("neither served nor cut: {}", answer.summary())
        .remedy("see that the operation of timeouts.below_limit works");
}

Verdict judge_no_partial_success(const SlowAnswer& answer, const Timing& timing, const Operation& operation) {
    using Body = SlowAnswer::Body;
    if (answer.body_state == Body::none || answer.body_state == Body::unreadable) {
        return Verdict::skipped("there was no answer that could be partial: {}", answer.summary());
    }
    if (!is_success(answer.status)) {
        return Verdict::pass("the operation that was cut is no success: {}", answer.summary());
    }
    if (answer.body_state == Body::broken_off) {
        return Verdict::warning("a success was begun and never finished: {}", answer.summary())
            .remedy(
                "hold an answer back until the operation is done; a client that looks at the status alone takes "
                "this for success");
    }
    const bool cut = too_early_for_success(answer, timing) || !looks_served(answer, operation) ||
                     answer.body_state == Body::until_close;
    if (cut && answer.end_at >= timing.limit - timing.tolerance) {
        return Verdict::fail("an operation that was cut is answered as a success: {}", answer.summary())
            .remedy("answer 504 when the operation was cut; what it had produced by then is not a result");
    }
    return Verdict::skipped("the operation was not cut: {}", answer.summary());
}

bool cut_with_an_answer(const SlowAnswer& answer) {
    return answer.is_whole() && answer.status >= 400;
}

Verdict judge_usable_after(const SlowAnswer& cut, const AfterCut& after, const Operation& control) {
    constexpr std::string_view remedy =
        "after a timeout close the connection and say so (Connection: close), or keep it good for the next request";
    if (!cut_with_an_answer(cut)) {
        return Verdict::skipped("no cut left a connection behind: {}", cut.summary());
    }
    if (!cut.surplus.empty()) {
        return Verdict::fail("{} more bytes followed the answer, which the next request would take for its own",
                             cut.surplus.size())
            .remedy(std::string(remedy));
    }
    if (!cut.keep_alive) {
        return after.ended ? Verdict::pass("{}; the answer ends the connection, and it was closed", cut.summary())
                           : Verdict::fail("{}; the answer ends the connection, but it stayed open", cut.summary())
                                 .remedy(std::string(remedy));
    }
    if (!looks_served(after.next, control)) {
        const bool strange = after.next.is_whole() && is_success(after.next.status);
        return Verdict::fail("after the cut the connection was no good: {}{}", after.next.summary(),
                             strange ? ", but not the answer to what was asked" : "")
            .remedy(std::string(remedy));
    }
    return Verdict::pass("{}; the next request on the connection was served", cut.summary());
}

bool write_was_cut(const SlowAnswer& answer, const Operation& write) {
    if (!answer.is_whole() || is_one_of(timeout_statuses, answer.status)) {
        return true;
    }
    return is_success(answer.status) && !looks_served(answer, write);
}

Verdict judge_cut_write(const CutWrite& cut, const Timing& timing, const Operation& write) {
    constexpr std::string_view remedy =
        "have what the gateway cuts end behind it too; until then a client whose write was cut must ask for its status "
        "before it sends it again, or what it files counts twice";
    const std::string sent = request_line(write);
    if (!cut.at_once) {
        return looks_served(cut.answer, write)
                   ? Verdict::skipped("the write was not cut: {}", cut.answer.summary())
                   : Verdict::inconclusive("{} was neither served nor cut: {}", sent, cut.answer.summary())
                         .remedy("see that the operation of timeouts.slow_write works");
    }
    const auto is = [](const std::optional<WriteFate>& fate, WriteFate::Kind kind) {
        return fate && fate->kind == kind;
    };
    using Kind = WriteFate::Kind;
    if (is(cut.at_once, Kind::carried_out)) {
        return Verdict::warning("{} was cut ({}), and was carried out all the same: {}", sent, cut.answer.summary(),
                                cut.at_once->told())
            .remedy(std::string(remedy));
    }
    if (is(cut.later, Kind::carried_out)) {
        return Verdict::warning(
                   "{} was cut ({}), and was carried out later: {} once the {} were over that it takes, and "
                   "before that \"{}\"",
                   sent, cut.answer.summary(), cut.later->told(),
                   seconds_text(timing.slow_write ? timing.slow_write->takes : timing.limit), cut.at_once->words())
            .remedy(std::string(remedy));
    }
    if (is(cut.later, Kind::not_carried_out)) {
        return Verdict::pass("{} was cut ({}); {}, at once and when its time was over: it may be sent again", sent,
                             cut.answer.summary(), cut.later->told());
    }
    const WriteFate& last = cut.later ? *cut.later : *cut.at_once;
    const std::string sentence = fmt::format("{} was cut ({}), and {}", sent, cut.answer.summary(), last.told());
    if (!last.answered) {
        return Verdict(Outcome::inconclusive, sentence);
    }
    return Verdict(Outcome::warning, sentence)
        .remedy(
            "have the status query tell of every write whether it was carried out, also of one that was cut; where "
            "it says so in other words, correct carried_out and not_carried_out in the profile");
}

Verdict judge_idle_cut(const Held& held, milliseconds due, const Timing& timing, std::string_view doing) {
    if (!held.opened) {
        return Verdict::inconclusive("the connection that was to be held was not accepted: {}", held.end.summary());
    }
    if (held.still_open()) {
        return Verdict::fail("a client that stops {} was still connected after {} (due: {})", doing,
                             seconds_text(held.lasted), seconds_text(due))
            .remedy("cut clients that do not finish what they began; each of them holds a connection");
    }
    const int status = held.status();
    const std::string how =
        status > 0 ? fmt::format("HTTP {}, then {}", status, held.end.summary()) : held.end.summary();
    if (held.end.end == Ending::tls_protocol) {
        return Verdict::inconclusive("a client that stops {}: {}", doing, how);
    }
    if (held.lasted > due + timing.lateness()) {
        return Verdict::fail("a client that stops {} was cut only after {} (due: {}): {}", doing,
                             seconds_text(held.lasted), seconds_text(due), how)
            .remedy("lower this timeout, or say in timeouts.phases when the cut is due");
    }
    const bool about_the_cut = status == 0 || status == 400 || status == 408 || status >= 500;
    if (!about_the_cut && held.lasted < due / 2) {
        return Verdict::not_tried(
            "a client that stops {} was answered before any timeout, after {}: {}; with an operation "
            "in the profile that takes a body (POST), that one is tried",
            doing, seconds_text(held.lasted), how);
    }
    return Verdict::pass("a client that stops {} was cut after {}: {}", doing, seconds_text(held.lasted), how);
}

Verdict judge_keep_alive(const Held& held, bool promised, const Timing& timing) {
    const milliseconds due = timing.by(timing.keep_alive);
    if (!promised) {
        return held.still_open()
                   ? Verdict::fail("the answer says that the connection ends, but it was still open after {}",
                                   seconds_text(held.lasted))
                         .remedy("close a connection whose end was announced")
                   : Verdict::pass("the endpoint ends its connections after an answer, and says so");
    }
    Verdict verdict = judge_idle_cut(held, due, timing, "between two requests");
    // Closing is the server's right at any time (RFC 9112 9.5), but then nothing was kept alive.
    if (verdict.outcome() == Outcome::pass && held.lasted < due / 30) {
        return Verdict::warning(
                   "the connection was not kept alive: after an answer that let it live on it ended after "
                   "{}",
                   seconds_text(held.lasted))
            .remedy(
                "keep idle connections for a while, or say Connection: close; a client that sends its next request "
                "just then does not know whether it was heard");
    }
    return verdict;
}

}  // namespace gateproof::suites
