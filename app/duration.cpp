#include "app/duration.hpp"

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
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc()) {
        return std::nullopt;
    }
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& [name, milliseconds] : units) {
        const double value = std::round(number * milliseconds);
        if (unit == name && value >= 1 && value <= week) {
            return std::chrono::milliseconds(static_cast<std::int64_t>(value));
        }
    }
    return std::nullopt;
}

}  // namespace gateproof::cli
