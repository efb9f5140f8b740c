// Whose test of what a run is: plain data.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace gateproof {

/// What a profile and the command line say for whoever receives the evidence of a run. It was said; no check saw it.
struct RecordDetails {
    std::string organisation = {};  ///< that answers for the endpoint, or for the software that calls it
    std::string product = {};
    std::string version = {};  ///< of the product
    std::string tester = {};   ///< who ran the checks
    /// Last day (UTC) on which the evidence is meant to be relied on; empty: nobody says.
    std::optional<std::chrono::sys_days> valid_until = {};

    bool operator==(const RecordDetails&) const = default;
};

}  // namespace gateproof
