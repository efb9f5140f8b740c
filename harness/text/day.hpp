// Days as they are written: 2026-02-03 (ISO 8601).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gateproof {

/// "2026-02-03"
std::string iso_day(std::chrono::sys_days day);
/// Reads what iso_day writes, from 1970 on; empty: it is no such day.
std::optional<std::chrono::sys_days> day_from(std::string_view text);

}  // namespace gateproof
