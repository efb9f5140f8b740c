#include "harness/probe/load/budget.hpp"

#include <fmt/format.h>

namespace gateproof::load {

Budget::Budget(Caps caps) : caps_(caps) {
    recent_.reserve(caps.requests_per_second);
}

Budget::Clock::time_point Budget::next_allowed() const {
    // As many as the cap were sent since the oldest of the ring: the next may go a second after it.
    return recent_.size() < caps_.requests_per_second || recent_.empty() ? Clock::time_point::min()
                                                                         : recent_[oldest_] + std::chrono::seconds(1);
}

void Budget::sent(Clock::time_point now) {
    ++total_;
    if (recent_.size() < caps_.requests_per_second) {
        recent_.push_back(now);
    } else if (!recent_.empty()) {
        recent_[oldest_] = now;
        oldest_ = (oldest_ + 1) % recent_.size();
    }
}

Budget::Clock::duration Budget::time_left() const {
    if (caps_.duration.count() == 0) {
        return Clock::duration::max();
    }
    return caps_.duration > spent_ ? caps_.duration - spent_ : Clock::duration::zero();
}

std::string Budget::used_up() const {
    if (caps_.requests > 0 && total_ >= caps_.requests) {
        return fmt::format("the cap of {} requests", caps_.requests);
    }
    if (caps_.errors > 0 && errors_ >= caps_.errors) {
        return fmt::format("the cap of {} errors", caps_.errors);
    }
    if (caps_.duration.count() > 0 && spent_ >= caps_.duration) {
        return fmt::format("the cap of {} s of load", std::chrono::duration<double>(caps_.duration).count());
    }
    return {};
}

}  // namespace gateproof::load
