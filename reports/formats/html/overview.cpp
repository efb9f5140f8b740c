#include <fmt/format.h>

#include <algorithm>

#include "reports/formats/html/chart.hpp"
#include "reports/formats/html/sections.hpp"
#include "reports/view/certificates.hpp"
#include "reports/view/evidence_text.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t max_charts = 24;
/// A certificate that ends sooner than this is marked: public CAs issue for 90 days and renew a month before the end.
constexpr std::int64_t soon_days = 30;

Markup start_scroll() {
    return "<div class=\"scroll\" tabindex=\"0\" role=\"region\"";
}

void write_endpoint(HtmlWriter& out, const TargetRecord& target, const Counts& counts, bool any_known,
                    bool any_left_out) {
    out << "<tr><th scope=\"row\">";
    out.text(shown_title(target), 300) << "<span class=\"sub\">";
    out.text(target.name, 100) << "</span></th><td>"
                               << (target.side == Side::client ? Markup("client, calls ") : Markup("")) << "<code>";
    out.text(target.url, 300) << "</code>";
    if (target.clock) {
        out << "<span class=\"sub\">";
        out.text(target.clock->sentence, 600) << "</span>";
    }
    out << "</td><td>";
    out.text(target.channel, 40) << "</td><td>";
    out.text(target.environment, 40) << "</td>";
    for (const auto& [look, count] : counted_looks(counts)) {
        out << "<td class=\"count " << (count == 0 ? Markup("none") : look->css) << "\">";
        out.number(count) << "</td>";
    }
    if (any_known) {
        out << "<td class=\"count " << (counts.known() == 0 ? Markup("none") : known_look.css) << "\">";
        out.number(counts.known()) << "</td>";
    }
    if (any_left_out) {
        out << "<td class=\"count " << (counts.left_out() == 0 ? Markup("none") : not_selected_look.css) << "\">";
        out.number(counts.left_out()) << "</td>";
    }
    out << "</tr>\n";
}

void write_days(HtmlWriter& out, const CertificateFact& fact) {
    Markup css = "";
    if (fact.in_use()) {
        css = fact.days_left < 0 ? Markup("fail") : fact.days_left < soon_days ? Markup("warning") : Markup("pass");
    }
    out << "<span class=\"days " << css << "\">";
    if (fact.days_left < 0) {
        out << "expired ";
        out.number(-fact.days_left) << (fact.days_left == -1 ? Markup(" day ago") : Markup(" days ago"));
    } else {
        out.number(fact.days_left) << (fact.days_left == 1 ? Markup(" day") : Markup(" days"));
    }
    out << "</span>";
}

void write_certificate(HtmlWriter& out, const CertificateFact& fact) {
    out << "<tr><th scope=\"row\">";
    out.text(fact.role, 60) << "<span class=\"sub\">";
    out.text(fact.target, 100) << "</span></th><td>";
    out.text(fact.subject, 300) << "<span class=\"sub\">issued by ";
    out.text(fact.issuer, 300) << "</span></td><td>";
    write_days(out, fact);
    out << "<span class=\"sub\">";
    out.text(moment_text(fact.not_after)) << "</span></td><td><code class=\"print\">";
    out.text(fact.sha256, 64) << "</code></td></tr>\n";
}

void write_certificate_table(HtmlWriter& out, const std::vector<CertificateFact>& facts, bool in_use, Markup label) {
    out << start_scroll();
    out.attribute("aria-label", label.text())
        << "><table class=\"certificates\"><thead><tr><th scope=\"col\">Role</th>"
           "<th scope=\"col\">Subject</th><th scope=\"col\">Expires in</th><th scope=\"col\">SHA-256</th></tr></thead>"
           "<tbody>\n";
    for (const CertificateFact& fact : facts) {
        if (fact.in_use() == in_use) {
            write_certificate(out, fact);
        }
    }
    out << "</tbody></table></div>\n";
}

/// "1 of 9 failed": how many of the judged checks gave the cell its status; and which were left out.
void write_score(HtmlWriter& out, const MatrixCell& cell) {
    constexpr std::size_t most_ids = 8;
    const std::optional<Outcome> status = outcome_of(cell.status());
    const std::string part = cell.part_text(most_ids);
    if (status && cell.counts.judged() > 0) {
        out.number(cell.counts.of(*status) + cell.counts.known_of(*status)) << " of ";
        out.number(cell.counts.judged()) << " " << look_of(*status).count << (part.empty() ? Markup("") : Markup("; "));
    } else if (part.empty()) {
        out << (cell.counts.left_out() > 0    ? Markup("no check was selected")
                : cell.counts.not_tried() > 0 ? Markup("no check was tried")
                                              : Markup("no check applies"));
    }
    out.text(part, 1000);
}

void write_cell(HtmlWriter& out, const MatrixCell& cell, const std::string& requirement, const TargetRecord& target) {
    if (!cell.asked) {
        out << "<td class=\"unasked\"><span title=\"Not asked of this channel\">not asked</span></td>";
        return;
    }
    if (cell.counts.total() == 0) {
        out << "<td class=\"unasked\">not run</td>";
        return;
    }
    out << "<td><a href=\"#checks\" class=\"cell\"";
    out.attribute("data-requirement", requirement).attribute("data-target", target.name) << ">";
    cell.known() ? write_known_badge(out) : write_badge(out, cell.status());
    out << "<span class=\"sub\">";
    write_score(out, cell);
    if (const std::string reading = judging_reading(target, requirement); !reading.empty()) {
        out << "; judged by ";
        out.text(reading, 100);
    }
    out << "</span></a></td>";
}

void write_requirement(HtmlWriter& out, const MatrixRow& row, const std::vector<TargetRecord>& targets) {
    out << "<tr";
    out.attribute("id", requirement_anchor(row.requirement.id)) << "><th scope=\"row\"><span class=\"id\">";
    out.text(row.requirement.id, 100) << "</span>";
    if (row.requirement.level == Level::should) {
        out << " <span class=\"level\">should</span>";
    }
    out << "<span class=\"says\">";
    out.text(row.requirement.sentence, 500) << "</span><span class=\"sub\">";
    out.text(row.requirement.source, 300) << "</span>";
    for (const ReadingRecord& reading : row.requirement.readings) {
        out << "<span class=\"sub\"><strong>";
        out.text(reading.name, 100) << "</strong>: ";
        out.text(reading.sentence, 500) << " ";
        out.text(reading.source, 300) << "</span>";
    }
    out << "</th>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        write_cell(out, row.cells[i], row.requirement.id, targets[i]);
    }
    out << "</tr>\n";
}

}  // namespace

void write_endpoints(HtmlWriter& out, const Tally& tally) {
    std::map<std::string, Counts> counts = counts_by_target(tally);
    const bool any_known = tally.counts().known() > 0;
    const bool any_left_out = tally.counts().left_out() > 0;
    out << "<section id=\"endpoints\" aria-labelledby=\"endpoints-title\">\n<h2 id=\"endpoints-title\">Endpoints</h2>\n"
        << start_scroll()
        << " aria-label=\"Table of the endpoints\"><table class=\"endpoints\"><thead><tr><th "
           "scope=\"col\">Endpoint</th><th "
           "scope=\"col\">Address</th>"
           "<th scope=\"col\">Channel</th><th scope=\"col\">Environment</th><th scope=\"col\" "
           "class=\"count\">Failed</th>"
           "<th scope=\"col\" class=\"count\">Error</th><th scope=\"col\" class=\"count\">Inconclusive</th>"
           "<th scope=\"col\" class=\"count\">Warning</th><th scope=\"col\" class=\"count\">Passed</th>"
           "<th scope=\"col\" class=\"count\">Not<br>tried</th><th scope=\"col\" class=\"count\"><abbr title=\"Not applicable\">n/a</abbr></th>"
        << (any_known ? Markup("<th scope=\"col\" class=\"count\">Known</th>") : Markup(""))
        << (any_left_out ? Markup("<th scope=\"col\" class=\"count\">Not<br>selected</th>") : Markup(""))
        << "</tr></thead><tbody>\n";
    for (const TargetRecord& target : tally.run().targets) {
        write_endpoint(out, target, counts[target.name], any_known, any_left_out);
    }
    out << "</tbody></table></div>\n</section>\n";
}

void write_certificates(HtmlWriter& out, const Tally& tally) {
    const std::vector<CertificateFact> facts = certificates_of(tally.run());
    if (facts.empty()) {
        return;
    }
    out << "<section id=\"certificates\" aria-labelledby=\"certificates-title\">\n"
           "<h2 id=\"certificates-title\">Certificates</h2>\n";
    const auto used = std::ranges::count_if(facts, &CertificateFact::in_use);
    if (used > 0) {
        write_certificate_table(out, facts, true, "Certificates in use");
    }
    const auto refused = static_cast<std::ptrdiff_t>(facts.size()) - used;
    if (refused > 0) {
        out << "<details class=\"more\"><summary>";
        out.number(refused) << " more that the gateway is meant to refuse</summary>\n";
        write_certificate_table(out, facts, false, "Certificates that are meant to be refused");
        out << "</details>\n";
    }
    out << "</section>\n";
}

void write_requirements(HtmlWriter& out, const Tally& tally) {
    const std::vector<TargetRecord>& targets = tally.run().targets;
    out << "<section id=\"requirements\" aria-labelledby=\"requirements-title\">\n"
           "<h2 id=\"requirements-title\">Requirements</h2>\n"
        << start_scroll()
        << " aria-label=\"Requirement matrix\"><table class=\"matrix\"><thead><tr><th scope=\"col\">Requirement</th>";
    for (const TargetRecord& target : targets) {
        out << "<th scope=\"col\">";
        out.text(target.name, 100) << "</th>";
    }
    out << "</tr></thead><tbody>\n";
    for (const MatrixRow& row : matrix_of(tally)) {
        write_requirement(out, row, targets);
    }
    out << "</tbody></table></div>\n</section>\n";
}

void write_caption(HtmlWriter& out, const Row& row) {
    out << "<figcaption>";
    write_badge(out, row.result->outcome);
    out << " <a";
    out.attribute("href", '#' + check_anchor(*row.check)) << ">";
    out.text(row.check->title.empty() ? row.check->full_id() : row.check->title, 300) << "</a> <span class=\"sub\">";
    out.text(row.check->target, 100) << ": ";
    out.text(row.result->sentence, 1000) << "</span></figcaption>\n";
}

void write_traffic(HtmlWriter& out, const Tally& tally) {
    std::size_t shown = 0;
    std::size_t left = 0;
    for (const Row& row : tally.rows()) {
        const std::vector<LoadStream> streams = load_streams(*row.result);
        if (streams.empty()) {
            continue;
        }
        if (shown == max_charts) {
            ++left;
            continue;
        }
        if (shown++ == 0) {
            out << "<section id=\"traffic\" aria-labelledby=\"traffic-title\">\n<h2 id=\"traffic-title\">Traffic under "
                   "load</h2>\n";
        }
        out << "<figure>";
        write_caption(out, row);
        write_load_charts(out, streams, "chart/" + check_anchor(*row.check));
        out << "</figure>\n";
    }
    if (left > 0) {
        out << "<p class=\"quiet\">";
        out.number(left) << " more checks made load; the evidence of each has its numbers.</p>\n";
    }
    if (shown > 0) {
        out << "</section>\n";
    }
}

}  // namespace gateproof::reports
