#include "harness/probe/load/samples.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace gateproof::load {

using std::chrono::nanoseconds;

nanoseconds quantile(std::vector<nanoseconds>& values, double share) {
    if (values.empty()) {
        return {};
    }
    const double rank = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(values.size()));
    const std::size_t index = rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1;
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

Counts& Counts::operator+=(const Counts& more) {
    sent += more.sent;
    served += more.served;
    refused += more.refused;
    failed += more.failed;
    return *this;
}

Counts count(std::span<const Sample> samples) {
    Counts counts;
    for (const Sample& sample : samples) {
        ++counts.sent;
        counts.served += sample.outcome == Outcome::served ? 1 : 0;
        counts.refused += sample.outcome == Outcome::refused ? 1 : 0;
        counts.failed += sample.outcome == Outcome::failed ? 1 : 0;
    }
    return counts;
}

std::vector<Window> windows(std::span<const Sample> samples, std::size_t most) {
    if (samples.empty() || most == 0) {
        return {};
    }
    constexpr nanoseconds step = std::chrono::milliseconds(10);
    nanoseconds last{0};
    for (const Sample& sample : samples) {
        last = std::max(last, sample.scheduled);
    }
    const nanoseconds width = step * (last / (step * static_cast<std::int64_t>(most)) + 1);
    std::map<std::int64_t, std::vector<Sample>> sorted;
    for (const Sample& sample : samples) {
        sorted[sample.scheduled / width].push_back(sample);
    }
    std::vector<Window> out;
    for (const auto& [number, here] : sorted) {
        std::vector<nanoseconds> latencies;
        for (const Sample& sample : here) {
            if (sample.outcome != Outcome::failed) {
                latencies.push_back(sample.latency);
            }
        }
        Window window;
        window.begins = width * number;
        window.counts = count(here);
        window.p50 = quantile(latencies, 0.5);
        window.p99 = quantile(latencies, 0.99);
        out.push_back(window);
    }
    return out;
}

}  // namespace gateproof::load
