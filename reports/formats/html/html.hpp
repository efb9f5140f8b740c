// The report for people: one HTML file that needs no network, for a screen, a screen reader, a phone and paper.
#pragma once

#include <string>

#include "harness/journal/record.hpp"
#include "reports/trend/trend.hpp"
#include "reports/view/explained.hpp"

namespace gateproof::reports {

/// Readable without JavaScript; with it, checks are filtered and searched, and evidence is drawn when a check is
/// opened. A content security policy allows the page's own style and script by their hashes and nothing else. Evidence
/// is bounded, so that a page of 10,000 checks still opens; what was left out is said, and the journal has it.
std::string html_report(const RunRecord& run);
/// With the trend of this run and those before it; a trend without runs adds nothing. Findings have the explanation of
/// their check folded in, where there is one.
std::string html_report(const RunRecord& run, const Trend& trend, const Explainer* explainer = nullptr);

}  // namespace gateproof::reports
