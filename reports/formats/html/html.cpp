#include "reports/formats/html/html.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "harness/text/encoding.hpp"
#include "reports/formats/html/sections.hpp"
#include "reports/view/known.hpp"

namespace gateproof::reports {
namespace {

constexpr std::array looks{
    OutcomeLook{Outcome::fail, "fail", "Fail", "failed"},
    OutcomeLook{Outcome::error, "error", "Error", "in error"},
    OutcomeLook{Outcome::inconclusive, "inconclusive", "Inconclusive", "inconclusive"},
    OutcomeLook{Outcome::warning, "warning", "Warning", "with a warning"},
    OutcomeLook{Outcome::pass, "pass", "Pass", "passed"},
    OutcomeLook{Outcome::skipped, "skipped", "Skipped", "skipped"},
};

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

}  // namespace

const OutcomeLook& look_of(Outcome outcome) {
    const auto* found = std::ranges::find(looks, outcome, &OutcomeLook::outcome);
    return found == looks.end() ? looks.front() : *found;
}

void write_badge(HtmlWriter& out, Outcome outcome) {
    const OutcomeLook& look = look_of(outcome);
    out << "<span class=\"badge " << look.css << "\">" << look.word << "</span>";
}

void write_badge(HtmlWriter& out, RequirementStatus status) {
    if (const std::optional<Outcome> outcome = outcome_of(status)) {
        write_badge(out, *outcome);
    } else if (status == RequirementStatus::partly_judged) {
        out << "<span class=\"badge partly-judged\">Partly judged</span>";
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
    out.text(day_text(check.accepted->expires)) << "</b> <span>";
    out.text(check.accepted->reason, 1000) << "</span></p>";
}

void write_remedy(HtmlWriter& out, std::string_view remedy) {
    out << "<p class=\"remedy\"><b>What to do</b> <span>";
    out.text(remedy, 1000) << "</span></p>";
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

std::string html_report(const RunRecord& run, const Trend& trend) {
    const Tally tally(run);
    HtmlWriter out;
    out.reserve(std::size_t{64} * 1024 + 4096 * tally.rows().size());
    write_head(out, tally);
    out << "<body>\n";
    write_top(out);
    out << "<main class=\"wrap\">\n";
    write_verdict(out, tally);
    write_findings(out, tally);
    write_known(out, tally);
    write_endpoints(out, tally);
    write_certificates(out, tally);
    write_requirements(out, tally);
    write_trend(out, trend);
    write_traffic(out, tally);
    write_checks(out, tally);
    write_hand_in(out, tally);
    out << "</main>\n<script>";
    out << report_script() << "</script>\n</body>\n</html>\n";
    return std::move(out).take();
}

}  // namespace gateproof::reports
