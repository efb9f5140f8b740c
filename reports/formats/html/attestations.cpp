#include "reports/view/attestations.hpp"

#include <algorithm>

#include "harness/journal/codec.hpp"
#include "reports/formats/html/sections.hpp"

namespace gateproof::reports {
namespace {

void write_words(HtmlWriter& out, const Attestation& said) {
    out << "<p class=\"said\"><b>";
    out.text(said.who, 300) << ", ";
    out.text(iso_day(said.when)) << "</b> <span>";
    out.text(said.text, 5000);
    if (!said.file.sha256.empty()) {
        out << " <span class=\"sub\">Attached: ";
        out.text(attached_name(said), 200) << ", SHA-256 <code>";
        out.text(said.file.sha256, 64) << "</code></span>";
    }
    out << "</span></p>";
}

}  // namespace

void write_attestations(HtmlWriter& out, const Tally& tally) {
    constexpr std::size_t most = 500;
    const std::vector<Attestation>& all = tally.run().attestations;
    if (all.empty()) {
        return;
    }
    out << "<section id=\"attestations\" aria-labelledby=\"attestations-title\">\n<h2 "
           "id=\"attestations-title\">Attestations</h2>\n<p class=\"quiet\">Said, not seen: no check of this run has "
           "looked at it. It changes no verdict and meets no requirement.</p>\n<ol class=\"findings\">\n";
    for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
        out << "<li class=\"said\"><h3><span class=\"badge said\">Said</span> <code>";
        out.text(subject_text(all[i]), 300) << "</code></h3>";
        if (const std::string beside = beside_text(tally, all[i]); !beside.empty()) {
            out << "<p class=\"sentence\">By the run: ";
            out.text(beside, 500) << ".</p>";
        }
        write_words(out, all[i]);
        out << "</li>\n";
    }
    out << "</ol>\n";
    if (all.size() > most) {
        out << "<p class=\"quiet\">";
        out.number(all.size() - most) << " more are in report.json.</p>\n";
    }
    out << "</section>\n";
}

void write_said(HtmlWriter& out, const RunRecord& run, const PlannedEntry& check, std::string_view target) {
    for (const Attestation* said : said_of(run, check, target)) {
        out << "<p class=\"meta\"><span class=\"badge said\">Said</span> not seen by this check</p>";
        write_words(out, *said);
    }
}

}  // namespace gateproof::reports
