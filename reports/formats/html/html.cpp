#include "reports/formats/html/html.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "harness/text/day.hpp"
#include "harness/text/encoding.hpp"
#include "reports/formats/html/sections.hpp"
#include "reports/view/known.hpp"
#include "reports/view/repeat.hpp"

namespace gateproof::reports {
namespace {

constexpr std::array looks{
    OutcomeLook{Outcome::fail, "fail", "Fail", "failed"},
    OutcomeLook{Outcome::error, "error", "Error", "in error"},
    OutcomeLook{Outcome::inconclusive, "inconclusive", "Inconclusive", "inconclusive"},
    OutcomeLook{Outcome::warning, "warning", "Warning", "with a warning"},
    OutcomeLook{Outcome::pass, "pass", "Pass", "passed"},
};
constexpr OutcomeLook not_tried_look{Outcome::skipped, "not-tried", "Not tried", "not tried"};
constexpr OutcomeLook not_applicable_look{Outcome::skipped, "not-applicable", "Not applicable", "not applicable"};

void write_look(HtmlWriter& out, const OutcomeLook& look) {
    out << "<span class=\"badge " << look.css << "\">" << look.word << "</span>";
}

/// As a content security policy names an inline script or style (CSP 3, 8.4): 'sha256-...'.
std::string csp_hash(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return fmt::format("'sha256-{}'", base64({reinterpret_cast<const char*>(digest.data()), size}));
}

/// Nothing is loaded, sent, framed or evaluated; the two hashes are the only script and style that take effect.
std::string security_policy() {
    return fmt::format(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
        csp_hash(report_script().text()), csp_hash(report_style().text()));
}

void write_head(HtmlWriter& out, const Tally& tally) {
    out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\"";
    out.attribute("content", security_policy());
    out << ">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
           "<meta name=\"generator\"";
    out.attribute("content", "gateproof " + tally.run().tool_version)
        << ">\n<link rel=\"icon\" href=\"data:,\">\n<title>";
    out.text(headline(tally)) << " \u2013 Gateproof</title>\n<style>";
    out << report_style() << "</style>\n</head>\n";
}

void write_top(HtmlWriter& out) {
    out << "<a class=\"skip\" href=\"#checks\">Skip to the checks</a>\n"
           "<header class=\"top\"><div class=\"wrap\"><p class=\"product\"><b>Gateproof</b> conformance report</p>"
           "<nav aria-label=\"Sections\"><a href=\"#attention\">Attention</a><a href=\"#endpoints\">Endpoints</a>"
           "<a href=\"#requirements\">Requirements</a><a href=\"#checks\">Checks</a>"
           "<a href=\"#hand-in\">Test report</a></nav>"
           "<button type=\"button\" id=\"print\" class=\"scripted\" hidden>Print</button></div></header>\n";
}

/// Printed, it stands on every page.
void write_stamp(HtmlWriter& out, const RunRecord& run) {
    if (!run.stamp.empty()) {
        out << "<p class=\"stamp\">";
        out.text(run.stamp, 200) << "</p>\n";
    }
}

}  // namespace

const OutcomeLook& look_of(Outcome outcome) {
    const auto* found = std::ranges::find(looks, outcome, &OutcomeLook::outcome);
    return found == looks.end() ? not_applicable_look : *found;
}

const OutcomeLook& look_of(const CheckResult& result) {
    const bool not_tried = result.outcome == Outcome::skipped && result.skip == Skip::not_tried;
    return not_tried ? not_tried_look : look_of(result.outcome);
}

std::vector<std::pair<const OutcomeLook*, std::size_t>> counted_looks(const Counts& counts) {
    std::vector<std::pair<const OutcomeLook*, std::size_t>> all;
    for (const OutcomeLook& look : looks) {
        all.emplace_back(&look, counts.of(look.outcome));
    }
    all.emplace_back(&not_tried_look, counts.not_tried());
    all.emplace_back(&not_applicable_look, counts.not_applicable());
    return all;
}

void write_badge(HtmlWriter& out, Outcome outcome) {
    write_look(out, look_of(outcome));
}

void write_badge(HtmlWriter& out, const CheckResult& result) {
    write_look(out, look_of(result));
}

void write_badge(HtmlWriter& out, RequirementStatus status) {
    if (const std::optional<Outcome> outcome = outcome_of(status)) {
        write_badge(out, *outcome);
    } else if (status == RequirementStatus::partly_judged) {
        out << "<span class=\"badge partly-judged\">Partly judged</span>";
    } else if (status == RequirementStatus::not_tested) {
        out << "<span class=\"badge not-tried\">Not tested</span>";
    } else if (status == RequirementStatus::not_applicable) {
        write_look(out, not_applicable_look);
    } else {
        write_not_selected_badge(out);
    }
}

void write_not_selected_badge(HtmlWriter& out) {
    out << "<span class=\"badge " << not_selected_look.css << "\">" << not_selected_look.word << "</span>";
}

void write_known_badge(HtmlWriter& out) {
    out << "<span class=\"badge " << known_look.css << "\">" << known_look.word << "</span>";
}

void write_acceptance(HtmlWriter& out, const CheckRecord& check) {
    out << "<p class=\"accepted\"><b>Accepted until ";
    out.text(iso_day(check.accepted->expires)) << "</b> <span>";
    out.text(check.accepted->reason, 1000) << "</span></p>";
    if (!check.accepted->gone.empty()) {
        out << "<p class=\"meta\">Narrower now; not found any more: ";
        out.text(fmt::format("{}", fmt::join(check.accepted->gone, ", ")), 1000) << "</p>";
    }
}

void write_remedy(HtmlWriter& out, std::string_view remedy) {
    out << "<p class=\"remedy\"><b>What to do</b> <span>";
    out.text(remedy, 1000) << "</span></p>";
}

void write_repeat(HtmlWriter& out, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        out << "<p class=\"remedy\"><b>To repeat it</b> <span><code>";
        out.text(line, longest_repeat_line) << "</code></span></p>";
    }
}

void write_found(HtmlWriter& out, const CheckRecord& check, const CheckResult& result) {
    if (!check.beyond_known.empty()) {
        out << "<p class=\"remedy\"><b>Not accepted</b> <span>";
        out.text(check.beyond_known, 2000) << "</span></p>";
    }
    if (!check.expected_skip.empty()) {
        out << "<p class=\"accepted\"><b>Expected</b> <span>";
        out.text(check.expected_skip, 1000) << "</span></p>";
    }
    if (const std::string found = found_text(result); !found.empty()) {
        out << "<p class=\"meta\">Found ";
        out.text(found, 2000) << "</p>";
    }
}

std::string check_anchor(const CheckRecord& check) {
    return anchor(check.target) + '/' + anchor(check.full_id());
}

std::string check_anchor(const LeftOutCheck& check, const std::string& target) {
    return anchor(target) + '/' + anchor(check.full_id());
}

std::string requirement_anchor(std::string_view id) {
    return "requirement/" + anchor(id);
}

std::string html_report(const RunRecord& run) {
    return html_report(run, Trend{});
}

std::string html_report(const RunRecord& run, const Trend& trend, const Explainer* explainer) {
    const Explainer nothing;
    const Explainer& said = explainer == nullptr ? nothing : *explainer;
    const Tally tally(run);
    HtmlWriter out;
    out.reserve(std::size_t{64} * 1024 + 4096 * tally.rows().size());
    write_head(out, tally);
    out << "<body>\n";
    write_top(out);
    write_stamp(out, tally.run());
    out << "<main class=\"wrap\">\n";
    write_verdict(out, tally);
    write_findings(out, tally);
    write_known(out, tally);
    write_attestations(out, tally);
    write_endpoints(out, tally);
    write_certificates(out, tally);
    write_requirements(out, tally);
    write_documents(out, tally, said);
    write_trend(out, trend);
    write_traffic(out, tally);
    write_retries(out, tally);
    write_checks(out, tally, said);
    write_hand_in(out, tally);
    out << "</main>\n<script>";
    out << report_script() << "</script>\n</body>\n</html>\n";
    return std::move(out).take();
}

}  // namespace gateproof::reports
