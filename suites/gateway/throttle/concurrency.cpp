// CLOUD-THROTTLE: how many calls one DSP may have open at once, how more are refused, and that it is served again.
#include <algorithm>
#include <optional>

#include "suites/gateway/throttle/judge.hpp"
#include "suites/gateway/throttle/probe.hpp"
#include "suites/gateway/throttle/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using load::LoadResult;

constexpr int most_overlap_tries = 3;

/// Beyond what the tolerance allows, and no more connections than the profile lets us open.
std::size_t too_many(const ThrottleLimits& limits) {
    const std::int64_t wanted = std::max(2 * limits.concurrency, limits.most_at_once()) + 2;
    return static_cast<std::size_t>(std::min<std::int64_t>(wanted, limits.load.connections));
}

/// A DSP that is refused before it has called at all says nothing of calls at once.
std::optional<Verdict> refused_already(const ThrottleProbe& probe) {
    if (!probe.refused_from_the_start()) {
        return std::nullopt;
    }
    return Verdict::inconclusive("operation '{}' is refused before any load of this run", probe.operation().name)
        .remedy("let earlier load of this DSP wear off, then run again");
}

/// As many calls at once as declared, again where our own handshakes kept them from overlapping: only a refusal ends it
/// early, since that is never our doing.
awaitable<LoadResult> declared_calls(ThrottleProbe& probe) {
    const auto calls = static_cast<std::size_t>(probe.limits().concurrency);
    for (int tries = 1;; ++tries) {
        LoadResult result = co_await probe.run_alone(probe.at_once(calls));
        const auto& samples = result.streams.front().samples;
        if (tries == most_overlap_tries || load::count(samples).refused > 0 || most_at_once(samples) >= calls) {
            co_return result;
        }
    }
}

/// Build packs of Returns 5.1: calls up to the agreed number are served.
awaitable<Verdict> served_at_once(Context& /*ctx*/, ThrottleProbe& probe) {
    if (const std::optional<Verdict> already = refused_already(probe)) {
        co_return *already;
    }
    const LoadResult result = co_await declared_calls(probe);
    const std::optional<Verdict> stopped = unusable(result);
    co_await probe.end();
    co_return stopped ? *stopped : judge_at_once_served(result.streams.front().samples, probe.limits());
}

/// Build packs of Returns 5.1: more at once are refused. Which kind of limit it is shows in that the same number of
/// calls in turn is not.
awaitable<Verdict> limited_at_once(Context& /*ctx*/, ThrottleProbe& probe) {
    if (const std::optional<Verdict> already = refused_already(probe)) {
        co_return *already;
    }
    const LoadResult in_turn = co_await probe.run_alone(probe.in_turn(too_many(probe.limits())));
    std::optional<Verdict> stopped = unusable(in_turn);
    if (!stopped) {
        const LoadResult at_once = co_await probe.run(probe.at_once(too_many(probe.limits())));
        stopped = unusable(at_once);
        if (!stopped) {
            stopped =
                judge_at_once_limited(in_turn.streams.front().samples, at_once.streams.front().samples, probe.limits());
        }
    }
    co_await probe.end();
    co_return *stopped;
}

/// Build packs of Returns 5.1: the refusal is HTTP 429 with the technical SOAP fault.
awaitable<Verdict> refusal_at_once(Context& ctx, ThrottleProbe& probe) {
    const LoadResult result = co_await probe.run(probe.at_once(too_many(probe.limits())));
    const load::StreamResult& calls = result.streams.front();
    const std::optional<Verdict> stopped = unusable(result);
    co_await probe.end();
    if (stopped) {
        co_return *stopped;
    }
    if (load::count(calls.samples).refused == 0) {
        co_return never_refused(result);
    }
    for (const auto& [status, answer] : calls.first_of_status) {
        ctx.evidence().add("throttle_answer").with("status", status).with("body", ctx.excerpt(answer.body));
    }
    co_return judge_shape(calls.samples, calls.first_of_status, probe.limits(), std::chrono::system_clock::now());
}

/// Build packs of Returns 5.1: after the pause that clients are told to make they are served again.
awaitable<Verdict> recovers_at_once(Context& /*ctx*/, ThrottleProbe& probe) {
    if (const std::optional<Verdict> already = refused_already(probe)) {
        co_return *already;
    }
    const LoadResult beyond = co_await probe.run(probe.at_once(too_many(probe.limits())));
    std::optional<Verdict> stopped = unusable(beyond);
    if (!stopped && load::count(beyond.streams.front().samples).refused == 0) {
        stopped = never_refused(beyond);
    }
    if (!stopped) {
        co_await probe.pause(probe.limits().recovery);
        const LoadResult result = co_await probe.run_alone(probe.in_turn(3));
        stopped = unusable(result);
        if (!stopped) {
            stopped = judge_at_once_recovery(result.streams.front().samples, probe.limits());
        }
    }
    co_await probe.end();
    co_return *stopped;
}

}  // namespace

std::vector<Check> concurrency_checks() {
    return checks(concurrency_family(decides("CLOUD-THROTTLE")),
                  {{.id = "throttle.at-once-served",
                    .title = "As many calls at once as declared must be served",
                    .run = with_calls_at_once(served_at_once)},
                   {.id = "throttle.at-once-limited",
                    .title = "More calls at once than declared must be refused, and in turn served",
                    .run = with_calls_at_once(limited_at_once)},
                   {.id = "throttle.at-once-refusal",
                    .title = "Too many calls at once must be refused as declared",
                    .run = with_calls_at_once(refusal_at_once)},
                   {.id = "throttle.at-once-recovers",
                    .title = "After the declared pause a DSP that called too much at once must be served again",
                    .run = with_calls_at_once(recovers_at_once)}});
}

}  // namespace gateproof::suites
