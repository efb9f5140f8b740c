// What the profile expects of timeouts, and the slow operations that show them.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace gateproof {

/// An operation whose duration is known. Where its path says {takes_ms}, the number of milliseconds is sent.
struct TimedOperation {
    std::string operation;  ///< key in `operations`
    std::chrono::milliseconds takes{0};
};

/// What a gateway does with a client that stops in the middle of something.
struct PhaseLimit {
    bool cut = true;                  ///< false: the profile expects no cut in this phase
    std::chrono::milliseconds by{0};  ///< the connection is cut by then; zero: by Timing::limit
};

/// "A gateway timeout, typically 60 s, adjustable" (SE). All times are already multiplied by `scale`.
struct Timing {
    std::chrono::milliseconds limit{60'000};     ///< T
    std::chrono::milliseconds tolerance{5'000};  ///< a cut between T - tolerance and T + tolerance is on time
    std::chrono::milliseconds margin{5'000};     ///< how long beyond T + tolerance a cut is still waited for
    std::optional<TimedOperation> slow;          ///< takes longer than T + tolerance
    std::optional<TimedOperation> below_limit;   ///< takes less than T - tolerance
    std::optional<TimedOperation> slow_write;    ///< as slow, but it changes something, and has a status query
    PhaseLimit handshake;                        ///< also before its first byte
    PhaseLimit headers;
    PhaseLimit body;
    PhaseLimit keep_alive;                        ///< between two requests
    double scale = 1;                             ///< --timeout-scale
    std::chrono::milliseconds least_lateness{0};  ///< see lateness(); what is left of `tolerance` however small `scale`

    [[nodiscard]] std::chrono::milliseconds by(const PhaseLimit& phase) const {
        return phase.by.count() > 0 ? phase.by : limit;
    }
    /// How long after its time a cut may come. A server that looks at its timers once a second does so however short
    /// they are, so of this a scale leaves some seconds.
    [[nodiscard]] std::chrono::milliseconds lateness() const { return std::max(tolerance, least_lateness); }
    /// How long a cut that is due at `due` is waited for.
    [[nodiscard]] std::chrono::milliseconds patience(std::chrono::milliseconds due) const {
        return due + lateness() + margin;
    }
    /// Multiplies every time, see lateness() for the one that keeps some seconds: the endpoint is known to run with all
    /// its times scaled alike.
    void scale_by(double factor);
};

}  // namespace gateproof
