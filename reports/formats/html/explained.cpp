// What a check does and how its finding is mended, and where the documents are to be read.
#include <algorithm>
#include <string>

#include "reports/formats/html/sections.hpp"

namespace gateproof::reports {
namespace {

/// The text, with an address in it as a link. Addresses are this program's own.
void write_linked(HtmlWriter& out, std::string_view text) {
    const std::size_t at = text.find("https://");
    if (at == std::string_view::npos) {
        out.text(text);
        return;
    }
    const std::size_t end = std::min(text.find_first_of(" )", at), text.size());
    out.text(text.substr(0, at)) << "<a rel=\"noreferrer\"";
    out.attribute("href", text.substr(at, end - at)) << ">";
    out.text(text.substr(at, end - at)) << "</a>";
    out.text(text.substr(end));
}

bool names(const RunRecord& run, const ExplainedDocument& document) {
    return std::ranges::any_of(run.requirements, [&](const auto& known) {
        return known.second.source.find(document.title) != std::string::npos;
    });
}

}  // namespace

void write_explained(HtmlWriter& out, const std::vector<ExplainedPart>& parts) {
    if (parts.empty()) {
        return;
    }
    out << "<details class=\"explained\"><summary>What this check does, and how its finding is mended</summary>"
           "<div class=\"body\"><dl>";
    for (const ExplainedPart& part : parts) {
        out << "<dt>";
        out.text(part.heading) << "</dt>";
        for (const std::string& line : part.lines) {
            out << "<dd>";
            write_linked(out, line);
            out << "</dd>";
        }
    }
    out << "</dl></div></details>";
}

void write_documents(HtmlWriter& out, const Tally& tally, const Explainer& explainer) {
    bool begun = false;
    for (const ExplainedDocument& document : explainer.documents) {
        if (!names(tally.run(), document)) {
            continue;
        }
        if (!begun) {
            out << "<details class=\"explained\" id=\"documents\"><summary>The documents that these requirements come "
                   "from</summary><div class=\"body\"><dl>";
            begun = true;
        }
        out << "<dt>";
        out.text(document.code) << "</dt><dd>";
        write_linked(out, document.title + (document.address.empty() ? "" : ": ") + document.address);
        out << "</dd>";
    }
    if (begun) {
        out << "</dl></div></details>\n";
    }
}

}  // namespace gateproof::reports
