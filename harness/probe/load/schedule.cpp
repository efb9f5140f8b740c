#include "harness/probe/load/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace gateproof::load {
namespace {

using std::chrono::nanoseconds;

double seconds(nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// A random number in [0, 1) for each index (SplitMix64).
double fraction(std::uint64_t seed, std::size_t index) {
    std::uint64_t mixed = seed + (index + 1) * 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<double>((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53;
}

/// Requests of a phase by its time `t`, in seconds: the integral of its rate.
double requests_by(const Phase& phase, double t) {
    const double whole = seconds(phase.duration);
    return whole <= 0 ? 0 : phase.from * t + (phase.to - phase.from) * t * t / (2 * whole);
}

double requests_of(const Phase& phase) {
    return requests_by(phase, seconds(phase.duration));
}

/// When the phase has brought `requests`, in seconds: the inverse of requests_by.
double time_of(const Phase& phase, double requests) {
    const double slope = (phase.to - phase.from) / seconds(phase.duration);
    // Of the two ways to solve the quadratic, the one that loses no digits where the slope is small.
    const double root = std::sqrt(std::max(0.0, phase.from * phase.from + 2 * slope * requests));
    const double divisor = phase.from + root;
    return divisor <= 0 ? 0 : 2 * requests / divisor;
}

}  // namespace

Schedule Schedule::constant(double rate, nanoseconds duration) {
    return ramp(rate, rate, duration);
}

Schedule Schedule::ramp(double from, double to, nanoseconds duration) {
    Schedule schedule;
    if (duration.count() > 0) {
        schedule.phases_.push_back({std::max(from, 0.0), std::max(to, 0.0), duration});
    }
    schedule.count();
    return schedule;
}

Schedule Schedule::burst(std::size_t requests) {
    Schedule schedule;
    schedule.burst_ = requests;
    schedule.count();
    return schedule;
}

Schedule Schedule::then_constant(double rate, nanoseconds duration) const {
    Schedule longer = *this;
    if (duration.count() > 0) {
        longer.phases_.push_back({rate, rate, duration});
    }
    longer.count();
    return longer;
}

Schedule Schedule::delayed(nanoseconds delay) const {
    Schedule later = *this;
    later.delay_ += delay;
    return later;
}

Schedule Schedule::jittered(std::uint64_t seed) const {
    Schedule uneven = *this;
    uneven.jitter_ = seed;
    return uneven;
}

Schedule Schedule::capped(double rate, std::size_t requests) const {
    Schedule capped = *this;
    if (rate > 0) {
        capped.phases_.clear();
        for (const Phase& phase : phases_) {
            const bool rises = phase.to > phase.from;
            const double least = std::min(phase.from, phase.to);
            const double most = std::max(phase.from, phase.to);
            if (most <= rate || least >= rate) {
                capped.phases_.push_back({std::min(phase.from, rate), std::min(phase.to, rate), phase.duration});
                continue;
            }
            const auto below = nanoseconds(static_cast<std::int64_t>((rate - least) / (most - least) *
                                                                     static_cast<double>(phase.duration.count())));
            const Phase sloped{rises ? least : rate, rises ? rate : least, below};
            const Phase flat{rate, rate, phase.duration - below};
            capped.phases_.push_back(rises ? sloped : flat);
            capped.phases_.push_back(rises ? flat : sloped);
        }
    }
    if (requests > 0) {
        capped.most_ = capped.most_ == 0 ? requests : std::min(capped.most_, requests);
        capped.burst_ = std::min(burst_, capped.most_);
    }
    capped.count();
    return capped;
}

void Schedule::count() {
    double requests = 0;
    for (const Phase& phase : phases_) {
        requests += requests_of(phase);
    }
    // The request at the very end of the last phase belongs to the time after it.
    constexpr double rounding = 1e-6;
    size_ = burst_ + static_cast<std::size_t>(std::ceil(std::max(0.0, requests - rounding)));
    if (most_ > 0) {
        size_ = std::min(size_, most_);
    }
}

nanoseconds Schedule::at(std::size_t index) const {
    if (index < burst_) {
        return delay_;
    }
    double requests = static_cast<double>(index - burst_) + (jitter_ ? fraction(*jitter_, index) : 0);
    nanoseconds begun = delay_;
    for (const Phase& phase : phases_) {
        const double here = requests_of(phase);
        if (requests <= here) {
            const auto within = nanoseconds(static_cast<std::int64_t>(time_of(phase, requests) * 1e9));
            return begun + std::min(within, phase.duration);
        }
        requests -= here;
        begun += phase.duration;
    }
    return begun;
}

}  // namespace gateproof::load
