// What became of each request of a load, and what a few thousand of them say together. Nothing is estimated: the cap on
// requests bounds the samples, so quantiles are exact.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gateproof::load {

enum class Outcome : std::uint8_t {
    served,   ///< status and body as a served answer has them
    refused,  ///< any other answer
    failed,   ///< no answer: no connection, closed, timeout, not HTTP
};

struct Sample {
    std::chrono::nanoseconds scheduled{0};  ///< since the load began
    std::chrono::nanoseconds sent{0};       ///< since the load began; the wait for a connection is over then
    /// From the scheduled time to the end of the answer: what was late because others were slow counts.
    std::chrono::nanoseconds latency{0};
    std::uint16_t status = 0;  ///< 0: no answer
    Outcome outcome = Outcome::failed;

    [[nodiscard]] std::chrono::nanoseconds ended() const { return scheduled + latency; }
};

/// The value that `share` (0 to 1) of the values are at most: the smallest such of `values`, which are rearranged. Zero
/// without values.
std::chrono::nanoseconds quantile(std::vector<std::chrono::nanoseconds>& values, double share);

struct Counts {
    std::size_t sent = 0;
    std::size_t served = 0;
    std::size_t refused = 0;
    std::size_t failed = 0;

    Counts& operator+=(const Counts& more);
};
Counts count(std::span<const Sample> samples);

/// What a stretch of time brought, by the scheduled time of its requests.
struct Window {
    std::chrono::nanoseconds begins{0};
    Counts counts;
    std::chrono::nanoseconds p50{0};  ///< of every request that was answered, the refused ones too
    std::chrono::nanoseconds p99{0};
};
/// At most `most` windows of one width, a whole multiple of 10 ms; empty ones are left out.
std::vector<Window> windows(std::span<const Sample> samples, std::size_t most);

}  // namespace gateproof::load
