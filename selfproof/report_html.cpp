// The matrix as one page that needs nothing else: a row for each fault, a column for each check.
#include <fmt/format.h>

#include <set>

#include "reports/formats/html/writer.hpp"
#include "selfproof/report.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using reports::HtmlWriter;

constexpr const char* head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Gateproof self-proof</title>
<style>
:root { color-scheme: light dark; --line: #8886; --caught: #1a7f37; --wrong: #c21f2b; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem; }
.scroll { overflow: auto; max-height: 80vh; border: 1px solid var(--line); }
table { border-collapse: collapse; font-size: 12px; }
th, td { border: 1px solid var(--line); padding: 1px 5px; text-align: center; white-space: nowrap; }
thead th { position: sticky; top: 0; background: Canvas; writing-mode: vertical-rl; text-align: left; font-weight: 500; }
tbody th { position: sticky; left: 0; background: Canvas; text-align: left; font-weight: 500; }
td.caught { background: var(--caught); color: #fff; }
td.wrong { background: var(--wrong); color: #fff; }
</style></head><body>
<h1>Gateproof self-proof</h1>
)";

std::vector<std::string_view> check_ids() {
    std::vector<std::string_view> ids;
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            if (check.side() == Side::gateway) {
                ids.push_back(check.id);
            }
        }
    }
    return ids;
}

/// First letters of the profiles on which the check did not say what it says of the conforming gateway: "c d m".
std::string profiles_that_differ(const FaultRun& run, const FaultRun& conforming, std::string_view check) {
    std::set<char> letters;
    for (std::size_t index = 0; index < run.cells.size(); ++index) {
        const Cell& cell = run.cells[index];
        if (cell.check == check && cell.outcome != Outcome::skipped &&
            cell.outcome != conforming.cells.at(index).outcome) {
            letters.insert(cell.target.at(cell.target.rfind('-') + 1));  // of "embedded-cloud"
        }
    }
    std::string out;
    for (const char letter : letters) {
        out += out.empty() ? "" : " ";
        out += letter;
    }
    return out;
}

void row(HtmlWriter& out, const FaultRun& run, const FaultRun& conforming, const std::vector<std::string_view>& ids) {
    out << "<tr><th scope=\"row\"";
    out.attribute("title", run.fault->title) << ">";
    out.text(run.proved() ? "" : "NOT PROVED: ").text(run.fault->name) << "</th>";
    const std::set<std::string_view> expected(run.fault->caught_by.begin(), run.fault->caught_by.end());
    const std::set<std::string_view> missed(run.missed.begin(), run.missed.end());
    for (const std::string_view id : ids) {
        const std::string letters = profiles_that_differ(run, conforming, id);
        if (missed.contains(id)) {
            out << "<td class=\"wrong\">missed</td>";
        } else if (expected.contains(id)) {
            out << "<td class=\"caught\"";
            (out.attribute("title", id) << ">").text(letters) << "</td>";
        } else if (!letters.empty() && !run.fault->leaves_others_undecided()) {
            out << "<td class=\"wrong\"";
            (out.attribute("title", id) << ">").text(letters) << "</td>";
        } else {
            out << "<td></td>";
        }
    }
    out << "</tr>\n";
}

}  // namespace

std::string html(const Matrix& matrix) {
    const std::vector<std::string_view> ids = check_ids();
    HtmlWriter out;
    out << head << "<p><strong>";
    out.number(matrix.proved_faults()) << " of ";
    out.number(matrix.faults.size()) << " faults proved</strong>; the conforming gateway ";
    out.text(matrix.conforming.proved() ? "passes every check" : "does not pass every check");
    if (matrix.stage) {
        out << "; the stage, which plays the gateway for client software, ";
        out.text(matrix.stage->proved() ? "passes " : "is NOT proved, and passes ").number(matrix.stage->passed())
            << " checks";
    }
    out << ". ";
    out.text(fmt::format("{:.1f} s", static_cast<double>(matrix.took.count()) / 1000))
        << ".</p>\n<p>Each row is a fault of the embedded gateway, each column a check. A green cell must notice the "
           "fault, and did, on the cloud (c), desktop (d) or mock (m) profile; a red one is a miss or a false "
           "alarm.</p>"
           "\n<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th></th>";
    for (const std::string_view id : ids) {
        out << "<th scope=\"col\">";
        out.text(id) << "</th>";
    }
    out << "</tr></thead><tbody>\n";
    for (const FaultRun& run : matrix.faults) {
        row(out, run, matrix.conforming, ids);
    }
    out << "</tbody></table></div>\n</body></html>\n";
    return std::move(out).take();
}

}  // namespace gateproof::selfproof
