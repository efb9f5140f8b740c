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

constexpr std::array format_list{
    Format{"html", "report.html", "one page for people: verdict, remedies, evidence; prints as a test report",
           &html_report},
    Format{"junit", "junit.xml", "JUnit XML for CI servers", &junit_report},
    Format{"json", "report.json", "everything, for programs (report.schema.json)", &json_report},
    Format{"markdown", "report.md", "for step summaries and merge requests", &markdown_report},
    Format{"csv", "test-report.csv", "the columns of the certification test report", &csv_report},
    Format{"prometheus", "gateproof.prom", "for the node exporter's textfile collector", &prometheus_report},
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
