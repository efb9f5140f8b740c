// CLOUD-THROTTLE: there is no way around the limit. Each way is tried beside a flood that keeps the limit engaged, and
// compared with it at the same moments: both ask the same limit, so a slow machine slows both.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>
#include <span>

#include "suites/gateway/throttle/suite.hpp"
#include "suites/gateway/throttle/ways.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using load::LoadResult;
using load::Schedule;
using load::Stream;
using std::chrono::nanoseconds;

constexpr int most_rounds = 4;
// Of each way in a round; fewer where the limit is so slow that our own time would end before the round.
constexpr double most_tries = 10;
constexpr double fewest_tries = 4;

/// What a round takes, and how often each way is tried in it. A way that took all of the limit would still leave the
/// flood nothing, so both are seen over the same time: twice what the limit needs for all tries.
struct Round {
    double tries = most_tries;
    nanoseconds drained{0};  ///< the flood alone, until the limit is spent
    nanoseconds time{0};
};

Round round_of(std::size_t ways, const ThrottleLimits& limits) {
    const double allowed = 0.6 * std::chrono::duration<double>(limits.load.duration).count();
    const double affordable = std::floor(allowed * 2 * limits.rate() / static_cast<double>(ways));
    Round round;
    round.tries = std::clamp(affordable, fewest_tries, most_tries);
    const double seconds = std::max(0.3, round.tries * static_cast<double>(ways) / (2 * limits.rate()));
    round.time = time_of(seconds);
    round.drained = round.time / 4;
    return round;
}

/// The flood, and beside it what is not decided yet of the ways.
std::vector<Stream> streams_of(ThrottleProbe& probe, const std::vector<Way>& ways, const Round& round,
                               std::mt19937_64& random) {
    const auto open = std::ranges::count(ways, Evasion::undecided, &Way::evasion);
    const double each = round.tries / std::chrono::duration<double>(round.time).count();
    const double rate = probe.flood_rate(each * static_cast<double>(open));
    std::vector<Stream> streams;
    streams.push_back(probe.as_a("A", Schedule::constant(rate, round.drained + round.time).jittered(random())));
    for (const Way& way : ways) {
        if (way.evasion != Evasion::undecided) {
            continue;
        }
        Schedule schedule = Schedule::constant(each, round.time).delayed(round.drained).jittered(random());
        Stream stream = probe.as_a(way.name, std::move(schedule));
        stream.connections = way.connections;
        stream.requests = way.requests;
        if (way.any_body) {
            stream.served_status = {200};
            stream.served_body.clear();
        }
        streams.push_back(std::move(stream));
    }
    return streams;
}

/// Every other way is such a one too: what evades the limit by it evades by all that use it, those that were decided by
/// chance first.
bool is_broad(const Way& way) {
    return way.name == "new connections" || way.name == "other tokens";
}

Verdict judge_ways(const std::vector<Way>& ways, const Served& flood) {
    std::vector<std::string> evaded;
    std::vector<std::string> facts;
    std::vector<std::string> broad;
    std::vector<std::string> open;
    for (const Way& way : ways) {
        const std::string seen = fmt::format("{} ({} of {} served)", way.name, way.got.served, way.got.answered);
        if (way.evasion == Evasion::yes) {
            evaded.push_back(seen);
            (is_broad(way) ? broad : facts).emplace_back(way.name);
        } else if (way.evasion == Evasion::undecided && (way.exceeded || way.got.answered == 0)) {
            open.push_back(seen);
        }
    }
    const std::string beside = fmt::format("{} of {} requests of the flood beside it", flood.served, flood.answered);
    if (!evaded.empty()) {
        return Verdict::fail("the limit does not hold for {}; {} were served", fmt::join(evaded, ", "), beside)
            .remedy(
                "count requests by the client certificate alone, whatever connection, token, path or header they use")
            .found(broad.empty() ? std::move(facts) : std::move(broad));
    }
    if (!open.empty()) {
        return Verdict::inconclusive("cannot tell for {}; {} were served", fmt::join(open, ", "), beside)
            .remedy("raise throttle.load.requests_per_second, if the endpoint's owner agrees");
    }
    std::vector<std::string_view> names;
    for (const Way& way : ways) {
        names.push_back(way.name);
    }
    return Verdict::pass("the limit holds for {}; {} were served", fmt::join(names, ", "), beside);
}

struct Stretch {
    nanoseconds from;
    nanoseconds to;
};

/// Answers that are neither service nor the declared refusal: such requests get nowhere.
std::size_t turned_down(std::span<const load::Sample> samples, const ThrottleLimits& limits) {
    return static_cast<std::size_t>(std::ranges::count_if(samples, [&limits](const load::Sample& sample) {
        return sample.outcome == load::Outcome::refused &&
               std::ranges::find(limits.refusal_status, sample.status) == limits.refusal_status.end();
    }));
}

/// Adds what a round brought. A way that had a larger share of the limit than the flood has still evaded nothing as
/// long as the limit held over all: a new connection comes after a pause of its own making, for one. True: a way is
/// open.
bool take_round(std::vector<Way>& ways, Served& flood, const LoadResult& result, Stretch stretch,
                const ThrottleLimits& limits) {
    // All but the control, which the limit may not count.
    const std::span<const load::StreamResult> streams(result.streams.data(), result.streams.size() - 1);
    flood += served_within(streams.front().samples, stretch.from, stretch.to);
    const bool exceeded = served_beyond(streams, stretch.from, limits) > 0;
    std::size_t next = 1;
    bool open = false;
    for (Way& way : ways) {
        if (way.evasion != Evasion::undecided || next >= streams.size()) {
            continue;
        }
        const load::StreamResult& stream = streams[next++];
        way.got += served_within(stream.samples, stretch.from, stretch.to);
        way.turned_down += turned_down(stream.samples, limits);
        way.exceeded = way.exceeded || exceeded;
        way.evasion = judge_evasion(flood, way.got);
        if (way.evasion != Evasion::no && !way.exceeded) {
            way.evasion = Evasion::undecided;
        }
        open = open || way.evasion == Evasion::undecided;
    }
    return open;
}

/// Tries the ways until each is decided; why that cannot be done, or empty.
awaitable<std::optional<Verdict>> measure(Context& ctx, ThrottleProbe& probe, std::vector<Way>& ways, Served& flood) {
    const Round round = round_of(ways.size(), probe.limits());
    std::optional<Verdict> stopped;
    for (int number = 0; number < most_rounds; ++number) {
        std::vector<Stream> streams = streams_of(probe, ways, round, ctx.random());
        const LoadResult result = co_await probe.run(std::move(streams));
        stopped = unusable(result);
        const Stretch stretch{round.drained, round.drained + round.time};
        const bool open = take_round(ways, flood, result, stretch, probe.limits());
        if (stopped || !open || result.end != load::LoadEnd::complete) {
            break;
        }
    }
    co_return stopped;
}

/// Whether the refusals of a load have a status that service has as well.
bool refused_as_service(const load::StreamResult& flood) {
    return std::ranges::any_of(flood.samples, [](const load::Sample& sample) {
        return sample.outcome == load::Outcome::refused && is_success(sample.status);
    });
}

/// The headers one by one that were sent together, where that has to be told. Where none of them does it alone, the
/// limit does not hold for them together, and that stands.
awaitable<std::optional<Verdict>> measure_parts(Context& ctx, ThrottleProbe& probe, std::vector<Way>& ways,
                                                Served& flood) {
    std::vector<Way> parts;
    for (const Way& way : ways) {
        if (way.has_to_be_parted()) {
            parts.insert(parts.end(), way.parts.begin(), way.parts.end());
        }
    }
    if (parts.empty()) {
        co_return std::nullopt;
    }
    std::optional<Verdict> stopped = co_await measure(ctx, probe, parts, flood);
    const bool told = std::ranges::count(parts, Evasion::yes, &Way::evasion) > 0;
    std::erase_if(ways,
                  [told](const Way& way) { return way.has_to_be_parted() && (told || way.evasion != Evasion::yes); });
    std::ranges::move(parts, std::back_inserter(ways));
    co_return stopped;
}

/// SE, throttling: the limit is the DSP's, however its requests come.
awaitable<Verdict> not_evadable(Context& ctx, ThrottleProbe& probe) {
    const LoadResult first = co_await probe.run(probe.flood_until_refused(3));
    const load::StreamResult& engaged = first.streams.front();
    std::optional<Verdict> stopped = unusable(first);
    if (!stopped && load::count(engaged.samples).refused == 0) {
        stopped = never_refused(first);
    }
    std::vector<Way> ways = ways_around(probe, refused_as_service(engaged));
    Served flood;
    if (!stopped) {
        stopped = co_await measure(ctx, probe, ways, flood);
    }
    if (!stopped) {
        stopped = co_await measure_parts(ctx, probe, ways, flood);
    }
    co_await probe.end();
    co_return stopped ? *stopped : judge_ways(ways, flood);
}

}  // namespace

std::vector<Check> throttle_evasion_checks() {
    return checks(throttle_family(decides("CLOUD-THROTTLE")),
                  {{.id = "throttle.not-evadable",
                    .title = "No other connection, session, token, path, header or method may evade the limit",
                    .run = under_load(not_evadable, ThrottleProbe::Tokens::sent),
                    .needs = {provable_for_tokens()}}});
}

}  // namespace gateproof::suites
