#include "suites/explained.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gateproof::suites {
namespace {

using ExplainedJson = nlohmann::ordered_json;

constexpr const char* codes_file = "codes";

/// A text, or the lines of a list with a blank between them, so that files keep to a width.
std::string text_in(const ExplainedJson& json, const char* name) {
    const ExplainedJson& value = json.at(name);
    if (value.is_string()) {
        return value.get<std::string>();
    }
    std::string text;
    for (const ExplainedJson& line : value) {
        text += text.empty() ? "" : " ";
        text += line.get<std::string>();
    }
    return text;
}

CheckExplained check_from(const std::string& id, const ExplainedJson& json) {
    return {.check = id,
            .sent = text_in(json, "sent"),
            .passes = text_in(json, "passes"),
            .fails = text_in(json, "fails"),
            .open = text_in(json, "open"),
            .mend = json.at("mend").get<std::vector<std::string>>()};
}

/// Sources stand as "RET 5" would: a document, a bar, a clause.
FactSource source_of_code(const std::string& text) {
    const std::size_t bar = text.find('|');
    return bar == std::string::npos ? FactSource{text, {}} : FactSource{text.substr(0, bar), text.substr(bar + 1)};
}

CodeExplained code_from(const ExplainedJson& json) {
    CodeExplained code{.code = text_in(json, "code"),
                       .kind = text_in(json, "kind"),
                       .means = text_in(json, "means"),
                       .who = text_in(json, "who"),
                       .act = text_in(json, "act"),
                       .checks = json.value("checks", std::vector<std::string>()),
                       .sources = {}};
    for (const std::string& source : json.value("sources", std::vector<std::string>())) {
        code.sources.push_back(source_of_code(source));
    }
    return code;
}

struct Explanations {
    std::vector<CheckExplained> checks;
    std::vector<CodeExplained> codes;
};

const Explanations& all_explanations() {
    static const Explanations all = [] {
        Explanations read;
        for (const ExplanationFile& file : explanation_files()) {
            try {
                const ExplainedJson json = ExplainedJson::parse(file.text);
                for (const auto& [id, row] : json.items()) {
                    if (file.name == codes_file) {
                        read.codes.push_back(code_from(row));
                    } else {
                        read.checks.push_back(check_from(id, row));
                    }
                }
            } catch (const ExplainedJson::exception& problem) {
                throw std::logic_error("docs/explanations/" + file.name + ".json: " + problem.what());
            }
        }
        return read;
    }();
    return all;
}

}  // namespace

const std::vector<CheckExplained>& explained_checks() {
    return all_explanations().checks;
}

const std::vector<CodeExplained>& explained_codes() {
    return all_explanations().codes;
}

const CheckExplained* find_explained(std::string_view check) {
    const std::vector<CheckExplained>& all = explained_checks();
    const auto found = std::ranges::find(all, check, &CheckExplained::check);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace gateproof::suites
