// Charts of traffic over time, as SVG within HTML: what was served, refused and how fast, for each stream.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.hpp"
#include "reports/formats/html/writer.hpp"

namespace gateproof::reports {

/// One observation of kind `load_window` (docs/journal.md).
struct LoadWindow {
    std::int64_t at_ms = 0;  ///< when it began
    std::int64_t sent = 0;
    std::int64_t served = 0;
    std::int64_t refused = 0;
    std::int64_t failed = 0;
    std::int64_t p50_us = 0;
    std::int64_t p99_us = 0;
};

struct LoadStream {
    std::string name;                 ///< "A", "B"
    std::vector<LoadWindow> windows;  ///< in the order of time
};

/// The streams of a check's evidence by name, at most four; none: the check made no load. Numbers from a strange
/// journal are brought into bounds.
std::vector<LoadStream> load_streams(const CheckResult& result);

/// Three charts (requests a second, refusals and failures a second, latency) and a table of the same numbers for who
/// cannot see them. Streams differ by dash and marker, not by colour alone. `id` is a prefix for ids of the elements,
/// made by anchor().
void write_load_charts(HtmlWriter& out, const std::vector<LoadStream>& streams, const std::string& id);

}  // namespace gateproof::reports
