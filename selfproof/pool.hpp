// Work that mostly waits, as much of it at once as the processors carry.
#pragma once

#include <cstddef>
#include <functional>

namespace gateproof::selfproof {

/// Runs work(0) ... work(count - 1), each on a thread of its own, in order of their numbers. Another one is begun while
/// fewer than `at_least` run, or while fewer than `at_most` run and the processors have time to spare: what waits costs
/// nothing, but what computes would delay those who measure time. Stops beginning more when `stopped` says so.
void run_overlapping(std::size_t count, std::size_t at_least, std::size_t at_most,
                     const std::function<void(std::size_t)>& work, const std::function<bool()>& stopped,
                     const std::function<void(std::size_t running)>& tick);

/// As many runs as keep the processors from idling, on a machine that has other work too: most of a run is waiting.
std::size_t least_overlap();

}  // namespace gateproof::selfproof
