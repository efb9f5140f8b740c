// When each request of a load is to be sent: fixed before the first one, whatever the answers do (open loop).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace gateproof::load {

/// A stretch of a load, over which the rate changes evenly.
struct Phase {
    double from = 0;  ///< requests per second where it begins
    double to = 0;    ///< and where it ends
    std::chrono::nanoseconds duration{0};
};

class Schedule {
public:
    Schedule() = default;
    /// Evenly spaced, the first at once.
    static Schedule constant(double rate, std::chrono::nanoseconds duration);
    /// From one rate to another, evenly faster or slower.
    static Schedule ramp(double from, double to, std::chrono::nanoseconds duration);
    /// All at once.
    static Schedule burst(std::size_t requests);

    /// This, and then an even rate.
    [[nodiscard]] Schedule then_constant(double rate, std::chrono::nanoseconds duration) const;
    /// The same, begun later.
    [[nodiscard]] Schedule delayed(std::chrono::nanoseconds delay) const;
    /// The same rates, but each request at a random moment of its own interval: two loads of commensurable rates would
    /// else meet the same state of a server again and again.
    [[nodiscard]] Schedule jittered(std::uint64_t seed) const;
    /// The same, but no faster than `rate` at any time and no more than `requests`; 0: no such cap. A burst is no rate:
    /// it is cut to `requests` alone.
    [[nodiscard]] Schedule capped(double rate, std::size_t requests) const;

    [[nodiscard]] std::size_t size() const { return size_; }
    /// Since the load began; never less than that of the request before. `index` is below size().
    [[nodiscard]] std::chrono::nanoseconds at(std::size_t index) const;

private:
    void count();

    std::size_t burst_ = 0;  ///< requests at the very beginning
    std::vector<Phase> phases_;
    std::chrono::nanoseconds delay_{0};
    std::optional<std::uint64_t> jitter_;
    std::size_t most_ = 0;  ///< 0: as many as the phases hold
    std::size_t size_ = 0;
};

}  // namespace gateproof::load
