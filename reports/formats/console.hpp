// What a person reads at the end of a run, on a terminal or in a CI log: failures first.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "reports/view/console_style.hpp"

namespace gateproof::reports {

/// One line for a check that has ended: "FAIL  cloud-test tls.refuses-1.1 (0.12 s): negotiated TLS 1.1 ...".
std::string check_line(const CheckRecord& check, const CheckResult& result, const ConsoleStyle& style);

/// Failures, errors, inconclusive checks and warnings with sentence and remedy (checks that say the same share a
/// paragraph), then the counts, then where the reports are. Ends with '\n'.
std::string console_summary(const RunRecord& run, const ConsoleStyle& style,
                            const std::vector<std::filesystem::path>& reports);

/// Where the journal and the reports are, a line each, as console_summary ends.
std::string places_text(const std::vector<std::filesystem::path>& reports);

}  // namespace gateproof::reports
