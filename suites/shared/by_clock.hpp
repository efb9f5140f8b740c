// Verdicts on dates, which are worth as much as the clock that they are compared with.
#pragma once

#include <functional>

#include "harness/model/clock.hpp"
#include "harness/model/verdict.hpp"

namespace gateproof::suites {

/// What `judge` says of this moment, if it says the same by the endpoint's clock. Where the two differ and nobody knows
/// which is right, inconclusive: the sentence names the clocks.
Verdict at_both_clocks(const ClockReading& reading,
                       const std::function<Verdict(std::chrono::system_clock::time_point now)>& judge);

}  // namespace gateproof::suites
