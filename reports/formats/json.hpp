// The report as JSON, for programs: everything that the journal tells, with outcomes, matrix and certificates worked
// out. Its form is published as report.schema.json.
#pragma once

#include <string>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// Rises when a reader of an older report would misunderstand a newer one.
inline constexpr int json_report_version = 1;

/// ASCII alone: what a peer sent comes as \u escapes, also where the report is printed on a terminal. One check a line.
std::string json_report(const RunRecord& run);

/// report.schema.json (JSON Schema, draft 2020-12).
std::string_view report_schema_text();

}  // namespace gateproof::reports
