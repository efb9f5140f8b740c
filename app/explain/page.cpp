#include "app/explain/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "suites/catalogue.hpp"
#include "suites/documents.hpp"
#include "suites/explained.hpp"

namespace gateproof::cli {
namespace {

constexpr std::size_t width = 110;

/// The text in lines of `width`, each indented; an address or any other long word stands on a line of its own.
std::string wrapped(std::string_view text, std::string_view first, std::string_view next) {
    std::string out(first);
    std::size_t column = first.size();
    bool fresh = true;
    while (!text.empty()) {
        const std::size_t blank = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, blank);
        text.remove_prefix(std::min(blank + 1, text.size()));
        if (!fresh && column + 1 + word.size() > width) {
            out += '\n';
            out += next;
            column = next.size();
            fresh = true;
        }
        out += fresh ? "" : " ";
        out += word;
        column += word.size() + (fresh ? 0 : 1);
        fresh = false;
    }
    return out + '\n';
}

/// As Markdown: what would be markup in it is none. Addresses stay what they are.
std::string marked(std::string_view text) {
    std::string out;
    bool address = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        address = c != ' ' && (address || text.substr(i).starts_with("https://"));
        if (!address && (c == '*' || c == '_' || c == '<' || c == '|' || c == '`' || c == '[' || c == ']')) {
            out += '\\';
        }
        out += c;
    }
    return out;
}

std::string page_entry(const Explanation& explanation) {
    std::string text = fmt::format("### {}\n{}.\n\n", explanation.id, marked(explanation.title));
    for (const reports::ExplainedPart& part : explanation.parts) {
        if (part.lines.size() == 1) {
            text += wrapped(fmt::format("- **{}:** {}", part.heading, marked(part.lines.front())), "", "  ");
            continue;
        }
        text += fmt::format("- **{}:**\n", part.heading);
        for (const std::string& line : part.lines) {
            text += wrapped(marked(line), "  - ", "    ");
        }
    }
    return text + '\n';
}

std::string codes_of_page() {
    std::string text;
    for (const std::string& code : explained_code_words()) {
        text += fmt::format("### {}\n", code);
        for (const suites::CodeExplained& one : suites::explained_codes()) {
            if (one.code != code) {
                continue;
            }
            text += wrapped(fmt::format("- **{}:** {}. **Who must act:** {}. **What to do:** {}.{}{}{}",
                                        marked(one.kind), marked(one.means), marked(one.who), marked(one.act),
                                        one.checks.empty() ? "" : " **Checks:** ",
                                        fmt::format("{}", fmt::join(one.checks, ", ")), one.checks.empty() ? "" : "."),
                            "", "  ");
        }
        text += '\n';
    }
    return text;
}

std::string documents_of_page() {
    std::string text = "| code | document | address |\n| --- | --- | --- |\n";
    for (const Document& document : suites::catalogue().documents) {
        text += fmt::format("| {} | {} | {} |\n", document.id, title_of(document), suites::address_of(document.id));
    }
    return text;
}

}  // namespace

std::string explanation_text(const Explanation& explanation) {
    std::string text =
        wrapped(fmt::format("{} ({}): {}", explanation.id, explanation.kind, explanation.title), "", "  ");
    for (const reports::ExplainedPart& part : explanation.parts) {
        text += fmt::format("\n{}\n", part.heading);
        for (const std::string& line : part.lines) {
            text += wrapped(line, part.lines.size() == 1 ? "  " : "  - ", part.lines.size() == 1 ? "  " : "    ");
        }
    }
    return text;
}

nlohmann::ordered_json explanation_json(const Explanation& explanation) {
    nlohmann::ordered_json made{{"id", explanation.id}, {"kind", explanation.kind}, {"title", explanation.title}};
    for (const reports::ExplainedPart& part : explanation.parts) {
        made[part.key] = part.lines;
    }
    return made;
}

std::string explanations_page() {
    std::string text =
        "# Checks and codes, explained\n\n"
        "What each check sends, what passes, fails and stays open, where that is published, how it is mended and which fault\n"
        "proves it; then what each published code means and who must act. `gateproof explain WORD` says the same in a\n"
        "terminal. The texts are those of [explanations](explanations); a test holds this page to them and writes it anew with\n"
        "`GATEPROOF_WRITE_PAGES=1 ./dev test cli -R ExplainPage`. All of it is in our own words.\n\n";
    for (const Suite& suite : suites::catalogue().suites) {
        text += fmt::format("## {}\n{}.\n\n", suite.id, suite.title);
        for (const Check& check : suite.checks) {
            text += page_entry(explanation_of(check));
        }
    }
    return text + "## Codes\n\n" + codes_of_page() + "## Documents\n\n" + documents_of_page();
}

std::string explained_list() {
    std::string text = "gateproof explain WORD... says what these mean:\n";
    for (const Suite& suite : suites::catalogue().suites) {
        std::string ids;
        for (const Check& check : suite.checks) {
            ids += fmt::format(" {}", check.id);
        }
        text += fmt::format("\n{}: {}\n{}", suite.id, suite.title, wrapped(ids.substr(1), "  ", "  "));
    }
    const std::string codes = fmt::format("{}", fmt::join(explained_code_words(), " "));
    text += codes.empty() ? "" : fmt::format("\ncodes\n{}", wrapped(codes, "  ", "  "));
    std::string requirements;
    for (const Requirement& requirement : suites::catalogue().requirements) {
        requirements += fmt::format(" {}", requirement.id);
    }
    text += fmt::format("\nrequirements\n{}", wrapped(requirements.substr(1), "  ", "  "));
    text += "\ndocuments\n";
    for (const Document& document : suites::catalogue().documents) {
        text += fmt::format("  {:<9} {}\n", document.id, title_of(document));
    }
    return text;
}

}  // namespace gateproof::cli
