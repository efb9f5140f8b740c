// How this machine's clock stands to the clocks of those that it speaks with.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gateproof {

/// The moments that it may be now, by one clock and by the other; the same where nothing is known of a second one. What
/// has to be valid is made valid at both ends, and what has to be out of its time is so at both.
struct TimeSpan {
    std::chrono::system_clock::time_point earliest;
    std::chrono::system_clock::time_point latest;
    /// By the clock to be believed where nothing can hold by both.
    std::chrono::system_clock::time_point likeliest;

    /// By this machine's clock alone.
    static TimeSpan now();
    [[nodiscard]] std::chrono::system_clock::duration width() const { return latest - earliest; }
};

/// What came of comparing the two: the Date header of an endpoint (RFC 9110 6.6.1), and where that is far off its
/// authority's as well.
struct ClockReading {
    /// The later, the worse.
    enum class State {
        unknown,   ///< nobody told a time
        together,  ///< no further apart than the profile tolerates
        peer_off,  ///< further, but another host agrees with this machine: the endpoint's clock is the wrong one
        apart,     ///< further, and nobody's clock agrees with this machine's: what rests on a time proves nothing
    };
    State state = State::unknown;
    std::string peer;  ///< whose Date header was read: "gateway.example:4046"; empty: nobody's
    /// How far the peer's clock is ahead of this machine's, at least and at most: the header has whole seconds, and the
    /// answer was made at some moment of the exchange. Negative: it is behind.
    std::chrono::milliseconds least{0};
    std::chrono::milliseconds most{0};
    std::string sentence;    ///< for every report
    std::string difference;  ///< the short form for a verdict, of clocks that differ noticeably; empty: they do not

    [[nodiscard]] bool is_apart() const { return state == State::apart; }
    [[nodiscard]] std::chrono::milliseconds offset() const { return least + (most - least) / 2; }
    /// What `now` of this machine may be; `now` alone where the clocks do not differ noticeably.
    [[nodiscard]] TimeSpan span(std::chrono::system_clock::time_point now) const;
};

/// "apart"
std::string_view to_string(ClockReading::State state);
/// Inverse of to_string; empty for an unknown word.
std::optional<ClockReading::State> clock_state_from(std::string_view name);

}  // namespace gateproof
