#include "app/explain/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "app/explain/faults.hpp"
#include "harness/json/near_match.hpp"
#include "harness/text/ascii.hpp"
#include "suites/catalogue.hpp"
#include "suites/documents.hpp"
#include "suites/explained.hpp"

namespace gateproof::cli {
namespace {

using cli::explanation_of;  // beside those of codes, documents and suites below
using reports::ExplainedPart;
using suites::CodeExplained;
using suites::FactSource;

const Catalogue& all() {
    return suites::catalogue();
}

std::string joined(const auto& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::vector<std::string_view> words_of(const auto& values) {
    std::vector<std::string_view> words;
    std::ranges::transform(values, std::back_inserter(words), [](auto value) { return to_string(value); });
    return words;
}

void add(std::vector<ExplainedPart>& parts, std::string key, std::string heading, std::vector<std::string> lines) {
    std::erase(lines, std::string());
    if (!lines.empty()) {
        parts.push_back({std::move(key), std::move(heading), std::move(lines)});
    }
}

/// "SE: Service endpoints (Inland Revenue, 2021-04-28), cloud endpoint. https://..."
std::string source_line(std::string_view id, std::string_view clause) {
    const Document* const document = all().document(id);
    const std::string name = document == nullptr ? std::string(id) : title_of(*document);
    const std::string address = suites::address_of(id);
    return fmt::format("{}{}{}{}{}{}", document == nullptr || document->title.empty() ? "" : fmt::format("{}: ", id),
                       name, clause.empty() ? "" : ", ", clause, address.empty() ? "" : ": ", address);
}

std::vector<std::string> source_lines(const Requirement& requirement) {
    std::vector<std::string> lines;
    std::ranges::transform(requirement.sources, std::back_inserter(lines),
                           [](const Source& source) { return source_line(source.document, source.clause); });
    return lines;
}

std::vector<std::string> reading_lines(const Requirement& requirement) {
    std::vector<std::string> lines;
    for (const RequirementReading& reading : requirement.readings) {
        lines.push_back(fmt::format("reading {}: {} ({})", reading.name, reading.sentence, reading.source));
    }
    return lines;
}

/// What the check's requirements say and where, each document once for each clause.
std::vector<std::string> clause_lines(const Check& check) {
    std::vector<std::string> lines;
    for (const Bearing& bearing : check.requirements) {
        const Requirement* const requirement = all().requirement(bearing.requirement);
        if (requirement == nullptr) {
            continue;
        }
        lines.push_back(fmt::format("{} ({}{}): {}", requirement->id, to_string(requirement->level),
                                    bearing.decides ? "" : "; this check adds to it", requirement->sentence));
        for (const std::string& line : source_lines(*requirement)) {
            if (std::ranges::find(lines, line) == lines.end()) {
                lines.push_back(line);
            }
        }
        std::ranges::move(reading_lines(*requirement), std::back_inserter(lines));
    }
    return lines;
}

/// For what it is, and what it wants of a profile: all that a row of the catalogue says.
std::vector<std::string> applies_lines(const Check& check) {
    std::vector<std::string> lines{fmt::format(
        "it is {}{}{}{}", to_string(check.intrusiveness), check.channels.empty() ? "" : ", of the channel ",
        joined(words_of(check.channels)), check.cases ? ", and has a case for each that the profile lists" : "")};
    if (!check.environments.empty()) {
        lines.push_back(fmt::format("in the environments {} alone", joined(words_of(check.environments))));
    }
    if (!check.mock_lacks.empty()) {
        lines.push_back(fmt::format("not in the mock: {}", check.mock_lacks));
    }
    std::vector<std::string_view> needs;
    std::ranges::transform(check.needs, std::back_inserter(needs), &Need::name);
    lines.push_back(needs.empty() ? "" : fmt::format("it needs: {}", joined(needs)));
    if (check.control == Control::bracket || check.control == Control::for_pass) {
        lines.emplace_back(check.side() == Side::gateway
                               ? "service is proven before and after it; without both a pass becomes inconclusive"
                               : "the client has to be served by the conforming twin of the scene before and after it; "
                                 "without both a pass becomes inconclusive");
    }
    if (check.deadline) {
        lines.emplace_back(
            "its deadline follows from what the profile says of waits, not from limits.check_deadline_ms");
    }
    return lines;
}

std::vector<std::string> fault_lines(std::string_view check) {
    std::vector<std::string> lines;
    for (const ProvingFault& fault : faults_caught_by(check)) {
        lines.push_back(fmt::format("{}: {}. See it: gateproof run {}--check {} --fault {}", fault.name, fault.title,
                                    fault.of_client ? "embedded-client-cloud embedded-client-desktop " : "", check,
                                    fault.name));
    }
    return lines;
}

void add_once(std::vector<std::string>& words, std::string_view word) {
    if (std::ranges::find(words, word) == words.end()) {
        words.emplace_back(word);
    }
}

std::vector<std::string> codes_of(std::string_view check) {
    std::vector<std::string> codes;
    for (const CodeExplained& code : suites::explained_codes()) {
        if (std::ranges::find(code.checks, check) != code.checks.end()) {
            add_once(codes, code.code);
        }
    }
    return codes;
}

Explanation explanation_of(const CodeExplained& code) {
    Explanation made{code.code, code.kind, code.means, {}};
    add(made.parts, "who", "Who must act", {code.who});
    add(made.parts, "act", "What to do", {code.act});
    add(made.parts, "checks", "Checks that send it or look for it", {joined(code.checks)});
    std::vector<std::string> lines;
    std::ranges::transform(code.sources, std::back_inserter(lines),
                           [](const FactSource& source) { return source_line(source.document, source.clause); });
    add(made.parts, "published", "Published in", std::move(lines));
    return made;
}

Explanation explanation_of(const Document& document) {
    Explanation made{std::string(document.id), "document", title_of(document), {}};
    add(made.parts, "address", "To be read at", {suites::address_of(document.id)});
    std::vector<std::string_view> ids;
    for (const Requirement& requirement : all().requirements) {
        if (std::ranges::find(requirement.sources, document.id, &Source::document) != requirement.sources.end()) {
            ids.push_back(requirement.id);
        }
    }
    add(made.parts, "requirements", "Requirements from it", {joined(ids)});
    return made;
}

Explanation explanation_of(const Suite& suite) {
    Explanation made{std::string(suite.id), "suite", std::string(suite.title), {}};
    std::vector<std::string> lines;
    std::ranges::transform(suite.checks, std::back_inserter(lines),
                           [](const Check& check) { return fmt::format("{}: {}", check.id, check.title); });
    add(made.parts, "checks", "Its checks", std::move(lines));
    return made;
}

/// Adds what of `rows` goes by the word.
template <class Rows, class Id>
void add_named(std::vector<Explanation>& found, const Rows& rows, Id id, std::string_view word) {
    for (const auto& row : rows) {
        if (same_ignoring_case(std::invoke(id, row), word)) {
            found.push_back(explanation_of(row));
        }
    }
}

}  // namespace

std::string title_of(const Document& document) {
    return fmt::format("{} ({}{}{})", document.title.empty() ? document.id : document.title, document.publisher,
                       document.publisher.empty() ? "" : ", ", document.date);
}

Explanation explanation_of(const Check& check) {
    Explanation made{std::string(check.id),
                     fmt::format("check of {}", check.side() == Side::gateway ? "a gateway" : "client software"),
                     std::string(check.title),
                     {}};
    if (const suites::CheckExplained* const text = suites::find_explained(check.id)) {
        add(made.parts, "sent", check.side() == Side::gateway ? "What is sent" : "What the client meets", {text->sent});
        add(made.parts, "passes", "What passes", {text->passes});
        add(made.parts, "fails", "What fails", {text->fails});
        add(made.parts, "open", "What stays open (inconclusive)", {text->open});
        add(made.parts, "mend", "How to mend it", text->mend);
    }
    add(made.parts, "published", "Why: the requirement and where it is published", clause_lines(check));
    add(made.parts, "applies", "When it runs", applies_lines(check));
    add(made.parts, "codes", "Codes that it sends or looks for", {joined(codes_of(check.id))});
    add(made.parts, "proved_by", "Faults that prove it", fault_lines(check.id));
    return made;
}

Explanation explanation_of(const Requirement& requirement) {
    Explanation made{
        std::string(requirement.id),
        fmt::format("requirement of {} ({})", requirement.side == Side::gateway ? "a gateway" : "client software",
                    to_string(requirement.level)),
        std::string(requirement.sentence),
        {}};
    std::vector<std::string> lines = source_lines(requirement);
    std::ranges::move(reading_lines(requirement), std::back_inserter(lines));
    add(made.parts, "published", "Published in", std::move(lines));
    add(made.parts, "not_testable", "Why nothing proves it", {std::string(requirement.not_testable)});
    std::vector<std::string> checks;
    for (const Suite& suite : all().suites) {
        for (const Check& check : suite.checks) {
            const auto bears = std::ranges::find(check.requirements, requirement.id, &Bearing::requirement);
            if (bears != check.requirements.end()) {
                checks.push_back(fmt::format("{}: {}{}", check.id, check.title, bears->decides ? "" : " (adds to it)"));
            }
        }
    }
    add(made.parts, "checks", "Checks of it", std::move(checks));
    std::vector<std::string> facts;
    for (const suites::Fact& fact : suites::facts()) {
        if (std::ranges::find(fact.requirements, requirement.id) != fact.requirements.end()) {
            facts.push_back(fact.sentence);
        }
    }
    add(made.parts, "facts", "What is published, in our words", std::move(facts));
    return made;
}

std::vector<Explanation> explanations_of(std::string_view word) {
    std::vector<Explanation> found;
    const std::string_view without_case = word.substr(0, word.find('['));
    for (const Suite& suite : all().suites) {
        add_named(found, suite.checks, &Check::id, without_case);
    }
    add_named(found, suites::explained_codes(), &CodeExplained::code, word);
    add_named(found, all().requirements, &Requirement::id, word);
    add_named(found, all().documents, &Document::id, word);
    add_named(found, all().suites, &Suite::id, word);
    return found;
}

std::vector<std::string> explained_code_words() {
    std::vector<std::string> words;
    for (const CodeExplained& code : suites::explained_codes()) {
        add_once(words, code.code);
    }
    return words;
}

std::vector<std::string> explained_words() {
    std::vector<std::string> words;
    const auto take = [&words](std::string_view word) { add_once(words, word); };
    for (const Suite& suite : all().suites) {
        take(suite.id);
        std::ranges::for_each(suite.checks, take, &Check::id);
    }
    std::ranges::for_each(explained_code_words(), take);
    std::ranges::for_each(all().requirements, take, &Requirement::id);
    std::ranges::for_each(all().documents, take, &Document::id);
    return words;
}

std::string near_words(std::string_view word) {
    constexpr std::size_t most = 3;
    constexpr std::size_t longest = 100;
    std::vector<std::pair<std::size_t, std::string>> near;
    const std::string wanted = lower_case(word);
    if (wanted.empty() || wanted.size() > longest) {
        return {};
    }
    for (const std::string& candidate : explained_words()) {
        const std::size_t distance = edit_distance(wanted, candidate);
        const bool holds = wanted.size() >= 3 && lower_case(candidate).find(wanted) != std::string::npos;
        if (holds || distance <= std::max<std::size_t>(1, wanted.size() / 3)) {
            near.emplace_back(holds ? std::min<std::size_t>(distance, 1) : distance, candidate);
        }
    }
    std::ranges::stable_sort(near, {}, &std::pair<std::size_t, std::string>::first);
    std::string text;
    const std::size_t count = std::min(most, near.size());
    for (std::size_t i = 0; i < count; ++i) {
        text += i == 0 ? "; did you mean " : i + 1 == count ? " or " : ", ";
        text += near[i].second;
    }
    return text.empty() ? text : text + '?';
}

reports::Explainer explainer() {
    reports::Explainer made;
    made.check = [](std::string_view id) {
        const Check* const check = all().check(id);
        return check == nullptr ? std::vector<ExplainedPart>() : explanation_of(*check).parts;
    };
    std::ranges::transform(all().documents, std::back_inserter(made.documents), [](const Document& document) {
        return reports::ExplainedDocument{std::string(document.id), title_of(document),
                                          suites::address_of(document.id)};
    });
    return made;
}

}  // namespace gateproof::cli
