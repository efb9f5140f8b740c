#include <fmt/format.h>

#include <algorithm>

#include "harness/journal/codec.hpp"
#include "reports/formats/html/sections.hpp"
#include "reports/trend/trend.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t max_runs = 60;
constexpr std::size_t max_flaky = 100;

Markup css_of(Outcome outcome) {
    return look_of(outcome).css;
}

Markup css_of(RequirementStatus status) {
    const std::optional<Outcome> outcome = outcome_of(status);
    return outcome                                      ? css_of(*outcome)
           : status == RequirementStatus::partly_judged ? Markup("partly-judged")
           : status == RequirementStatus::not_selected  ? not_selected_look.css
           : status == RequirementStatus::not_tested    ? Markup("not-tried")
                                                        : Markup("not-applicable");
}

/// "60 runs: 58 pass, 2 fail", for who does not see the bar.
template <class Line>
std::string words_for(const Line& line) {
    std::map<typename Line::value_type::value_type, std::size_t> counts;
    for (const auto& outcome : line) {
        if (outcome) {
            ++counts[*outcome];
        }
    }
    std::string words = fmt::format("{} runs", line.size());
    const char* separator = ": ";
    for (const auto& [outcome, count] : counts) {
        words += fmt::format("{}{} {}", separator, count, to_string(outcome));
        separator = ", ";
    }
    return words;
}

/// A block for each run, oldest first; a gap where the run did not look at it.
template <class Line>
void write_line(HtmlWriter& out, const Line& whole) {
    const Line line(whole.end() - static_cast<std::ptrdiff_t>(std::min(whole.size(), max_runs)), whole.end());
    out << "<svg class=\"bar\" preserveAspectRatio=\"none\" role=\"img\"";
    out.attribute("viewBox", fmt::format("0 0 {} 10", 10 * std::max<std::size_t>(1, line.size())))
            .attribute("aria-label", words_for(line))
        << ">";
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i]) {
            out << "<rect height=\"10\" width=\"9\"";
            out.attribute("class", css_of(*line[i]).text()).attribute("x", std::to_string(10 * i)) << "/>";
        }
    }
    out << "</svg>";
}

void write_requirement_lines(HtmlWriter& out, const Trend& trend) {
    out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Trend of the requirements\"><table>"
           "<thead><tr><th scope=\"col\">Requirement</th><th scope=\"col\">Runs, oldest first</th>"
           "<th scope=\"col\">Now</th><th scope=\"col\">Since</th></tr></thead><tbody>\n";
    for (const RequirementTrend& line : trend.requirements) {
        const std::size_t since = line.since();
        out << "<tr><th scope=\"row\">";
        out.text(line.requirement, 100) << "<span class=\"sub\">";
        out.text(line.target, 100) << "</span></th><td>";
        write_line(out, line.statuses);
        out << "</td><td>";
        if (line.statuses[since]) {
            write_badge(out, *line.statuses[since]);
        }
        out << "</td><td>";
        out.text(iso_time(trend.runs[since].started).substr(0, 10)) << "</td></tr>\n";
    }
    out << "</tbody></table></div>\n";
}

void write_flaky(HtmlWriter& out, const Trend& trend) {
    out << "<h3>Flaky checks</h3>\n";
    if (trend.flaky.empty()) {
        out << "<p>None: no verdict went and came back, and no control had to be repeated.</p>\n";
        return;
    }
    out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Flaky checks\"><table><thead><tr>"
           "<th scope=\"col\">Check</th><th scope=\"col\">Runs, oldest first</th>"
           "<th scope=\"col\" class=\"count\">Changes</th><th scope=\"col\" class=\"count\">Retried</th></tr></thead>"
           "<tbody>\n";
    for (std::size_t i = 0; i < std::min(trend.flaky.size(), max_flaky); ++i) {
        const FlakyCheck& flaky = trend.flaky[i];
        out << "<tr><th scope=\"row\"><code>";
        out.text(flaky.id, 200) << "</code><span class=\"sub\">";
        out.text(flaky.target, 100) << "</span></th><td>";
        write_line(out, flaky.outcomes);
        out << "</td><td class=\"count\">";
        out.number(flaky.changes) << "</td><td class=\"count\">";
        out.number(flaky.retried) << "</td></tr>\n";
    }
    out << "</tbody></table></div>\n";
}

}  // namespace

void write_trend(HtmlWriter& out, const Trend& trend) {
    if (trend.runs.empty()) {
        return;
    }
    out << "<section id=\"trend\" aria-labelledby=\"trend-title\"><h2 id=\"trend-title\">Trend</h2>\n<p>";
    out.number(trend.runs.size()) << " runs, from ";
    out.text(iso_time(trend.runs.front().started).substr(0, 10)) << " to ";
    out.text(iso_time(trend.runs.back().started).substr(0, 10)) << ". A block is a run";
    if (trend.runs.size() > max_runs) {
        out << "; the lines show the last ";
        out.number(max_runs);
    }
    out << ".</p>\n";
    write_requirement_lines(out, trend);
    write_flaky(out, trend);
    out << "</section>\n";
}

}  // namespace gateproof::reports
