// The sections of the HTML report; html.cpp puts them together.
#pragma once

#include "reports/formats/html/writer.hpp"
#include "reports/trend/trend.hpp"
#include "reports/view/explained.hpp"
#include "reports/view/matrix.hpp"
#include "reports/view/tally.hpp"

namespace gateproof::reports {

void write_verdict(HtmlWriter& out, const Tally& tally);
void write_findings(HtmlWriter& out, const Tally& tally);
/// Nothing for a run without known failures.
void write_known(HtmlWriter& out, const Tally& tally);
/// Nothing for a run without attestations.
void write_attestations(HtmlWriter& out, const Tally& tally);
/// What is attested of one check at one target, for the row of the check; nothing where nothing is.
void write_said(HtmlWriter& out, const RunRecord& run, const PlannedEntry& check, std::string_view target);
void write_endpoints(HtmlWriter& out, const Tally& tally);
void write_certificates(HtmlWriter& out, const Tally& tally);
void write_requirements(HtmlWriter& out, const Tally& tally);
/// Nothing for a trend without runs.
void write_trend(HtmlWriter& out, const Trend& trend);
void write_traffic(HtmlWriter& out, const Tally& tally);
/// When software that was put off came again. Nothing for a run without such checks.
void write_retries(HtmlWriter& out, const Tally& tally);
/// Where the documents are to be read that the run's requirements come from. Nothing where none is known.
void write_documents(HtmlWriter& out, const Tally& tally, const Explainer& explainer);
void write_checks(HtmlWriter& out, const Tally& tally, const Explainer& explainer);
/// What is said of the row's check, folded; nothing where nothing is.
void write_explained(HtmlWriter& out, const std::vector<ExplainedPart>& parts);
/// What was checked as a table for each service, to go with a test report.
void write_hand_in(HtmlWriter& out, const Tally& tally);

/// What stands above the charts of a check: its outcome, its title and what was seen.
void write_caption(HtmlWriter& out, const Row& row);

/// How an outcome is called and drawn.
struct OutcomeLook {
    Outcome outcome;
    Markup css;    ///< class
    Markup word;   ///< on a badge
    Markup count;  ///< after a number: "3 failed"
};
const OutcomeLook& look_of(Outcome outcome);
/// What was skipped is drawn by what that means: not tried, not applicable.
const OutcomeLook& look_of(const CheckResult& result);
/// How many there are of each look, in the order of the page: worst first, what was not judged last.
std::vector<std::pair<const OutcomeLook*, std::size_t>> counted_looks(const Counts& counts);
/// Of failures that are accepted for a while, beside those of the outcomes.
inline constexpr struct {
    Markup css = "known";
    Markup word = "Known";
} known_look;
/// Of requirements, and of checks that were not selected.
inline constexpr struct {
    Markup css = "not-selected";
    Markup word = "Not selected";
} not_selected_look;
void write_badge(HtmlWriter& out, Outcome outcome);
void write_badge(HtmlWriter& out, const CheckResult& result);
void write_badge(HtmlWriter& out, RequirementStatus status);
void write_not_selected_badge(HtmlWriter& out);
void write_known_badge(HtmlWriter& out);
/// "Accepted until 2026-12-31: INC-4711"
void write_acceptance(HtmlWriter& out, const CheckRecord& check);
void write_remedy(HtmlWriter& out, std::string_view remedy);
/// Command lines that judge it again.
void write_repeat(HtmlWriter& out, const std::vector<std::string>& lines);
/// By what a list of known failures recognises it, and why it is not, or is, accepted.
void write_found(HtmlWriter& out, const CheckRecord& check, const CheckResult& result);

/// A page of more rows of checks that were not selected would not open; it counts them instead.
inline constexpr std::size_t max_left_out_rows = 5000;

/// Fragment of a check, unique within the report: "cloud-test/tls.refuses-1.1".
std::string check_anchor(const CheckRecord& check);
std::string check_anchor(const LeftOutCheck& check, const std::string& target);
/// Fragment of a requirement's row in the matrix.
std::string requirement_anchor(std::string_view id);

/// The style and the script, embedded from reports/formats/html.
Markup report_style();
Markup report_script();

}  // namespace gateproof::reports
