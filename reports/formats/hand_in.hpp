// Test report templates as they are handed in: the columns of each, and a row for each of its rows, in their order.
#pragma once

#include <string>
#include <vector>

#include "harness/model/scenario.hpp"
#include "reports/view/tally.hpp"

namespace gateproof::reports {

/// Of the columns of the template, in their order.
std::vector<std::string> hand_in_headings(const ScenarioTable& table);
/// A cell for each column of the template, as foreign text that is not yet safe to show. What a check of the run asked
/// has its verdict; what somebody filled in by an attestation says that it was said; the rest is "Not tested", never a
/// pass.
std::vector<std::vector<std::string>> hand_in_rows(const Tally& tally, const TargetRecord& target,
                                                   const ScenarioTable& table);

/// Every template of every target: a line with target and template, the template's headings, its rows, an empty line.
/// Of a target without one it says so. RFC 4180, UTF-8, CRLF; no cell starts a formula in a spreadsheet.
std::string hand_in_report(const RunRecord& run);

}  // namespace gateproof::reports
