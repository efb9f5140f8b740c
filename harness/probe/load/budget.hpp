// The hard caps of our own load. Whatever a check asks for, no more than this is sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace gateproof::load {

/// Zero: no such cap.
struct Caps {
    std::size_t requests_per_second = 0;  ///< sent within any second, over all streams
    std::size_t requests = 0;             ///< sent in all
    std::chrono::milliseconds duration{0};
    std::size_t errors = 0;  ///< answers that never came and server errors that nobody declared
};

/// What is left of the caps, over every load that shares it.
class Budget {
public:
    using Clock = std::chrono::steady_clock;

    explicit Budget(Caps caps);

    [[nodiscard]] const Caps& caps() const { return caps_; }
    /// When the rate allows the next request: `now` or earlier means at once.
    [[nodiscard]] Clock::time_point next_allowed() const;
    /// Counts a request that is sent.
    void sent(Clock::time_point now);
    void error() { ++errors_; }
    /// Time that a load took.
    void spent(Clock::duration time) { spent_ += time; }
    [[nodiscard]] Clock::duration time_left() const;
    /// Which cap is used up, in words; empty: none.
    [[nodiscard]] std::string used_up() const;
    [[nodiscard]] std::size_t total() const { return total_; }

private:
    Caps caps_;
    std::vector<Clock::time_point> recent_;  ///< ring of the last requests_per_second send times
    std::size_t oldest_ = 0;
    std::size_t total_ = 0;
    std::size_t errors_ = 0;
    Clock::duration spent_{0};
};

}  // namespace gateproof::load
