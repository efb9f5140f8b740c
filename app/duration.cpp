#include "app/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace gateproof::cli {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    constexpr std::array units{std::pair{std::string_view(""), 1000.0}, std::pair{std::string_view("s"), 1000.0},
                               std::pair{std::string_view("ms"), 1.0}, std::pair{std::string_view("m"), 60'000.0},
                               std::pair{std::string_view("h"), 3'600'000.0}};
    constexpr double week = 7 * 24 * 3'600'000.0;
    double sum = 0;
    double last_unit = 2 * week;  // 1m30s: each unit is smaller than the one before it
    while (!text.empty()) {
        double number = 0;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
        if (error != std::errc() || number < 0) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const std::string_view name = text.substr(0, std::min(text.find_first_not_of("hms"), text.size()));
        const auto unit = std::ranges::find(units, name, &std::pair<std::string_view, double>::first);
        const bool fits = unit != units.end() && unit->second < last_unit && !(name.empty() && last_unit < 2 * week);
        if (!fits) {
            return std::nullopt;
        }
        sum += number * unit->second;
        last_unit = unit->second;
        text.remove_prefix(name.size());
    }
    const double value = std::round(sum);
    return value >= 1 && value <= week ? std::optional(std::chrono::milliseconds(static_cast<std::int64_t>(value)))
                                       : std::nullopt;
}

std::string duration_fault(const std::string& text) {
    return parse_duration(text) ? std::string() : "not a time such as 500ms, 90s, 1m30s or 1h: " + text;
}

}  // namespace gateproof::cli
