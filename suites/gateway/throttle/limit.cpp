// CLOUD-THROTTLE: whether the limit engages, where, how it says so, and that it lets go again.
#include <algorithm>

#include "suites/gateway/throttle/judge.hpp"
#include "suites/gateway/throttle/probe.hpp"
#include "suites/gateway/throttle/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using load::LoadResult;
using load::Schedule;
using std::chrono::nanoseconds;

/// Rises from half the limit to the flood rate, and stays there until the limit with its tolerance is well behind.
Schedule rising(const ThrottleProbe& probe) {
    const ThrottleLimits& limits = probe.limits();
    const double low = limits.rate() / 2;
    const double high = probe.flood_rate();
    const double rise = std::max(0.2, static_cast<double>(limits.burst) / high);
    const double factor = 1.2 * (1 + limits.tolerance);
    const double missing = factor * allowance(limits, time_of(rise)) - (low + high) / 2 * rise;
    const double excess = std::max(high - factor * limits.rate(), high / 10);
    return Schedule::ramp(low, high, time_of(rise)).then_constant(high, time_of(std::max(0.0, missing) / excess));
}

/// SE, throttling: heavy use is throttled, where it is declared to be.
awaitable<Verdict> engages(Context& /*ctx*/, ThrottleProbe& probe) {
    if (probe.refused_from_the_start()) {
        co_return Verdict::inconclusive("operation '{}' is refused before any load of this run", probe.operation().name)
            .remedy("let earlier load of this DSP wear off, then run again");
    }
    load::Stream load = probe.as_a("A", rising(probe));
    load.enough_refusals = 5;
    const LoadResult result = co_await probe.run(std::move(load));
    std::optional<Verdict> stopped = unusable(result);
    co_await probe.end();
    co_return stopped ? *stopped : judge_engagement(result.streams.front().samples, probe.limits());
}

/// SE, throttling: whoever stays below the limit is not touched by it.
awaitable<Verdict> below_limit_untouched(Context& /*ctx*/, ThrottleProbe& probe) {
    // So long that a smaller burst or rate than declared would show.
    const double rate = 0.8 * probe.limits().rate();
    const double time = std::max(2.0 * static_cast<double>(probe.limits().burst), 16.0) / rate;
    const LoadResult result = co_await probe.run(probe.as_a("A", Schedule::constant(rate, time_of(time))));
    std::optional<Verdict> stopped = unusable(result);
    co_await probe.end();
    co_return stopped ? *stopped : judge_below(result.streams.front().samples, probe.limits(), rate);
}

/// RFC 6585 4, RFC 9110 10.2.3: the refusal says what it is, and when to come again.
awaitable<Verdict> response_shape(Context& ctx, ThrottleProbe& probe) {
    const LoadResult result = co_await probe.run(probe.flood_until_refused(5));
    const load::StreamResult& flood = result.streams.front();
    std::optional<Verdict> stopped = unusable(result);
    co_await probe.end();
    if (stopped) {
        co_return *stopped;
    }
    if (load::count(flood.samples).refused == 0) {
        co_return never_refused(result);
    }
    for (const auto& [status, answer] : flood.first_of_status) {
        const std::string* const retry_after = answer.header("retry-after");
        const std::string* const type = answer.header("content-type");
        ctx.evidence()
            .add("throttle_answer")
            .with("status", status)
            .with("retry_after", retry_after != nullptr ? std::string_view(*retry_after) : std::string_view("none"))
            .with("content_type", type != nullptr ? std::string_view(*type) : std::string_view("none"))
            .with("body", ctx.excerpt(answer.body));
    }
    co_return judge_shape(flood.samples, flood.first_of_status, probe.limits(), std::chrono::system_clock::now());
}

/// SE, throttling: a DSP that slows down is served again.
awaitable<Verdict> recovers(Context& /*ctx*/, ThrottleProbe& probe) {
    const LoadResult flood = co_await probe.run(probe.flood_until_refused(3));
    std::optional<Verdict> stopped = unusable(flood);
    if (stopped) {
        co_return *stopped;
    }
    if (load::count(flood.streams.front().samples).refused == 0) {
        co_await probe.end();
        co_return never_refused(flood);
    }
    co_await probe.pause(probe.limits().recovery);
    const double rate = probe.limits().rate() / 2;
    const LoadResult result = co_await probe.run(probe.as_a("A", Schedule::constant(rate, time_of(5 / rate))));
    stopped = unusable(result);
    co_await probe.end();
    co_return stopped ? *stopped : judge_recovery(result.streams.front().samples, probe.limits());
}

}  // namespace

std::vector<Check> throttle_limit_checks() {
    return checks(throttle_family(decides("CLOUD-THROTTLE")),
                  {{.id = "throttle.engages",
                    .title = "Heavy use must be throttled where it is declared to be",
                    .run = under_load(engages)},
                   {.id = "throttle.below-limit-untouched",
                    .title = "Below the declared limit nothing may be refused",
                    .run = under_load(below_limit_untouched)},
                   {.id = "throttle.response-shape",
                    .title = "Heavy use must be refused as declared, with Retry-After",
                    .run = under_load(response_shape)},
                   {.id = "throttle.recovers",
                    .title = "After a pause a throttled DSP must be served again",
                    .run = under_load(recovers)}});
}

}  // namespace gateproof::suites
