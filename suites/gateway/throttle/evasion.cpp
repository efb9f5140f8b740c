// CLOUD-THROTTLE: there is no way around the limit. Each way is tried beside a flood that keeps the limit engaged, and
// compared with it at the same moments: both ask the same limit, so a slow machine slows both.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <span>

#include "suites/gateway/throttle/judge.hpp"
#include "suites/gateway/throttle/probe.hpp"
#include "suites/gateway/throttle/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using load::Connections;
using load::LoadResult;
using load::Schedule;
using load::Stream;
using std::chrono::nanoseconds;

constexpr int most_rounds = 4;
constexpr std::size_t tries = 10;  ///< of each way in a round

std::string with_path(const ThrottleProbe& probe, std::string path) {
    HttpRequest request = probe.request();
    request.path = std::move(path);
    return load::request_bytes(request, false);
}

/// The path with every letter of its last component in the other case.
std::string other_case(std::string path) {
    const std::size_t ends = std::min(path.find('?'), path.size());
    const std::size_t begins = path.rfind('/', ends) + 1;
    for (std::size_t i = begins; i < ends; ++i) {
        const auto c = static_cast<unsigned char>(path[i]);
        path[i] = static_cast<char>(std::islower(c) != 0 ? std::toupper(c) : std::tolower(c));
    }
    return path;
}

std::string doubled_slash(std::string path) {
    const std::size_t last = path.rfind('/', path.find('?'));
    return path.insert(last, "/");
}

std::string trailing_slash(std::string path) {
    return path.insert(std::min(path.find('?'), path.size()), "/");
}

/// The last letter of the path as %XX, which is the same path (RFC 3986 6.2.2.2).
std::string last_letter_encoded(std::string path) {
    const std::size_t ends = std::min(path.find('?'), path.size());
    const char last = path[ends - 1];
    return path.replace(ends - 1, 1, fmt::format("%{:02X}", static_cast<unsigned char>(last)));
}

struct Way {
    std::string name;
    std::vector<std::string> requests;  ///< empty: the operation as it is
    Connections connections = Connections::pooled;
    bool any_body = false;  ///< what is served there is not known
    Served got = {};
    bool exceeded = false;  ///< in a round with it more was served in all than the limit allows
    Evasion evasion = Evasion::undecided;
};

std::vector<Way> ways_around(const ThrottleProbe& probe) {
    HttpRequest request = probe.request();
    const std::string bytes = load::request_bytes(request, true);
    std::vector<Way> ways{{"new connections", {bytes}, Connections::fresh},
                          {"resumed sessions", {bytes}, Connections::resumed}};
    std::vector<std::string> tokens = requests_with_other_tokens(probe);
    if (!tokens.empty()) {
        ways.push_back({"other tokens", std::move(tokens)});
    }
    if (!probe.limits().paths.empty()) {
        Way others{"other paths", {}, Connections::pooled, true};
        for (const std::string& path : probe.limits().paths) {
            HttpRequest other = request;
            other.method = "GET";
            other.body.clear();
            other.path = path;
            others.requests.push_back(load::request_bytes(other, false));
        }
        ways.push_back(std::move(others));
    }
    const std::string& path = request.path;
    ways.push_back({"the path in other letters", {with_path(probe, other_case(path))}});
    ways.push_back({"a doubled slash", {with_path(probe, doubled_slash(path))}});
    ways.push_back({"a trailing slash", {with_path(probe, trailing_slash(path))}});
    ways.push_back({"a percent-encoded letter", {with_path(probe, last_letter_encoded(path))}});
    return ways;
}

/// The flood, and beside it what is not decided yet of the ways.
std::vector<Stream> streams_of(ThrottleProbe& probe, const std::vector<Way>& ways, nanoseconds drained,
                               nanoseconds time, std::mt19937_64& random) {
    const auto open = std::ranges::count(ways, Evasion::undecided, &Way::evasion);
    const double each = static_cast<double>(tries) / std::chrono::duration<double>(time).count();
    std::vector<Stream> streams;
    streams.push_back(probe.as_a(
        "A",
        Schedule::constant(probe.flood_rate(each * static_cast<double>(open)), drained + time).jittered(random())));
    for (const Way& way : ways) {
        if (way.evasion != Evasion::undecided) {
            continue;
        }
        Stream stream = probe.as_a(way.name, Schedule::constant(each, time).delayed(drained).jittered(random()));
        stream.connections = way.connections;
        if (!way.requests.empty()) {
            stream.requests = way.requests;
        }
        if (way.any_body) {
            stream.served_status = {200};
            stream.served_body.clear();
        }
        streams.push_back(std::move(stream));
    }
    return streams;
}

Verdict judge_ways(const std::vector<Way>& ways, const Served& flood) {
    std::vector<std::string> evaded;
    std::vector<std::string> open;
    for (const Way& way : ways) {
        const std::string seen = fmt::format("{} ({} of {} served)", way.name, way.got.served, way.got.answered);
        if (way.evasion == Evasion::yes) {
            evaded.push_back(seen);
        } else if (way.evasion == Evasion::undecided && (way.exceeded || way.got.answered == 0)) {
            open.push_back(seen);
        }
    }
    const std::string beside = fmt::format("{} of {} requests of the flood beside it", flood.served, flood.answered);
    if (!evaded.empty()) {
        return Verdict::fail("the limit does not hold for {}; {} were served", fmt::join(evaded, ", "), beside)
            .remedy("count requests by the client certificate alone, whatever connection, token or path they use");
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
        way.got += served_within(streams[next++].samples, stretch.from, stretch.to);
        way.exceeded = way.exceeded || exceeded;
        way.evasion = judge_evasion(flood, way.got);
        if (way.evasion != Evasion::no && !way.exceeded) {
            way.evasion = Evasion::undecided;
        }
        open = open || way.evasion == Evasion::undecided;
    }
    return open;
}

/// SE, throttling: the limit is the DSP's, however its requests come.
awaitable<Verdict> not_evadable(Context& ctx, ThrottleProbe& probe) {
    const LoadResult first = co_await probe.run(probe.flood_until_refused(3));
    std::optional<Verdict> stopped = unusable(first);
    if (!stopped && load::count(first.streams.front().samples).refused == 0) {
        stopped = never_refused(first);
    }
    std::vector<Way> ways = ways_around(probe);
    Served flood;
    // A way that took all of the limit would still leave the flood nothing: both are seen over the same time.
    const double spread = std::max(0.3, static_cast<double>(tries * ways.size()) / (2 * probe.limits().rate()));
    const auto time = nanoseconds(static_cast<std::int64_t>(spread * 1e9));
    const nanoseconds drained = time / 4;
    for (int round = 0; round < most_rounds && !stopped; ++round) {
        std::vector<Stream> streams = streams_of(probe, ways, drained, time, ctx.random());
        const LoadResult result = co_await probe.run(std::move(streams));
        stopped = unusable(result);
        const bool open = take_round(ways, flood, result, {drained, drained + time}, probe.limits());
        if (!open || result.end != load::LoadEnd::complete) {
            break;
        }
    }
    co_await probe.end();
    co_return stopped ? *stopped : judge_ways(ways, flood);
}

}  // namespace

std::vector<Check> throttle_evasion_checks() {
    return checks(throttle_family(decides("CLOUD-THROTTLE")),
                  {{.id = "throttle.not-evadable",
                    .title = "No other connection, session, token or path may evade the limit",
                    .run = under_load(not_evadable, ThrottleProbe::Tokens::sent),
                    .needs = {provable_for_tokens()}}});
}

}  // namespace gateproof::suites
