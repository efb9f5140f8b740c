// How what a load brought is judged against the declared limit: pure functions of samples.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/probe/load/generator.hpp"
#include "harness/probe/load/samples.hpp"
#include "harness/profile/throttle_limits.hpp"
#include "harness/statistics/intervals.hpp"

namespace gateproof::suites {

/// How many requests the declared limit lets pass within a time: its burst, and its rate for so long.
double allowance(const ThrottleLimits& limits, std::chrono::nanoseconds time);

/// How many of the requests the declared limit would itself have refused, sent when they were sent: a token bucket over
/// the moments of sending. What our own lateness brought too close together is not the endpoint's doing.
std::size_t beyond_limit(std::span<const load::Sample> samples, const ThrottleLimits& limits);

/// Whether a rising load was refused, and where.
Verdict judge_engagement(std::span<const load::Sample> samples, const ThrottleLimits& limits);

/// Whether a load below the limit was left alone. `rate` is that of the load.
Verdict judge_below(std::span<const load::Sample> samples, const ThrottleLimits& limits, double rate);

/// Whether refusals look as declared. `first_of_status` holds an answer of each status.
Verdict judge_shape(std::span<const load::Sample> samples, const std::map<int, HttpResponse>& first_of_status,
                    const ThrottleLimits& limits, std::chrono::system_clock::time_point now);

/// Why a Retry-After (RFC 9110 10.2.3) is no help; empty: it is. `now`: by the clock that a date in it is from.
std::string retry_after_problem(std::string_view value, const ThrottleLimits& limits,
                                std::chrono::system_clock::time_point now);

/// Whether a DSP that has been quiet for as long as declared is served again.
Verdict judge_recovery(std::span<const load::Sample> samples, const ThrottleLimits& limits);

/// How many of the calls were open at the same moment, from when they were sent to the end of their answers.
std::size_t most_at_once(std::span<const load::Sample> samples);

/// Whether as many calls at once as declared were served. Inconclusive where they did not overlap so much.
Verdict judge_at_once_served(std::span<const load::Sample> samples, const ThrottleLimits& limits);

/// Whether more calls at once than declared were refused. `in_turn`: as many, one after another, which a limit of calls
/// at once does not touch.
Verdict judge_at_once_limited(std::span<const load::Sample> in_turn, std::span<const load::Sample> at_once,
                              const ThrottleLimits& limits);

/// Whether calls in turn are served after the declared pause.
Verdict judge_at_once_recovery(std::span<const load::Sample> samples, const ThrottleLimits& limits);

/// What share of the requests of one stream was served: those that were answered and scheduled in [from, to).
struct Served {
    std::size_t served = 0;
    std::size_t answered = 0;

    Served& operator+=(const Served& more);
};
Served served_within(std::span<const load::Sample> samples, std::chrono::nanoseconds from, std::chrono::nanoseconds to);

/// Whether one way of sending gets more served than the flood beside it, by the difference of the shares with
/// Newcombe's 99 % interval: evaded when even its low end is more than a fifth.
enum class Evasion { no, yes, undecided };
Evasion judge_evasion(const Served& flood, const Served& way);

/// By what the limit is counted: `flood` is A's, `other` are B's requests beside it, `token` A's with other tokens
/// (none: not tried). A finding that the profile declares is a warning.
Verdict judge_key(const Served& flood, const Served& other, const Served& token, const ThrottleLimits& limits);

/// By how many requests more was served in all than the limit allows from a moment on at which it was known to be
/// spent: when a request of the flood, the first stream, that was to be refused was sent last before `from`. Negative:
/// the limit held, however the streams shared it. A few requests cross that moment.
double served_beyond(std::span<const load::StreamResult> streams, std::chrono::nanoseconds from,
                     const ThrottleLimits& limits);

/// B's own requests before, during and after A's flood.
struct IsolationSamples {
    std::vector<load::Sample> before;
    std::vector<load::Sample> during;
    std::vector<load::Sample> after;
};
/// Whether B is displaced once A claims B's address; both name it in the headers of proxies. `alone`: B's requests
/// while nobody was heavy. Nothing: it is not.
std::optional<Verdict> judge_claimed_address(const load::Counts& alone, const load::Counts& during);
/// The statistic of throttle.isolates (docs/throttling.md); inconclusive where it cannot tell.
Verdict judge_isolation(const IsolationSamples& samples, std::chrono::nanoseconds allowed);

}  // namespace gateproof::suites
