// Durations as people type them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gateproof::cli {

/// "90", "90s", "1.5m", "500ms", "1h": more than zero, at most a week. Empty: none of these.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace gateproof::cli
