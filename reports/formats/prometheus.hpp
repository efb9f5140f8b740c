// Metrics for the textfile collector of Prometheus' node exporter: what a monitoring rule asks of the newest run.
#pragma once

#include <string>
#include <string_view>

#include "harness/journal/record.hpp"

namespace gateproof::reports {

/// Text exposition format 0.0.4: every metric with HELP and TYPE, each series once. Statuses are one-hot: 1 for what
/// is, 0 for what is not, so that a series never vanishes while a rule watches it. At most 10,000 series of a metric.
std::string prometheus_report(const RunRecord& run);

/// A label's value between its quotes: printable, with backslash, quote and line feed escaped.
std::string label_value(std::string_view text);

}  // namespace gateproof::reports
