// What the Date headers of one or two hosts say of this machine's clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/clock.hpp"

namespace gateproof {

/// What one answer told. Both moments are by this machine's clock.
struct DateSample {
    std::optional<std::chrono::system_clock::time_point> date;  ///< empty: none, see `problem`
    std::chrono::system_clock::time_point sent;
    std::chrono::system_clock::time_point received;
    std::string problem = {};  ///< "HTTP 200 without a Date header"
    bool silent = false;       ///< it was waited for in vain, which is patience enough
};

/// One host, and what it said each time.
struct DateSource {
    std::string peer;  ///< "gateway.example:4046"
    std::vector<DateSample> samples = {};
};

/// Clocks that differ by less are one clock for every purpose of a check.
inline constexpr std::chrono::milliseconds unnoticed{2000};
/// How often a host is asked that seems to have another time: a stored answer, or one node of several, may be wrong.
inline constexpr std::size_t most_samples = 3;

/// One try is no truth: what differs noticeably is asked again; what agrees is not, for two clocks do not agree by
/// chance.
bool asks_again(const DateSource& source);
/// A second host can tell which of two clocks is wrong, or tell the time where the first one does not.
bool needs_second(const DateSource& endpoint, std::chrono::milliseconds tolerance);
/// `authority`: asked where needs_second() said so, and there is one.
ClockReading judge_clocks(const DateSource& endpoint, const std::optional<DateSource>& authority,
                          std::chrono::milliseconds tolerance);

}  // namespace gateproof
