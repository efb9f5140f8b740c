#include "reports/formats.hpp"

#include <algorithm>
#include <array>

#include "reports/formats/hand_in.hpp"
#include "reports/formats/html/html.hpp"
#include "reports/formats/json.hpp"
#include "reports/formats/junit.hpp"
#include "reports/formats/markdown.hpp"
#include "reports/formats/prometheus.hpp"
#include "reports/formats/test_report.hpp"

namespace gateproof::reports {
namespace {

void write_page(const Material& material, const Sink& out) {
    out(html_report(material.run, material.trend, material.explainer));
}

void write_junit_of(const Material& material, const Sink& out) {
    write_junit(material.run, out);
}

/// A report that the run alone makes, in one piece.
template <std::string (*make)(const RunRecord&)>
void write_whole(const Material& material, const Sink& out) {
    out(make(material.run));
}

constexpr std::array format_list{
    Format{"html", "report.html",
           "one page for people: verdict, remedies, evidence; prints as evidence for a test report", &write_page, true},
    Format{"junit", "junit.xml", "JUnit XML for CI servers", &write_junit_of},
    Format{"json", "report.json", "everything, for programs (report.schema.json)", &write_whole<json_report>},
    Format{"markdown", "report.md", "for step summaries and merge requests", &write_whole<markdown_report>},
    Format{"csv", "test-report.csv", "each check in columns like those of a test report", &write_whole<csv_report>},
    Format{"hand-in", "hand-in.csv", "test report templates, row for row, where the profile has some",
           &write_whole<hand_in_report>},
    Format{"prometheus", "gateproof.prom", "for the node exporter's textfile collector",
           &write_whole<prometheus_report>},
};

}  // namespace

std::string Format::make(const Material& material) const {
    std::string text;
    write(material, [&text](std::string_view piece) { text += piece; });
    return text;
}

std::span<const Format> formats() {
    return format_list;
}

const Format* find_format(std::string_view name) {
    const auto* found = std::ranges::find(format_list, name, &Format::name);
    return found == format_list.end() ? nullptr : &*found;
}

}  // namespace gateproof::reports
