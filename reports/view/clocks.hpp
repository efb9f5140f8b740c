// What a report says of the clock of the machine that made it.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// Of the endpoints whose clock differs noticeably: "cloud-test: this machine's clock is 10 minutes ahead of that of
/// gateway.example:4046, ..."; at most a few, and how many more there are.
std::vector<std::string> clock_lines(const RunRecord& run);

}  // namespace gateproof::reports
