// Markdown for step summaries ($GITHUB_STEP_SUMMARY), merge requests and chat: what needs a person, first.
#pragma once

#include <string>
#include <string_view>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// Verdict, counts, what did not pass with its remedy, the requirement matrix and the certificates. Bounded well below
/// the 1 MiB that GitHub takes of a step summary; what is left out is counted.
std::string markdown_report(const RunRecord& run);

/// Foreign text for a paragraph or a table cell: printable, on one line, and without effect as Markdown or HTML.
std::string markdown_text(std::string_view text, std::size_t max_bytes = 600);

}  // namespace gateproof::reports
