// How to see a finding once more: the command line that judges it again as the run did.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/view/findings.hpp"

namespace gateproof::reports {

/// No printed line is cut before: half a line would repeat something else.
inline constexpr std::size_t longest_repeat_line = 4000;

/// "gateproof run cloud.json --check tls.refuses-1.1 --seed 7", with what else the run was given and a line for each
/// target; behind that of one check the same by openssl(1) or curl(1), where those can say it. What rotate-check found
/// is repeated by rotate-check. They hold no secret: what a profile refers to is named in the profile alone. None for
/// what passed or was skipped, and where the journal names no profile or no certificates of a rotation.
std::vector<std::string> repeat_lines(const RunRecord& run, const Finding& finding);
std::vector<std::string> repeat_lines(const RunRecord& run, const Row& row);

}  // namespace gateproof::reports
