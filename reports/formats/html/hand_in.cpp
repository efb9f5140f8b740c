#include "reports/formats/hand_in.hpp"
#include "harness/text/ascii.hpp"
#include "reports/formats/html/sections.hpp"
#include "reports/formats/test_report.hpp"
#include "reports/view/details.hpp"

namespace gateproof::reports {
namespace {

template <class Cells>
void write_row(HtmlWriter& out, const Cells& cells) {
    out << "<tr><th scope=\"row\">";
    out.text(cells.front(), 200) << "</th>";
    for (std::size_t i = 1; i < cells.size(); ++i) {
        out << "<td>";
        out.text(cells[i], 600) << "</td>";
    }
    out << "</tr>\n";
}

template <class Headings, class Rows>
void write_table(HtmlWriter& out, const std::string& label, const Headings& headings, const Rows& rows) {
    out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\"";
    out.attribute("aria-label", label) << "><table class=\"scenarios\"><thead><tr>";
    for (const auto& heading : headings) {
        out << "<th scope=\"col\">";
        out.text(heading, 100) << "</th>";
    }
    out << "</tr></thead><tbody>\n";
    for (const auto& row : rows) {
        write_row(out, row);
    }
    out << "</tbody></table></div>\n";
}

void write_service(HtmlWriter& out, const Tally& tally, const TargetRecord& target,
                   const std::vector<TestReportRow>& rows, std::size_t left_out) {
    out << "<h3>";
    out.text(shown_title(target), 300) << "</h3><p class=\"sub\">"
                                       << (target.side == Side::client ? Markup("client of ") : Markup(""));
    out.text(target.url, 300) << ", ";
    out.text(target.channel, 40) << " channel, ";
    out.text(target.environment, 40) << " environment, tested ";
    out.text(moment_text(tally.run().started));
    for (const Detail& detail : details_of(target)) {
        out << "; ";
        out.text(lower_case(detail.name)) << ": ";
        out.text(detail.value, 300);
    }
    out << "</p>\n";
    write_table(out, "Test report of " + shown_title(target), test_report_columns, rows);
    if (left_out > 0) {
        out << "<p class=\"quiet\">";
        out.number(left_out) << " more were not selected; test-report.csv lists them.</p>\n";
    }
}

/// A template of the target, in its own columns.
void write_template(HtmlWriter& out, const Tally& tally, const TargetRecord& target, const ScenarioTable& table) {
    out << "<h4>";
    out.text(table.title, 300) << "</h4>";
    if (!table.source.empty()) {
        out << "<p class=\"sub\">";
        out.text(table.source, 300) << "</p>";
    }
    out << "\n";
    write_table(out, table.title, hand_in_headings(table), hand_in_rows(tally, target, table));
}

}  // namespace

void write_hand_in(HtmlWriter& out, const Tally& tally) {
    std::map<std::string_view, std::vector<TestReportRow>> rows;
    for (const Row& row : tally.rows()) {
        TestReportRow cells = test_report_row(row);
        add_said(cells, tally.run(), *row.check, row.check->target);
        rows[row.check->target].push_back(std::move(cells));
    }
    const bool left_out_rows = tally.counts().left_out() <= max_left_out_rows;
    const RequirementParts parts = requirement_parts(tally.run(), 0);
    for (const LeftOutCheck& check : tally.run().left_out) {
        for (const std::string& target : left_out_rows ? check.targets : std::vector<std::string>()) {
            TestReportRow cells = test_report_row(check, target, parts);
            add_said(cells, tally.run(), check, target);
            rows[target].push_back(std::move(cells));
        }
    }
    std::map<std::string, Counts> counts = counts_by_target(tally);
    out << "<section id=\"hand-in\" aria-labelledby=\"hand-in-title\">\n<h2 id=\"hand-in-title\">Test report</h2>\n"
           "<p class=\"quiet\">What was checked of the gateway, a table for each service, in columns like those of Inland "
           "Revenue's test reports; <code>--report csv</code> gives the same table as a file. It is evidence to go with "
           "such a report. Where the profile has its templates they follow, row for row: what the run asked itself has "
           "its verdict and says so, what somebody attested is marked as said, and the rest is not tested. What is to be "
           "seen of the software of the provider only somebody can fill in.</p>\n"
           "<details class=\"more hand-in\"><summary>Show the tables</summary>\n";
    for (const TargetRecord& target : tally.run().targets) {
        write_service(out, tally, target, rows[target.name], left_out_rows ? 0 : counts[target.name].left_out());
        for (const ScenarioTable& table : target.templates) {
            write_template(out, tally, target, table);
        }
    }
    out << "</details>\n<dl class=\"sign\"><div><dt>Tested by</dt><dd>";
    for (const Detail& detail : details_of(tally.run())) {
        if (detail.name == "Tested by") {
            out.text(detail.value, 300);
        }
    }
    out << "</dd></div><div><dt>Date and signature</dt><dd></dd></div></dl>\n"
           "</section>\n";
}

}  // namespace gateproof::reports
