#include "harness/model/clock.hpp"

#include <algorithm>
#include <array>

#include "harness/model/name_table.hpp"

namespace gateproof {
namespace {

constexpr std::array clock_states{
    Named<ClockReading::State>{ClockReading::State::unknown, "unknown"},
    Named<ClockReading::State>{ClockReading::State::together, "together"},
    Named<ClockReading::State>{ClockReading::State::apart, "apart"},
    Named<ClockReading::State>{ClockReading::State::peer_off, "peer_off"},
};

}  // namespace

TimeSpan TimeSpan::now() {
    const auto moment = std::chrono::system_clock::now();
    return {moment, moment, moment};
}

TimeSpan ClockReading::span(std::chrono::system_clock::time_point now) const {
    if (difference.empty()) {
        return {now, now, now};
    }
    using std::chrono::milliseconds;
    return {now + std::min(least, milliseconds(0)), now + std::max(most, milliseconds(0)),
            is_apart() ? now + offset() : now};
}

std::string_view to_string(ClockReading::State state) {
    return name_in(clock_states, state);
}

std::optional<ClockReading::State> clock_state_from(std::string_view name) {
    return value_in(clock_states, name);
}

}  // namespace gateproof
