#include "reports/formats/html/svg.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gateproof::reports {

double nice_ceiling(double value) {
    if (!(value > 0)) {
        return 1;
    }
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (value <= step * power * 1.0000001) {
            return step * power;
        }
    }
    return 10 * power;
}

std::string short_number(double value) {
    return value >= 1'000'000 ? fmt::format("{:g}M", value / 1'000'000)
           : value >= 1000    ? fmt::format("{:g}k", value / 1000)
                              : fmt::format("{:g}", value);
}

int steps(double length, double step) {
    return static_cast<int>(std::floor(length / step * 1.0001));
}

void write_text(HtmlWriter& out, Markup start, double x, double y, std::string_view text) {
    out << start;
    out.attribute("x", fmt::format("{:.1f}", x)).attribute("y", fmt::format("{:.1f}", y));
    out << ">";
    out.text(text, 100) << "</text>";
}

}  // namespace gateproof::reports
