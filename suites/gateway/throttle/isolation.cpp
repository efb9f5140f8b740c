// CLOUD-THROTTLE-ISOLATION: what one DSP does is not felt by another.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "suites/gateway/throttle/judge.hpp"
#include "suites/gateway/throttle/probe.hpp"
#include "suites/gateway/throttle/suite.hpp"
#include "suites/gateway/throttle/ways.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using load::LoadResult;
using load::Sample;
using load::Schedule;
using load::Stream;
using std::chrono::nanoseconds;

constexpr int most_isolation_rounds = 3;
constexpr double phase_requests = 16;  ///< of B, in each phase

/// B's share of its own limit: far enough below it that nothing but A could bring it there.
double calm_rate(const ThrottleProbe& probe) {
    return 0.4 * probe.limits().rate();
}

void take(std::vector<Sample>& into, const std::vector<Sample>& samples, nanoseconds from, nanoseconds to) {
    std::ranges::copy_if(samples, std::back_inserter(into), [from, to](const Sample& sample) {
        return sample.scheduled >= from && sample.scheduled < to;
    });
}

/// A takes the victim's address for its own: both name it as a proxy would, so that a gateway which counts by it counts
/// both together. Nothing: B is shielded.
awaitable<std::optional<Verdict>> claims_address(ThrottleProbe& probe, const IsolationSamples& seen) {
    constexpr double asked_alone = 4;
    const double calm = calm_rate(probe);
    const HttpRequest claiming = claiming_address(probe.request(), nobodys_address(1));
    const std::vector<std::string> requests{load::request_bytes(claiming, false)};
    co_await probe.pause(probe.limits().recovery);
    Stream quiet = probe.as_b("B with an address in headers", Schedule::constant(calm, time_of(asked_alone / calm)));
    quiet.requests = requests;
    const LoadResult before = co_await probe.run(std::move(quiet));
    const load::Counts alone = load::count(before.streams.front().samples);
    if (alone.served < alone.sent || alone.sent == 0) {
        co_return std::nullopt;  // such requests are refused, so nobody is taken for somebody by them
    }
    const nanoseconds time = time_of(phase_requests / calm);
    const nanoseconds drained = time / 5;
    std::vector<Stream> streams;
    streams.push_back(probe.as_b("B with an address in headers", Schedule::constant(calm, time).delayed(drained)));
    streams.push_back(
        probe.as_a("A with the address of B in headers", Schedule::constant(probe.flood_rate(calm), drained + time)));
    streams.front().max_connections = static_cast<std::size_t>(probe.limits().load.connections);
    streams.front().requests = requests;
    streams.back().requests = requests;
    const LoadResult result = co_await probe.run(std::move(streams));
    std::optional<Verdict> verdict = unusable(result);
    if (!verdict) {
        load::Counts calm_ones = alone;
        for (const std::vector<Sample>* part : {&seen.before, &seen.after}) {
            calm_ones += load::count(*part);
        }
        verdict = judge_claimed_address(calm_ones, load::count(result.streams.front().samples));
    }
    co_return verdict;
}

/// SE, throttling: other DSPs are shielded from a heavy one. B asks evenly all the time, A floods in the middle; after
/// the flood the limit is given its time to recover before the second half of the baseline.
awaitable<Verdict> isolates(Context& /*ctx*/, ThrottleProbe& probe) {
    const double calm = calm_rate(probe);
    const nanoseconds phase = time_of(phase_requests / calm);
    const nanoseconds drained = phase / 5;
    const nanoseconds gap = probe.limits().recovery;
    const nanoseconds flood_ends = phase + drained + phase;
    const nanoseconds ends = flood_ends + gap + phase;
    IsolationSamples seen;
    Verdict verdict = Verdict::inconclusive("nothing was measured");
    for (int round = 0; round < most_isolation_rounds; ++round) {
        std::vector<Stream> streams;
        streams.push_back(probe.as_b("B", Schedule::constant(calm, ends)));
        streams.push_back(probe.as_a("A", Schedule::constant(probe.flood_rate(calm), phase + drained).delayed(phase)));
        // B's requests must not wait for each other: what they wait for is to be A's doing.
        streams.front().max_connections = static_cast<std::size_t>(probe.limits().load.connections);
        const LoadResult result = co_await probe.run(std::move(streams));
        std::optional<Verdict> stopped = unusable(result);
        if (stopped) {
            verdict = *stopped;
            break;
        }
        const std::vector<Sample>& b = result.streams.front().samples;
        take(seen.before, b, nanoseconds(0), phase);
        take(seen.during, b, phase + drained, flood_ends);
        take(seen.after, b, flood_ends + gap, ends);
        verdict = judge_isolation(seen, probe.limits().slowdown);
        // A noisy measurement is made again and added to; a failure is not tried away.
        if (verdict.outcome() != Outcome::inconclusive || result.end != load::LoadEnd::complete) {
            break;
        }
        co_await probe.pause(gap);
    }
    if (verdict.outcome() == Outcome::pass) {
        const std::optional<Verdict> displaced = co_await claims_address(probe, seen);
        if (displaced) {
            verdict = *displaced;
        }
    }
    co_await probe.end();
    co_return verdict;
}

/// IA, mutual TLS: the certificate identifies the DSP, so it is what the limit is counted by. A floods; B comes from
/// the same address, and A once more with other tokens.
awaitable<Verdict> keyed_by_certificate(Context& ctx, ThrottleProbe& probe) {
    const double calm = calm_rate(probe);
    const nanoseconds time = time_of(phase_requests / calm);
    const nanoseconds drained = time / 3;
    std::vector<std::string> tokens = requests_with_other_tokens(probe);
    std::vector<Stream> streams;
    streams.push_back(
        probe.as_a("A", Schedule::constant(probe.flood_rate(2 * calm), drained + time).jittered(ctx.random()())));
    streams.push_back(probe.as_b("B", Schedule::constant(calm, time).delayed(drained).jittered(ctx.random()())));
    const bool tries_tokens = !tokens.empty();
    if (tries_tokens) {
        streams.push_back(probe.as_a("A with other tokens",
                                     Schedule::constant(calm, time).delayed(drained).jittered(ctx.random()())));
        streams.back().requests = std::move(tokens);
    }
    const LoadResult result = co_await probe.run(std::move(streams));
    std::optional<Verdict> stopped = unusable(result);
    co_await probe.end();
    if (stopped) {
        co_return *stopped;
    }
    const Served flood = served_within(result.streams[0].samples, drained, drained + time);
    if (flood.served == flood.answered) {
        co_return never_refused(result);
    }
    const Served other = served_within(result.streams[1].samples, drained, drained + time);
    Served token;
    if (tries_tokens) {
        token = served_within(result.streams[2].samples, drained, drained + time);
        const std::vector<load::StreamResult> ours{result.streams[0], result.streams[2]};
        if (served_beyond(ours, drained, probe.limits()) <= 0) {
            token = {};  // more of these than of the flood, but in all no more than one DSP may have: one bucket
        }
    }
    co_return judge_key(flood, other, token, probe.limits());
}

}  // namespace

std::vector<Check> throttle_isolation_checks() {
    return checks(throttle_family(decides("CLOUD-THROTTLE-ISOLATION")),
                  {{.id = "throttle.isolates",
                    .title = "A heavy DSP must neither delay nor displace another",
                    .run = under_load(isolates),
                    .needs = {second_identity()}},
                   {.id = "throttle.keyed-by-certificate",
                    .title = "The limit must be counted by client certificate",
                    .run = under_load(keyed_by_certificate, ThrottleProbe::Tokens::sent),
                    .needs = {provable_for_tokens(), second_identity()}}});
}

}  // namespace gateproof::suites
