#include "gateway/http/timeouts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gateproof::gateway {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds never = std::chrono::hours(24);
constexpr milliseconds linger_time{1000};

milliseconds unless(bool never_cut, milliseconds time) {
    return never_cut ? never : time;
}

}  // namespace

Timeouts Timeouts::scaled(double factor) const {
    Timeouts out = *this;
    for (milliseconds* const time :
         std::array{&out.first_byte, &out.handshake, &out.headers, &out.body, &out.keep_alive, &out.operation}) {
        *time = milliseconds(std::max(1LL, std::llround(static_cast<double>(time->count()) * factor)));
    }
    return out;
}

milliseconds Timeouts::shortest() const {
    return std::min({first_byte, handshake, headers, body, keep_alive, operation});
}

milliseconds time_for(Phase phase, const Timeouts& timeouts, const FaultSet& faults) {
    switch (phase) {
        case Phase::first_byte: return unless(faults.has("silent-connection-never-cut"), timeouts.first_byte);
        case Phase::handshake: return unless(faults.has("handshake-never-cut"), timeouts.handshake);
        case Phase::headers: return unless(faults.has("headers-never-cut"), timeouts.headers);
        case Phase::body: return unless(faults.has("body-never-cut"), timeouts.body);
        case Phase::keep_alive: return unless(faults.has("keep-alive-never-closed"), timeouts.keep_alive);
        case Phase::answer: return timeouts.body;
        case Phase::linger: return linger_time;
        case Phase::unbounded: break;
    }
    return never;
}

bool restarts_with_every_byte(Phase phase, const FaultSet& faults) {
    return (phase == Phase::headers && faults.has("headers-timeout-restarts")) ||
           (phase == Phase::body && faults.has("body-timeout-restarts"));
}

}  // namespace gateproof::gateway
