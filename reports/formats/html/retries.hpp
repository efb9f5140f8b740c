// Charts of when client software that was put off came again, as SVG within HTML.
#pragma once

#include <string>
#include <vector>

#include "reports/formats/html/writer.hpp"
#include "reports/view/retries.hpp"

namespace gateproof::reports {

/// A lane for each start: calls in the order of time, and behind each that was put off how long it was told to wait;
/// and a table of the same numbers for who cannot see them. What was put off differs from what was served by shape, not
/// by colour alone. `id` is a prefix for ids of the elements, made by anchor().
void write_retry_chart(HtmlWriter& out, const std::vector<RetryTimes>& starts, const std::string& id);

}  // namespace gateproof::reports
