// What a network and a balancer may do to connections, by chance that a seed repeats: courses for a Forwarder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/support/forwarder.hpp"

namespace gateproof::test {

struct Tampering {
    std::vector<std::uint16_t> nodes = {};  ///< ports of 127.0.0.1; each connection goes to the next one
    std::uint64_t seed = 0;                 ///< of all that is chance here
    unsigned reset_one_in = 0;              ///< resets one connection in so many, on its way; 0: none
    std::size_t piece = 0;                  ///< bytes come through by so many at most; 0: as they were sent
    std::chrono::microseconds pause{0};     ///< before each piece
};
Pilot tampering(Tampering how);

}  // namespace gateproof::test
