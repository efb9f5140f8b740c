// The statistics of isolation and evasion, as docs/throttling.md says them.
#include <fmt/format.h>

#include <algorithm>

#include "suites/gateway/throttle/judge.hpp"

namespace gateproof::suites {

using load::Counts;
using load::Outcome;
using load::Sample;
using statistics::Interval;
using std::chrono::nanoseconds;

namespace {

constexpr double z99 = 2.576;
/// A way of sending that gets this much more served than the flood beside it evades the limit.
constexpr double evasion_margin = 0.2;
/// Beyond so much more of others' requests refused or lost, they are not shielded.
constexpr double loss_margin = 0.05;
/// Less than that says nothing about latency.
constexpr std::size_t fewest = 8;

/// Latencies of what was served, in milliseconds.
std::vector<double> latencies(std::span<const Sample> samples) {
    std::vector<double> out;
    for (const Sample& sample : samples) {
        if (sample.outcome == Outcome::served) {
            out.push_back(std::chrono::duration<double, std::milli>(sample.latency).count());
        }
    }
    return out;
}

std::size_t unserved(const Counts& counts) {
    return counts.refused + counts.failed;
}

std::string text(const Interval& interval) {
    return fmt::format("{:.1f} ms (99 % confidence: {:.1f} to {:.1f} ms)", interval.estimate, interval.low,
                       interval.high);
}

/// Declared to be keyed by something else: known, but still not what is required.
Verdict as_declared(Verdict verdict, ThrottleKey found, const ThrottleLimits& limits) {
    if (limits.keyed_by != found) {
        return verdict;
    }
    return Verdict::warning("{} (as the profile declares)", verdict.sentence())
        .remedy(std::string(verdict.remedy()))
        .found(verdict.facts());
}

}  // namespace

Served& Served::operator+=(const Served& more) {
    served += more.served;
    answered += more.answered;
    return *this;
}

Served served_within(std::span<const Sample> samples, nanoseconds from, nanoseconds to) {
    Served out;
    for (const Sample& sample : samples) {
        if (sample.scheduled >= from && sample.scheduled < to && sample.outcome != Outcome::failed) {
            ++out.answered;
            out.served += sample.outcome == Outcome::served ? 1 : 0;
        }
    }
    return out;
}

Evasion judge_evasion(const Served& flood, const Served& way) {
    if (flood.answered == 0 || way.answered == 0) {
        return Evasion::undecided;
    }
    const Interval more = statistics::share_difference(flood.served, flood.answered, way.served, way.answered, z99);
    if (more.low > evasion_margin) {
        return Evasion::yes;
    }
    return more.estimate <= evasion_margin ? Evasion::no : Evasion::undecided;
}

double served_beyond(std::span<const load::StreamResult> streams, nanoseconds from, const ThrottleLimits& limits) {
    constexpr double crossing = 3;
    nanoseconds spent{-1};
    for (const Sample& sample : streams.front().samples) {
        if (sample.outcome == Outcome::refused && sample.sent < from) {
            spent = std::max(spent, sample.sent);
        }
    }
    std::size_t served = 0;
    nanoseconds end = spent;
    for (const load::StreamResult& stream : streams) {
        for (const Sample& sample : stream.samples) {
            if (sample.sent > spent && sample.outcome == Outcome::served) {
                ++served;
                end = std::max(end, sample.ended());
            }
        }
    }
    // Without a refusal to begin with, its whole burst may have been there.
    const double tokens = spent.count() < 0 ? static_cast<double>(limits.burst) : 1;
    const double time = std::chrono::duration<double>(end - std::max(spent, nanoseconds(0))).count();
    return static_cast<double>(served) - (tokens + limits.rate() * time + crossing);
}

Verdict judge_key(const Served& flood, const Served& other, const Served& token, const ThrottleLimits& limits) {
    const std::string beside =
        fmt::format("while {} of {} requests of a heavy DSP were served", flood.served, flood.answered);
    if (other.answered == 0) {
        return Verdict::inconclusive("the second DSP had no answer {}", beside);
    }
    const Interval refused = statistics::share(other.answered - other.served, other.answered, z99);
    if (refused.low > loss_margin) {
        return as_declared(
            Verdict::fail("{} of {} requests of another DSP behind the same address were refused too, {}",
                          other.answered - other.served, other.answered, beside)
                .found({"another DSP behind the same address is refused too"})
                .remedy("count requests by client certificate, not by address or for all together"),
            ThrottleKey::address, limits);
    }
    if (token.answered > 0 && judge_evasion(flood, token) == Evasion::yes) {
        return as_declared(Verdict::fail("{} of {} requests of the same DSP with other tokens were served, {}",
                                         token.served, token.answered, beside)
                               .found({"the same DSP is served with other tokens"})
                               .remedy("count requests by client certificate, not by token"),
                           ThrottleKey::token, limits);
    }
    if (other.served < other.answered) {
        return Verdict::inconclusive("{} of {} requests of another DSP were refused, {}", other.answered - other.served,
                                     other.answered, beside);
    }
    return Verdict::pass("another DSP behind the same address was served {} times of {}, {}", other.served,
                         other.answered, beside);
}

std::optional<Verdict> judge_claimed_address(const Counts& alone, const Counts& during) {
    if (during.sent < fewest) {
        return Verdict::inconclusive(
                   "{} requests of another DSP, beside one that was heavy and claimed the same address, are too few to "
                   "judge by",
                   during.sent)
            .remedy("raise throttle.load.duration_ms, if the endpoint's owner agrees");
    }
    const Interval lost = statistics::share_difference(unserved(alone), alone.sent, unserved(during), during.sent, z99);
    if (lost.low <= loss_margin) {
        return std::nullopt;
    }
    return Verdict::fail(
               "while one DSP was heavy and claimed another's address in the headers of proxies, {} of {} requests of "
               "the other were refused or lost; alone {} of {} were",
               unserved(during), during.sent, unserved(alone), alone.sent)
        .found({"a DSP that claims another's address uses up the other's limit"})
        .remedy("count requests by the client certificate, never by an address that the client itself may write");
}

Verdict judge_isolation(const IsolationSamples& samples, nanoseconds allowed) {
    const Counts before = load::count(samples.before);
    const Counts during = load::count(samples.during);
    const Counts after = load::count(samples.after);
    const std::size_t alone = before.sent + after.sent;
    const std::size_t alone_unserved = unserved(before) + unserved(after);
    if (alone == 0 || during.sent == 0 || alone_unserved * 2 > alone) {
        return Verdict::inconclusive("{} of {} requests of the other DSP were not served even while it was alone",
                                     alone_unserved, alone);
    }
    const Interval lost = statistics::share_difference(alone_unserved, alone, unserved(during), during.sent, z99);
    if (lost.low > loss_margin) {
        return Verdict::fail(
                   "while one DSP was heavy, {} of {} requests of another were refused or lost; alone {} of "
                   "{} were",
                   unserved(during), during.sent, alone_unserved, alone)
            .found({"another DSP is refused or lost while one is heavy"})
            .remedy("give each DSP a limit of its own, by its client certificate");
    }
    const std::vector<double> first = latencies(samples.before);
    const std::vector<double> heavy = latencies(samples.during);
    const std::vector<double> last = latencies(samples.after);
    if (std::min({first.size(), heavy.size(), last.size()}) < fewest) {
        return Verdict::inconclusive("too few answers to judge by: {} before, {} during and {} after the flood",
                                     first.size(), heavy.size(), last.size());
    }
    const double limit = std::chrono::duration<double, std::milli>(allowed).count();
    const Interval drift = statistics::shift(first, last, z99);
    if (drift.low > limit || drift.high < -limit) {
        return Verdict::inconclusive("the baseline moved by itself between before and after the flood: {}",
                                     text(drift));
    }
    std::vector<double> baseline = first;
    baseline.insert(baseline.end(), last.begin(), last.end());
    const Interval slower = statistics::shift(baseline, heavy, z99);
    if (slower.low > limit) {
        return Verdict::fail("while one DSP was heavy, another waited {} longer; {:.0f} ms are allowed", text(slower),
                             limit)
            .found({"another DSP waits longer than is allowed while one is heavy"})
            .remedy("shield other DSPs from a heavy one: refuse it before it takes what they share");
    }
    if (slower.high > limit) {
        return Verdict::inconclusive("too noisy to tell: another DSP waited {} longer; {:.0f} ms are allowed",
                                     text(slower), limit);
    }
    return Verdict::pass("while one DSP was heavy, {} of {} requests of another were served, {} later than alone",
                         during.served, during.sent, text(slower));
}

}  // namespace gateproof::suites
