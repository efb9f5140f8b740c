#include "reports/formats.hpp"

#include <algorithm>
#include <array>

#include "reports/formats/html/html.hpp"
#include "reports/formats/json.hpp"
#include "reports/formats/junit.hpp"
#include "reports/formats/markdown.hpp"
#include "reports/formats/prometheus.hpp"
#include "reports/formats/test_report.hpp"

namespace gateproof::reports {
namespace {

std::string page_of(const Material& material) {
    return html_report(material.run, material.trend);
}

/// A report that the run alone makes.
template <std::string (*make)(const RunRecord&)>
std::string of_run(const Material& material) {
    return make(material.run);
}

constexpr std::array format_list{
    Format{"html", "report.html", "one page for people: verdict, remedies, evidence; prints as a test report", &page_of,
           true},
    Format{"junit", "junit.xml", "JUnit XML for CI servers", &of_run<junit_report>},
    Format{"json", "report.json", "everything, for programs (report.schema.json)", &of_run<json_report>},
    Format{"markdown", "report.md", "for step summaries and merge requests", &of_run<markdown_report>},
    Format{"csv", "test-report.csv", "the columns of the certification test report", &of_run<csv_report>},
    Format{"prometheus", "gateproof.prom", "for the node exporter's textfile collector", &of_run<prometheus_report>},
};

}  // namespace

std::span<const Format> formats() {
    return format_list;
}

const Format* find_format(std::string_view name) {
    const auto* found = std::ranges::find(format_list, name, &Format::name);
    return found == format_list.end() ? nullptr : &*found;
}

}  // namespace gateproof::reports
