// Durations as people type them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gateproof::cli {

/// "90", "90s", "1.5m", "500ms", "1h": more than zero, at most a week. Empty: none of these.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// For an option's check: why it is none; empty: it is one.
std::string duration_fault(const std::string& text);

}  // namespace gateproof::cli
