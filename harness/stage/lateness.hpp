// When the loop that plays the stage was late: what is noted of a client is noted as late as that.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace gateproof::stage {

/// Times of the steady clock. What is finer than a beat is not measured.
class Lateness {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::milliseconds;

    static constexpr Duration beat{20};  ///< how often the loop's own timer looks
    static constexpr std::size_t most_spells = 4096;

    /// The timer was due, and its turn came later.
    struct Spell {
        Time due;
        Time came;
    };
    /// How long something took that was noted at both ends.
    struct Bounds {
        Duration least;  ///< had its end been noted late, and its begin at once
        Duration most;   ///< had its begin been noted late, and its end at once
    };

    /// Spells come in order. Those shorter than a beat are not kept.
    void note(Time due, Time came);
    /// What was noted at that time may have happened earlier by that much.
    [[nodiscard]] Duration at(Time moment) const;
    [[nodiscard]] Bounds between(Time begin, Time end) const;
    /// The longest spell of all; zero: there was none.
    [[nodiscard]] Duration worst() const;
    /// Of the time from then on alone.
    [[nodiscard]] Lateness since(Time begin) const;

private:
    std::vector<Spell> spells_;
    Time forgotten_{};          ///< the end of the last spell that is no longer kept
    Duration worst_of_old_{0};  ///< of those
};

}  // namespace gateproof::stage
