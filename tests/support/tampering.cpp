#include "tests/support/tampering.hpp"

#include <memory>
#include <random>

namespace gateproof::test {

Pilot tampering(Tampering how) {
    struct State {
        Tampering how;
        std::mt19937_64 random;
        std::size_t connections = 0;
    };
    const auto state = std::make_shared<State>();
    state->random.seed(how.seed);
    state->how = std::move(how);
    return [state] {
        const Tampering& wanted = state->how;
        Course course;
        course.target = wanted.nodes[state->connections++ % wanted.nodes.size()];
        course.piece = wanted.piece;
        course.pause = wanted.pause;
        const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(state->random()) % limit; };
        if (wanted.reset_one_in != 0 && below(wanted.reset_one_in) == 0) {
            // In half the cases instead of the first answer, else in the middle of a handshake or behind it.
            const std::size_t after = below(2) == 0 ? 0 : below(3000);
            course.trouble = {Trouble::Kind::drop, after};
        }
        return course;
    };
}

}  // namespace gateproof::test
