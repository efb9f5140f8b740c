// What charts share: round steps of an axis, short numbers, and text in a drawing.
#pragma once

#include <string>
#include <string_view>

#include "reports/formats/html/writer.hpp"

namespace gateproof::reports {

/// The next of 1, 2, 5, 10, 20 ... that is not below the value.
double nice_ceiling(double value);
/// How many whole steps lie within the length.
int steps(double length, double step);
/// "1.5k"
std::string short_number(double value);
/// `start`: "<text" with its class.
void write_text(HtmlWriter& out, Markup start, double x, double y, std::string_view text);

}  // namespace gateproof::reports
