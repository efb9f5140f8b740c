#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/formats/html/sections.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/details.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/findings.hpp"
#include "reports/view/known.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/not_judged.hpp"
#include "reports/view/repeat.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t max_findings = 100;
constexpr std::size_t max_links = 60;

constexpr std::array problem_outcomes{Outcome::fail, Outcome::error, Outcome::inconclusive, Outcome::warning};

Markup class_of(Conclusion conclusion) {
    switch (conclusion) {
        case Conclusion::passed: return "pass";
        case Conclusion::partial: return "partial";
        case Conclusion::failed: return "fail";
        case Conclusion::inconclusive: return "inconclusive";
        case Conclusion::interrupted:
        case Conclusion::broken: break;
    }
    return "error";
}

/// A bar of the outcomes' shares: drawn, because a policy without inline styles has no widths.
void write_bar(HtmlWriter& out, const Counts& counts) {
    out << "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">";
    const double total = static_cast<double>(std::max<std::size_t>(1, counts.total()));
    double x = 0;
    for (const auto& [look, count] : counted_looks(counts)) {
        const double share = static_cast<double>(count) / total * 1000;
        if (share > 0) {
            out << "<rect height=\"10\"";
            out.attribute("class", look->css.text())
                    .attribute("x", fmt::format("{:.2f}", x))
                    .attribute("width", fmt::format("{:.2f}", std::max(3.0, share)))
                << "/>";
        }
        x += share;
    }
    for (const auto& [css, count] :
         {std::pair(known_look.css, counts.known()), std::pair(not_selected_look.css, counts.left_out())}) {
        const double share = static_cast<double>(count) / total * 1000;
        if (count > 0) {
            out << "<rect height=\"10\"";
            out.attribute("class", css.text())
                    .attribute("x", fmt::format("{:.2f}", x))
                    .attribute("width", fmt::format("{:.2f}", std::max(3.0, share)))
                << "/>";
        }
        x += share;
    }
    out << "</svg>\n";
}

void write_counts(HtmlWriter& out, const Counts& counts) {
    out << "<ul class=\"counts\">";
    for (const auto& [look, count] : counted_looks(counts)) {
        if (count == 0 && look->outcome != Outcome::pass && look->outcome != Outcome::fail) {
            continue;
        }
        out << "<li><a href=\"#checks\"";
        out.attribute("class", look->css.text()).attribute("data-outcome", look->css.text()) << "><b>";
        out.number(count) << "</b> " << look->count << "</a></li>";
    }
    if (counts.known() > 0) {
        out << "<li><a href=\"#checks\" class=\"known\" data-outcome=\"known\"><b>";
        out.number(counts.known()) << "</b> known</a></li>";
    }
    if (counts.left_out() > 0) {
        out << "<li><a href=\"#checks\" class=\"not-selected\" data-outcome=\"not-selected\"><b>";
        out.number(counts.left_out()) << "</b> not selected</a></li>";
    }
    out << "</ul>\n";
}

void write_fact(HtmlWriter& out, Markup name, std::string_view value) {
    out << "<div><dt>" << name << "</dt><dd>";
    out.text(value) << "</dd></div>";
}

void write_link(HtmlWriter& out, const CheckRecord& check, std::string_view words) {
    out << " <a";
    out.attribute("href", '#' + check_anchor(check)) << ">";
    out.text(words, 100) << "</a>";
}

/// Where it was found: links by target for one check, by check within each target for several.
void write_places(HtmlWriter& out, const Finding& finding, bool one_check) {
    const std::string* target = nullptr;
    out << (one_check ? Markup("<p class=\"where\">At") : Markup(""));
    for (std::size_t i = 0; i < std::min(finding.checks.size(), max_links); ++i) {
        const CheckRecord& check = *finding.checks[i];
        if (one_check) {
            write_link(out, check, check.target);
            continue;
        }
        if (target == nullptr || *target != check.target) {
            out << (target == nullptr ? Markup("<p class=\"where\">") : Markup("</p><p class=\"where\">"));
            out.text(check.target, 100);
            target = &check.target;
        }
        write_link(out, check, check.full_id());
    }
    if (finding.checks.size() > max_links) {
        out << " and ";
        out.number(finding.checks.size() - max_links) << " more";
    }
    out << "</p>";
}

void write_finding(HtmlWriter& out, const RunRecord& run, const Finding& finding) {
    const CheckRecord& first = *finding.checks.front();
    out << "<li";
    out.attribute("class", look_of(*finding.result).css.text()) << "><h3>";
    write_badge(out, *finding.result);
    out << " ";
    const bool one_check = std::ranges::all_of(
        finding.checks, [&](const CheckRecord* check) { return check->full_id() == first.full_id(); });
    if (one_check) {
        out.text(first.title, 300) << " <code>";
        out.text(first.full_id(), 200) << "</code>";
    } else {
        out.number(finding.checks.size()) << " checks";
    }
    out << "</h3><p class=\"sentence\">";
    out.text(finding.result->sentence, 1000) << "</p>";
    if (!finding.result->remedy.empty()) {
        write_remedy(out, finding.result->remedy);
    }
    write_repeat(out, repeat_lines(run, finding));
    write_found(out, first, *finding.result);
    write_places(out, finding, one_check);
    out << "</li>\n";
}

/// What the checks lack that apply and were not tried.
void write_not_tried(HtmlWriter& out, const Tally& tally) {
    const std::vector<Finding> missing = not_tried(tally);
    for (std::size_t i = 0; i < std::min(missing.size(), max_findings); ++i) {
        out << (i == 0 ? Markup("<h3>Not tried</h3>\n<ol class=\"findings\">\n") : Markup(""));
        write_finding(out, tally.run(), missing[i]);
    }
    if (missing.empty()) {
        return;
    }
    out << "</ol>\n";
    if (missing.size() > max_findings) {
        out << "<p class=\"quiet\">";
        out.number(missing.size() - max_findings) << " more reasons are among the checks below.</p>\n";
    }
}

/// What each option left out, and that requirements are not judged whole for it.
void write_left_out(HtmlWriter& out, const RunRecord& run) {
    constexpr std::size_t most_groups = 20;
    constexpr std::size_t most_ids = 12;
    const std::vector<LeftOutGroup> groups = left_out_groups(run);
    for (std::size_t i = 0; i < std::min(groups.size(), most_groups); ++i) {
        out << "<p class=\"notice\">Not selected: ";
        out.text(left_out_line(groups[i], most_ids)) << ".</p>\n";
    }
    if (groups.size() > most_groups) {
        out << "<p class=\"notice\">Not selected: more, by ";
        out.number(groups.size() - most_groups) << " other options.</p>\n";
    }
}

/// What --exclude left out keeps the run from being a success.
void write_excluded(HtmlWriter& out, const RunRecord& run) {
    out << "<li class=\"inconclusive\"><h3>";
    write_not_selected_badge(out);
    out << " ";
    out.number(run.excluded_count())
        << (run.excluded_count() == 1 ? Markup(" check") : Markup(" checks"))
        << "</h3><p class=\"sentence\">Would have run and was left out by --exclude: what "
           "it would have found is not known, and the requirements that it decides are not "
           "judged whole.</p>";
    write_remedy(out, left_out_remedy(run));
    out << "</li>\n";
}

}  // namespace

void write_verdict(HtmlWriter& out, const Tally& tally) {
    const RunRecord& run = tally.run();
    out << "<section id=\"verdict\" aria-labelledby=\"verdict-title\" class=\"verdict " << class_of(conclusion_of(run))
        << "\">\n<h1 id=\"verdict-title\"><span class=\"mark\" aria-hidden=\"true\"></span><span>";
    out.text(headline(tally)) << "</span></h1>\n";
    if (run.end_reason != EndReason::complete) {
        out << "<p class=\"notice\">";
        if (run.end_reason == EndReason::killed) {
            out << "The run was killed. Checks without a verdict count as inconclusive.";
        } else {
            out << "The run did not complete (";
            out.text(to_string(run.end_reason), 100) << "). Checks without a verdict count as inconclusive.";
        }
        out << "</p>\n";
    }
    if (const std::string part = shard_text(run); !part.empty()) {
        out << "<p class=\"notice\">";
        out.text(part) << "</p>\n";
    }
    write_left_out(out, run);
    write_bar(out, tally.counts());
    write_counts(out, tally.counts());
    out << "<dl class=\"facts\">";
    write_fact(out, "Started", moment_text(run.started));
    write_fact(out, "Took", duration_text(length_of(run)));
    write_fact(out, "From", run.hostname.empty() ? std::string_view("unknown host") : std::string_view(run.hostname));
    write_fact(out, "Gateproof", run.tool_version);
    if (!run.catalogue.version.empty()) {
        write_fact(out, "Requirement catalogue", catalogue_text(run));
    }
    for (const Detail& detail : details_of(run)) {
        out << "<div><dt>";
        out.text(detail.name) << "</dt><dd>";
        out.text(detail.value, 1000) << "</dd></div>";
    }
    if (run.known) {
        write_fact(out, "Known failures", known_list_text(run));
    }
    write_fact(out, "Seed", std::to_string(run.seed));
    if (run.whole_plan > 0) {
        write_fact(out, "Whole plan",
                   run.plan_suites.empty()
                       ? fmt::format("{} checks", run.whole_plan)
                       : fmt::format("{} checks of {}", run.whole_plan, fmt::join(run.plan_suites, ", ")));
    }
    if (run.timeout_scale != 1) {
        write_fact(out, "Timeouts", fmt::format("every one multiplied by {:g}", run.timeout_scale));
    }
    out << "</dl>\n</section>\n";
}

void write_findings(HtmlWriter& out, const Tally& tally) {
    out << "<section id=\"attention\" aria-labelledby=\"attention-title\">\n"
           "<h2 id=\"attention-title\">What needs attention</h2>\n";
    std::size_t shown = 0;
    std::size_t left = 0;
    if (excluded_counts(tally.run())) {
        out << "<ol class=\"findings\">\n";
        write_excluded(out, tally.run());
        ++shown;
    }
    for (const Outcome outcome : problem_outcomes) {
        for (const Finding& finding : findings_of(tally, outcome, Across::all_targets)) {
            if (shown == max_findings) {
                ++left;
                continue;
            }
            out << (shown == 0 ? Markup("<ol class=\"findings\">\n") : Markup(""));
            ++shown;
            write_finding(out, tally.run(), finding);
        }
    }
    if (shown == 0) {
        out << (tally.counts().known() == 0
                    ? Markup("<p class=\"quiet\">Nothing failed or warned, and every check that ran was judged.</p>\n")
                    : Markup("<p class=\"quiet\">Nothing but the known failures below.</p>\n"));
    } else {
        out << "</ol>\n";
    }
    if (left > 0) {
        out << "<p class=\"quiet\">";
        out.number(left) << " more are among the checks below.</p>\n";
    }
    write_not_tried(out, tally);
    out << "</section>\n";
}

void write_known(HtmlWriter& out, const Tally& tally) {
    if (tally.counts().known() == 0) {
        return;
    }
    out << "<section id=\"known\" aria-labelledby=\"known-title\">\n<h2 id=\"known-title\">Known failures</h2>\n"
           "<ol class=\"findings\">\n";
    std::size_t shown = 0;
    for (const Row& row : tally.rows()) {
        if (!row.known() || ++shown > max_findings) {
            continue;
        }
        out << "<li class=\"known\"><h3>";
        write_known_badge(out);
        write_badge(out, row.result->outcome);
        out << " ";
        out.text(row.check->title, 300) << " <code>";
        out.text(row.check->full_id(), 200) << "</code></h3><p class=\"sentence\">";
        out.text(row.result->sentence, 1000) << "</p>";
        write_acceptance(out, *row.check);
        write_found(out, *row.check, *row.result);
        out << "<p class=\"where\">At";
        write_link(out, *row.check, row.check->target);
        out << "</p></li>\n";
    }
    out << "</ol>\n";
    if (shown > max_findings) {
        out << "<p class=\"quiet\">";
        out.number(shown - max_findings) << " more are among the checks below.</p>\n";
    }
    out << "</section>\n";
}

}  // namespace gateproof::reports
