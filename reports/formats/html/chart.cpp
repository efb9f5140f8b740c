#include "reports/formats/html/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "reports/formats/html/svg.hpp"
#include "reports/view/certificates.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t max_streams = 4;
constexpr double width = 440;
constexpr double height = 220;
constexpr double left_margin = 44;
constexpr double right = 84;  ///< room for the names at the lines' ends
constexpr double top = 14;
constexpr double bottom = 34;

struct Point {
    double x = 0;
    double y = 0;
};

/// One line of a chart.
struct Line {
    std::string name;        ///< at its end: "A", "B refused"
    std::size_t stream = 0;  ///< which colour and marker
    bool second = false;     ///< the stream's second line in this chart: thinner, dashed
    std::vector<Point> points;
};

struct Chart {
    Markup key;  ///< part of ids
    Markup title;
    Markup unit;  ///< in the description
    std::vector<Line> lines;
};

std::int64_t bounded(const Observation& observation, std::string_view name) {
    constexpr std::int64_t most = 1'000'000'000'000;
    return std::clamp<std::int64_t>(number_field(observation, name), 0, most);
}

/// Seconds that a window lasted: until the next one, and the last one as long as the one before it.
double window_seconds(const std::vector<LoadWindow>& windows, std::size_t i) {
    if (windows.size() < 2) {
        return 1;
    }
    const std::size_t from = std::min(i, windows.size() - 2);
    return std::max(0.001, static_cast<double>(windows[from + 1].at_ms - windows[from].at_ms) / 1000);
}

template <class Value>
Line line_of(const LoadStream& stream, std::size_t number, std::string name, bool second, Value value) {
    Line line{std::move(name), number, second, {}};
    for (std::size_t i = 0; i < stream.windows.size(); ++i) {
        const double seconds = window_seconds(stream.windows, i);
        line.points.push_back({static_cast<double>(stream.windows[i].at_ms) / 1000, value(stream.windows[i], seconds)});
    }
    return line;
}

std::vector<Chart> charts_of(const std::vector<LoadStream>& streams) {
    Chart rate{"rate", "Requests a second", "requests/s", {}};
    Chart refused{"refused", "Refusals and failures a second", "requests/s", {}};
    Chart latency{"latency", "Latency in milliseconds", "ms", {}};
    const auto per_second = [](std::int64_t LoadWindow::*field) {
        return
            [field](const LoadWindow& window, double seconds) { return static_cast<double>(window.*field) / seconds; };
    };
    const auto millis = [](std::int64_t LoadWindow::*field) {
        return [field](const LoadWindow& window, double) { return static_cast<double>(window.*field) / 1000; };
    };
    for (std::size_t i = 0; i < streams.size(); ++i) {
        const LoadStream& stream = streams[i];
        rate.lines.push_back(line_of(stream, i, stream.name + " served", false, per_second(&LoadWindow::served)));
        rate.lines.push_back(line_of(stream, i, stream.name + " sent", true, per_second(&LoadWindow::sent)));
        refused.lines.push_back(line_of(stream, i, stream.name + " refused", false, per_second(&LoadWindow::refused)));
        refused.lines.push_back(line_of(stream, i, stream.name + " failed", true, per_second(&LoadWindow::failed)));
        latency.lines.push_back(line_of(stream, i, stream.name + " median", false, millis(&LoadWindow::p50_us)));
        latency.lines.push_back(line_of(stream, i, stream.name + " p99", true, millis(&LoadWindow::p99_us)));
    }
    return {rate, refused, latency};
}

/// From data to the drawing's coordinates.
struct Scale {
    double max_x = 1;
    double step_x = 1;
    double max_y = 1;
    double step_y = 1;

    explicit Scale(const Chart& chart) {
        double highest_x = 0;
        double highest_y = 0;
        for (const Line& line : chart.lines) {
            for (const Point& point : line.points) {
                highest_x = std::max(highest_x, point.x);
                highest_y = std::max(highest_y, point.y);
            }
        }
        max_x = highest_x > 0 ? highest_x : 1;
        step_x = nice_ceiling(max_x / 4);
        step_y = nice_ceiling(highest_y / 4);
        max_y = step_y * std::max(1.0, std::ceil(highest_y / step_y * 0.9999999));
    }
    [[nodiscard]] double x(double value) const { return left_margin + value / max_x * (width - left_margin - right); }
    [[nodiscard]] double y(double value) const { return height - bottom - value / max_y * (height - top - bottom); }
};

void write_axes(HtmlWriter& out, const Scale& scale) {
    for (int i = 0; i <= steps(scale.max_y, scale.step_y); ++i) {
        const double value = scale.step_y * i;
        out << "<path class=\"grid\"";
        out.attribute("d", fmt::format("M{:.1f} {:.1f}H{:.1f}", left_margin, scale.y(value), width - right)) << "/>";
        write_text(out, "<text class=\"tick end\"", left_margin - 8, scale.y(value) + 4, short_number(value));
    }
    const int last = steps(scale.max_x, scale.step_x);
    for (int i = 0; i <= last; ++i) {
        const double value = scale.step_x * i;
        write_text(out, "<text class=\"tick middle\"", scale.x(value), height - bottom + 18,
                   short_number(value) + (i == last ? " s" : ""));
    }
}

void write_marker(HtmlWriter& out, std::size_t stream, double x, double y) {
    if (stream % 2 == 0) {
        out << "<circle r=\"3\"";
        out.attribute("cx", fmt::format("{:.1f}", x)).attribute("cy", fmt::format("{:.1f}", y)) << "/>";
    } else {
        out << "<rect width=\"6\" height=\"6\"";
        out.attribute("x", fmt::format("{:.1f}", x - 3)).attribute("y", fmt::format("{:.1f}", y - 3)) << "/>";
    }
}

void write_line(HtmlWriter& out, const Line& line, const Scale& scale) {
    out << "<g";
    out.attribute("class", fmt::format("line stream-{}{}", line.stream, line.second ? " second" : "")) << "><path";
    std::string path;
    for (const Point& point : line.points) {
        path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', scale.x(point.x), scale.y(point.y));
    }
    out.attribute("d", path) << "/>";
    // Enough markers to tell the lines apart, few enough to see them.
    const std::size_t step = std::max<std::size_t>(1, line.points.size() / 12);
    for (std::size_t i = 0; !line.second && i < line.points.size(); i += step) {
        write_marker(out, line.stream, scale.x(line.points[i].x), scale.y(line.points[i].y));
    }
    out << "</g>";
}

/// The names at the lines' ends, moved apart where they would lie on one another.
void write_names(HtmlWriter& out, const Chart& chart, const Scale& scale) {
    std::vector<std::pair<double, const Line*>> ends;
    for (const Line& line : chart.lines) {
        if (!line.points.empty()) {
            ends.emplace_back(scale.y(line.points.back().y), &line);
        }
    }
    std::ranges::sort(ends, {}, &std::pair<double, const Line*>::first);
    constexpr double apart = 15;
    const double lowest = height - bottom - 2;
    for (std::size_t i = 1; i < ends.size(); ++i) {
        ends[i].first = std::max(ends[i].first, ends[i - 1].first + apart);
    }
    for (std::size_t i = ends.size(); i-- > 0;) {
        const double limit = i + 1 < ends.size() ? ends[i + 1].first - apart : lowest;
        ends[i].first = std::min(ends[i].first, limit);
    }
    for (const auto& [y, line] : ends) {
        out << "<text";
        out.attribute("class", fmt::format("name stream-{}", line->stream))
            .attribute("x", fmt::format("{:.1f}", width - right + 8))
            .attribute("y", fmt::format("{:.1f}", y + 4));
        out << ">";
        out.text(line->name, 24) << "</text>";
    }
}

/// What the chart shows, in words: from which to which value each line went.
std::string description(const Chart& chart) {
    std::string text;
    for (const Line& line : chart.lines) {
        if (line.points.empty()) {
            continue;
        }
        const auto [low, high] = std::ranges::minmax_element(line.points, {}, &Point::y);
        text += fmt::format("{}{}: {:.4g} to {:.4g} {}", text.empty() ? "" : "; ", line.name, low->y, high->y,
                            chart.unit.text());
    }
    return text + '.';
}

void write_chart(HtmlWriter& out, const Chart& chart, const std::string& id) {
    const std::string own = fmt::format("{}-{}", id, chart.key.text());
    out << "<div class=\"chart\"><svg viewBox=\"0 0 440 220\" role=\"img\"";
    out.attribute("aria-labelledby", own + "-title " + own + "-desc") << "><title";
    out.attribute("id", own + "-title") << ">";
    out << chart.title << "</title><desc";
    out.attribute("id", own + "-desc") << ">";
    out.text(description(chart)) << "</desc>";
    const Scale scale(chart);
    write_axes(out, scale);
    for (const Line& line : chart.lines) {
        write_line(out, line, scale);
    }
    write_names(out, chart, scale);
    out << "</svg><p aria-hidden=\"true\">" << chart.title << "</p></div>\n";
}

void write_table(HtmlWriter& out, const std::vector<LoadStream>& streams) {
    out << "<details class=\"numbers\"><summary>The same as numbers</summary><div class=\"scroll\" tabindex=\"0\" "
           "role=\"region\" aria-label=\"Numbers of the charts\"><table><thead><tr><th scope=\"col\">Stream</th>"
           "<th scope=\"col\">From (s)</th><th scope=\"col\">Sent</th><th scope=\"col\">Served</th>"
           "<th scope=\"col\">Refused</th><th scope=\"col\">Failed</th><th scope=\"col\">Median (ms)</th>"
           "<th scope=\"col\">p99 (ms)</th></tr></thead><tbody>\n";
    for (const LoadStream& stream : streams) {
        for (const LoadWindow& window : stream.windows) {
            out << "<tr><th scope=\"row\">";
            out.text(stream.name, 24) << "</th><td>";
            out.text(fmt::format("{:g}", static_cast<double>(window.at_ms) / 1000)) << "</td><td>";
            out.number(window.sent) << "</td><td>";
            out.number(window.served) << "</td><td>";
            out.number(window.refused) << "</td><td>";
            out.number(window.failed) << "</td><td>";
            out.text(fmt::format("{:.1f}", static_cast<double>(window.p50_us) / 1000)) << "</td><td>";
            out.text(fmt::format("{:.1f}", static_cast<double>(window.p99_us) / 1000)) << "</td></tr>\n";
        }
    }
    out << "</tbody></table></div></details>\n";
}

}  // namespace

std::vector<LoadStream> load_streams(const CheckResult& result) {
    std::map<std::string, LoadStream> streams;
    for (const Observation& observation : result.evidence) {
        if (observation.kind != "load_window") {
            continue;
        }
        const std::string* given = text_field(observation, "stream");
        const std::string name = given == nullptr ? std::string("?") : cut_to_columns(printable(*given), 12);
        if (streams.size() >= max_streams && !streams.contains(name)) {
            continue;
        }
        LoadStream& stream = streams.try_emplace(name, LoadStream{name, {}}).first->second;
        stream.windows.push_back({bounded(observation, "at_ms"), bounded(observation, "sent"),
                                  bounded(observation, "served"), bounded(observation, "refused"),
                                  bounded(observation, "failed"), bounded(observation, "p50_us"),
                                  bounded(observation, "p99_us")});
    }
    std::vector<LoadStream> sorted;
    for (auto& [name, stream] : streams) {
        std::ranges::stable_sort(stream.windows, {}, &LoadWindow::at_ms);
        sorted.push_back(std::move(stream));
    }
    return sorted;
}

void write_load_charts(HtmlWriter& out, const std::vector<LoadStream>& streams, const std::string& id) {
    out << "<div class=\"charts\">\n";
    for (const Chart& chart : charts_of(streams)) {
        write_chart(out, chart, id);
    }
    out << "</div>\n";
    write_table(out, streams);
}

}  // namespace gateproof::reports
