#include "reports/formats/html/retries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/formats/html/sections.hpp"
#include "reports/formats/html/svg.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t most_figures = 48;
constexpr std::size_t most_lanes = 30;  ///< of one chart; the table has them all
std::string in_seconds(std::int64_t ms) {
    return fmt::format("{:g}", std::round(static_cast<double>(ms) / 100) / 10);
}

std::int64_t end_of(const RetryTimes& one) {
    const RetryTimes::Call& last = one.calls.back();
    return last.at_ms + (last.put_off() ? one.told_ms : 0);
}

/// Lanes under each other, over one axis of time.
class Drawing {
public:
    static constexpr double width = 440;
    static constexpr double left = 44;
    static constexpr double right = 16;
    static constexpr double top = 10;
    static constexpr double bottom = 30;
    static constexpr double lane = 20;

    explicit Drawing(const std::vector<RetryTimes>& starts)
        : lanes_(std::min(starts.size(), most_lanes)),
          height_(top + bottom + lane * static_cast<double>(std::min(starts.size(), most_lanes))) {
        std::int64_t end = 1000;
        for (const RetryTimes& one : starts) {
            // A wait of a day would leave nothing of the rest to be seen.
            end = std::max({end, one.calls.back().at_ms, std::min(end_of(one), 4 * (one.calls.back().at_ms + 1000))});
        }
        seconds_ = static_cast<double>(end) / 1000;
        step_ = nice_ceiling(seconds_ / 5);
    }
    [[nodiscard]] std::size_t lanes() const { return lanes_; }
    [[nodiscard]] double height() const { return height_; }
    [[nodiscard]] double x(std::int64_t ms) const {
        const double at = std::min(static_cast<double>(ms) / 1000, seconds_);
        return left + at / seconds_ * (width - left - right);
    }
    [[nodiscard]] static double y(std::size_t number) { return top + lane * (static_cast<double>(number) + 0.5); }

    void write_axis(HtmlWriter& out) const {
        const int last = steps(seconds_, step_);
        for (int i = 0; i <= last; ++i) {
            const double at = left + step_ * i / seconds_ * (width - left - right);
            out << "<path class=\"grid\"";
            out.attribute("d", fmt::format("M{:.1f} {:.1f}V{:.1f}", at, top, height_ - bottom)) << "/>";
            write_text(out, "<text class=\"tick middle\"", at, height_ - bottom + 18,
                       short_number(step_ * i) + (i == last ? " s" : ""));
        }
    }

private:
    std::size_t lanes_;
    double height_;
    double seconds_ = 1;
    double step_ = 1;
};

void write_lane(HtmlWriter& out, const Drawing& drawing, const RetryTimes& one, std::size_t number) {
    const double y = Drawing::y(number);
    write_text(out, "<text class=\"tick end\"", Drawing::left - 10, y + 4, std::to_string(one.start));
    for (const RetryTimes::Call& call : one.calls) {
        if (call.put_off() && one.told_ms > 0) {
            const double from = drawing.x(call.at_ms);
            out << "<rect class=\"told\" height=\"8\"";
            out.attribute("x", fmt::format("{:.1f}", from))
                    .attribute("y", fmt::format("{:.1f}", y - 4))
                    .attribute("width", fmt::format("{:.1f}", drawing.x(call.at_ms + one.told_ms) - from))
                << "/>";
        }
    }
    for (const RetryTimes::Call& call : one.calls) {
        const double x = drawing.x(call.at_ms);
        if (call.put_off()) {
            out << "<rect class=\"again refused\" width=\"8\" height=\"8\"";
            out.attribute("x", fmt::format("{:.1f}", x - 4)).attribute("y", fmt::format("{:.1f}", y - 4)) << "/>";
        } else {
            out << "<circle class=\"again\" r=\"4\"";
            out.attribute("cx", fmt::format("{:.1f}", x)).attribute("cy", fmt::format("{:.1f}", y)) << "/>";
        }
    }
}

std::string description(const std::vector<RetryTimes>& starts, std::size_t lanes) {
    std::string text;
    for (std::size_t i = 0; i < lanes; ++i) {
        const RetryTimes& one = starts[i];
        text += fmt::format("{}Start {}: ", text.empty() ? "" : " ", one.start);
        for (std::size_t call = 0; call < one.calls.size(); ++call) {
            text += fmt::format("{}{} s ({})", call == 0 ? "calls at " : ", ", in_seconds(one.calls[call].at_ms),
                                one.calls[call].put_off() ? "put off" : "answered");
        }
        text += one.told_ms > 0 ? fmt::format("; told to wait {} s.", in_seconds(one.told_ms)) : std::string(".");
    }
    return text;
}

void write_table(HtmlWriter& out, const std::vector<RetryTimes>& starts) {
    out << "<details class=\"numbers\"><summary>The same as numbers</summary><div class=\"scroll\" tabindex=\"0\" "
           "role=\"region\" aria-label=\"Numbers of the chart\"><table><thead><tr><th scope=\"col\">Start</th>"
           "<th scope=\"col\">Call</th><th scope=\"col\">At (s)</th><th scope=\"col\">Status</th>"
           "<th scope=\"col\">Told to wait (s)</th></tr></thead><tbody>\n";
    for (const RetryTimes& one : starts) {
        for (std::size_t i = 0; i < one.calls.size(); ++i) {
            out << "<tr><th scope=\"row\">";
            out.number(one.start) << "</th><td>";
            out.number(i + 1) << "</td><td>";
            out.text(fmt::format("{:.3f}", static_cast<double>(one.calls[i].at_ms) / 1000)) << "</td><td>";
            out.number(one.calls[i].status) << "</td><td>";
            out.text(one.told_ms > 0 && one.calls[i].put_off() ? in_seconds(one.told_ms) : "") << "</td></tr>\n";
        }
    }
    out << "</tbody></table></div></details>\n";
}

}  // namespace

void write_retry_chart(HtmlWriter& out, const std::vector<RetryTimes>& starts, const std::string& id) {
    const Drawing drawing(starts);
    out << "<div class=\"charts\"><div class=\"chart\"><svg role=\"img\"";
    out.attribute("viewBox", fmt::format("0 0 {:.0f} {:.0f}", Drawing::width, drawing.height()))
        .attribute("aria-labelledby", id + "-title " + id + "-desc");
    out << "><title";
    out.attribute("id", id + "-title") << ">Calls of each start over time</title><desc";
    out.attribute("id", id + "-desc") << ">";
    out.text(description(starts, drawing.lanes())) << "</desc>";
    drawing.write_axis(out);
    for (std::size_t i = 0; i < drawing.lanes(); ++i) {
        write_lane(out, drawing, starts[i], i);
    }
    out << "</svg><p aria-hidden=\"true\">Calls of each start: put off (square), answered (dot), and how long it was "
           "told to wait (bar)</p></div></div>\n";
    write_table(out, starts);
}

void write_retries(HtmlWriter& out, const Tally& tally) {
    std::size_t shown = 0;
    for (const Row& row : tally.rows()) {
        const std::vector<RetryTimes> starts = retry_times(*row.result);
        if (starts.empty() || shown == most_figures) {
            continue;
        }
        if (shown++ == 0) {
            out << "<section id=\"retries\" aria-labelledby=\"retries-title\">\n<h2 id=\"retries-title\">When it came "
                   "again</h2>\n";
        }
        out << "<figure>";
        write_caption(out, row);
        write_retry_chart(out, starts, "retries/" + check_anchor(*row.check));
        out << "</figure>\n";
    }
    if (shown > 0) {
        out << "</section>\n";
    }
}

}  // namespace gateproof::reports
