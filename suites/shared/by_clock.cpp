#include "suites/shared/by_clock.hpp"

namespace gateproof::suites {

Verdict at_both_clocks(const ClockReading& reading,
                       const std::function<Verdict(std::chrono::system_clock::time_point now)>& judge) {
    const auto now = std::chrono::system_clock::now();
    Verdict ours = judge(now);
    if (reading.difference.empty() || reading.state == ClockReading::State::peer_off) {
        return ours;
    }
    const TimeSpan span = reading.span(now);
    for (const auto moment : {span.earliest, span.latest}) {
        const Verdict theirs = judge(moment);
        if (theirs.outcome() != ours.outcome()) {
            return Verdict::inconclusive("{} by this machine's clock, and by the other: {}; {}", ours.sentence(),
                                         theirs.sentence(), reading.difference)
                .remedy("set this machine's clock and run again; where it is right, the endpoint's is wrong");
        }
    }
    return ours;
}

}  // namespace gateproof::suites
