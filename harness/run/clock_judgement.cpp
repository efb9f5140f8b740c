#include "harness/run/clock_judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateproof {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// How far a peer's clock is ahead of ours, at least and at most.
struct Offset {
    milliseconds least;
    milliseconds most;

    /// How far it surely is from none.
    [[nodiscard]] milliseconds distance() const { return std::max({least, -most, 0ms}); }
    [[nodiscard]] milliseconds middle() const { return least + (most - least) / 2; }
};

/// The header was true, to the second, at some moment between our request and the answer.
Offset offset_of(const DateSample& sample) {
    using std::chrono::duration_cast;
    return {duration_cast<milliseconds>(*sample.date - sample.received),
            duration_cast<milliseconds>(*sample.date + 1s - sample.sent)};
}

/// What a host says after all its answers, or why it says nothing.
struct Told {
    std::optional<Offset> offset;
    std::string problem;
};

/// A stored answer says the same time each time.
bool stands_still(const std::vector<const DateSample*>& dated) {
    constexpr auto long_enough = 1500ms;
    return dated.size() > 1 && dated.back()->sent - dated.front()->received >= long_enough &&
           std::ranges::all_of(dated, [&](const DateSample* one) { return one->date == dated.front()->date; });
}

Told told_by(const DateSource& source) {
    std::vector<const DateSample*> dated;
    for (const DateSample& sample : source.samples) {
        if (sample.date) {
            dated.push_back(&sample);
        }
    }
    if (dated.empty()) {
        return {std::nullopt, source.samples.empty() ? "it was not asked" : source.samples.back().problem};
    }
    // The one that is closest to ours: a stored answer and a node that is off say something else than the truth, and
    // do not agree with us by chance.
    Offset closest = offset_of(*dated.front());
    for (const DateSample* sample : dated) {
        const Offset offset = offset_of(*sample);
        closest = offset.distance() < closest.distance() ? offset : closest;
    }
    if (closest.distance() > unnoticed && stands_still(dated)) {
        return {std::nullopt, "its Date header stands still, as that of a stored answer does"};
    }
    return {closest, {}};
}

std::string words_of(milliseconds length) {
    const auto seconds = std::chrono::round<std::chrono::seconds>(length).count();
    if (seconds < 120) {
        return fmt::format("{} s", seconds);
    }
    if (seconds < 2 * 3600) {
        return fmt::format("{} minutes", (seconds + 30) / 60);
    }
    if (seconds < 2 * 86400) {
        return fmt::format("{} hours", (seconds + 1800) / 3600);
    }
    return fmt::format("{} days", (seconds + 43200) / 86400);
}

/// "this machine's clock is 45 s behind that of gateway.example:4046"
std::string difference_of(const Offset& offset, const std::string& peer) {
    const milliseconds middle = offset.middle();
    return fmt::format("this machine's clock is {} {} that of {}", words_of(std::chrono::abs(middle)),
                       middle > 0ms ? "behind" : "ahead of", peer);
}

ClockReading together(const Offset& offset, const std::string& peer, std::string_view but) {
    ClockReading reading;
    reading.state = ClockReading::State::together;
    if (offset.distance() > unnoticed) {
        reading.difference = difference_of(offset, peer);
        reading.sentence = fmt::format("{}, and what a check sends with a time in it was made to hold by both{}",
                                       reading.difference, but);
    } else {
        const double apart = std::chrono::duration<double>(std::max(-offset.least, offset.most)).count();
        reading.sentence =
            fmt::format("this machine's clock agrees with that of {} to within {:.1f} s{}", peer, apart, but);
    }
    return reading;
}

ClockReading apart(const Offset& offset, const std::string& peer, milliseconds tolerance, std::string_view also) {
    ClockReading reading;
    reading.state = ClockReading::State::apart;
    reading.difference = difference_of(offset, peer);
    reading.sentence = fmt::format(
        "{}{}, beyond the tolerance of {}: what rests on a time is inconclusive where it would be a failure; set this "
        "machine's clock and run again",
        reading.difference, also, words_of(tolerance));
    return reading;
}

}  // namespace

bool asks_again(const DateSource& source) {
    const Told told = told_by(source);
    const bool agrees = told.offset && told.offset->distance() <= unnoticed;
    const bool silent = !source.samples.empty() && source.samples.back().silent;
    return !agrees && !silent && source.samples.size() < most_samples;
}

bool needs_second(const DateSource& endpoint, milliseconds tolerance) {
    const Told told = told_by(endpoint);
    return !told.offset || told.offset->distance() > tolerance;
}

ClockReading judge_clocks(const DateSource& endpoint, const std::optional<DateSource>& authority,
                          milliseconds tolerance) {
    const Told first = told_by(endpoint);
    const Told second = authority ? told_by(*authority) : Told{};
    const auto within = [tolerance](const Told& told) { return told.offset && told.offset->distance() <= tolerance; };
    const auto made = [](ClockReading reading, const Offset& offset, const std::string& peer) {
        reading.peer = peer;
        reading.least = offset.least;
        reading.most = offset.most;
        return reading;
    };
    if (!first.offset && !second.offset) {
        ClockReading unknown;
        unknown.sentence =
            fmt::format("this machine's clock was compared with no other: {}: {}", endpoint.peer, first.problem);
        if (authority) {
            unknown.sentence += fmt::format("; {}: {}", authority->peer, second.problem);
        }
        return unknown;
    }
    if (!first.offset) {
        const std::string but = fmt::format("; {} tells no time: {}", endpoint.peer, first.problem);
        return made(within(second) ? together(*second.offset, authority->peer, but)
                                   : apart(*second.offset, authority->peer, tolerance, {}),
                    *second.offset, authority->peer);
    }
    if (within(first)) {
        return made(together(*first.offset, endpoint.peer, {}), *first.offset, endpoint.peer);
    }
    if (within(second)) {
        ClockReading off;
        off.state = ClockReading::State::peer_off;
        off.difference = fmt::format("the clock of {} is {} {} this machine's, with which that of {} agrees",
                                     endpoint.peer, words_of(std::chrono::abs(first.offset->middle())),
                                     first.offset->middle() > 0ms ? "ahead of" : "behind", authority->peer);
        off.sentence = off.difference + "; what a check sends with a time in it was made to hold by both";
        return made(std::move(off), *first.offset, endpoint.peer);
    }
    const std::string also = second.offset ? fmt::format(", and off that of {} too", authority->peer) : std::string();
    return made(apart(*first.offset, endpoint.peer, tolerance, also), *first.offset, endpoint.peer);
}

}  // namespace gateproof
