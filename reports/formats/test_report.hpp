// What was checked of the gateway, a table for each service, in columns like those of the test reports that software
// providers hand in. It fills none of them: their rows are in hand_in.hpp.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "reports/view/left_out.hpp"
#include "reports/view/tally.hpp"

namespace gateproof::reports {

/// The table's columns, as most of those forms name them; the service stands before them in a file that holds several
/// tables.
inline constexpr std::array<std::string_view, 8> test_report_columns{
    "ID",        "Operation", "Scenario description", "Scenario type", "Applicable (Y/N)", "Exclusion reason",
    "Pass/Fail", "Notes"};

/// One scenario: a cell for each column, as foreign text that is not yet safe to show.
using TestReportRow = std::array<std::string, test_report_columns.size()>;

/// Operation is the request that the check made, or "Connection" where it looked below HTTP. A scenario is negative
/// where a refusal is proven. A warning passes and a check without a judgement does neither; the notes say so.
TestReportRow test_report_row(const Row& row);

/// Of a check that was not selected. It applies, unless the plan would have skipped it; the notes say what its
/// requirements lack for it (`parts`).
TestReportRow test_report_row(const LeftOutCheck& check, const std::string& target, const RequirementParts& parts);

/// What is attested of the check goes into the notes, marked as said and not seen.
void add_said(TestReportRow& row, const RunRecord& run, const PlannedEntry& check, std::string_view target);

/// Of an attestation that speaks of no check: nothing was judged, and the verdict says that it was said.
TestReportRow test_report_row(const Attestation& said);

/// RFC 4180, UTF-8, CRLF, header first: Service, then the columns. No cell starts a formula in a spreadsheet.
std::string csv_report(const RunRecord& run);

/// One cell: quoted where it must be, printable, and with an apostrophe before what a spreadsheet would compute.
std::string csv_cell(std::string_view text);

}  // namespace gateproof::reports
