#include "app/requirements_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "suites/facts.hpp"

namespace gateproof::cli {
namespace {

using ListJson = nlohmann::ordered_json;
using suites::Fact;

std::vector<std::string_view> words_of(const auto& values) {
    std::vector<std::string_view> words;
    std::ranges::transform(values, std::back_inserter(words), [](auto value) { return to_string(value); });
    return words;
}

std::vector<std::string_view> checks_of(const Catalogue& catalogue, std::string_view requirement) {
    std::vector<std::string_view> ids;
    for (const Suite& suite : catalogue.suites) {
        for (const Check& check : suite.checks) {
            if (std::ranges::find(check.requirements, requirement, &Bearing::requirement) != check.requirements.end()) {
                ids.push_back(check.id);
            }
        }
    }
    return ids;
}

std::vector<std::string_view> newer_checks(const Catalogue& catalogue) {
    std::vector<std::string_view> ids;
    for (const Suite& suite : catalogue.suites) {
        for (const Check& check : suite.checks) {
            if (catalogue.since(check).empty()) {
                ids.push_back(check.id);
            }
        }
    }
    return ids;
}

std::vector<std::string_view> facts_of(std::string_view requirement) {
    std::vector<std::string_view> ids;
    for (const Fact& fact : suites::facts()) {
        if (std::ranges::find(fact.requirements, requirement) != fact.requirements.end()) {
            ids.push_back(fact.id);
        }
    }
    return ids;
}

std::string source_text(const Catalogue& catalogue, const Fact& fact) {
    Requirement sourced;
    for (const suites::FactSource& source : fact.sources) {
        sourced.sources.push_back({source.document, source.clause});
    }
    return catalogue.source_of(sourced);
}

/// How the fact is honoured, a line for each way.
std::string ways_text(const Fact& fact) {
    std::string text;
    const auto line = [&text](std::string_view how, const std::string& what) {
        text += what.empty() ? "" : fmt::format("    {}: {}\n", how, what);
    };
    line("requirements", fmt::format("{}", fmt::join(fact.requirements, ", ")));
    line("checks", fmt::format("{}", fmt::join(fact.checks, ", ")));
    for (const suites::ProfileValue& value : fact.profile) {
        line("profile", value.value_if_none.empty() ? value.key
                                                    : fmt::format("{}, {} by default", value.key, value.value_if_none));
    }
    for (const suites::TemplateValue& value : fact.templates) {
        line("template",
             fmt::format("{} {}{}{}", value.profile, value.pointer, value.value.empty() ? "" : " = ", value.value));
    }
    line("error models", fmt::format("{}", fmt::join(fact.error_models, ", ")));
    line("not testable from outside", fact.not_testable);
    line("not tested yet", fact.not_tested_yet);
    return text;
}

ListJson sources_json(const Catalogue& catalogue, const auto& sources) {
    ListJson rows = ListJson::array();
    for (const auto& source : sources) {
        const Document* const document = catalogue.document(source.document);
        rows.push_back({{"document", source.document},
                        {"clause", source.clause},
                        {"date", document == nullptr ? std::string_view() : document->date}});
    }
    return rows;
}

ListJson requirement_json(const Catalogue& catalogue, const Requirement& requirement) {
    ListJson readings = ListJson::array();
    for (const RequirementReading& reading : requirement.readings) {
        readings.push_back({{"name", reading.name}, {"sentence", reading.sentence}, {"source", reading.source}});
    }
    return {{"id", requirement.id},
            {"level", to_string(requirement.level)},
            {"since", catalogue.since(requirement)},
            {"sentence", requirement.sentence},
            {"source", catalogue.source_of(requirement)},
            {"sources", sources_json(catalogue, requirement.sources)},
            {"readings", std::move(readings)},
            {"channels", words_of(requirement.channels)},
            {"environments", words_of(requirement.environments)},
            {"not_testable", requirement.not_testable},
            {"checks", checks_of(catalogue, requirement.id)},
            {"facts", facts_of(requirement.id)}};
}

ListJson fact_json(const Catalogue& catalogue, const Fact& fact) {
    ListJson profile = ListJson::array();
    for (const suites::ProfileValue& value : fact.profile) {
        profile.push_back(
            {{"key", value.key},
             {"default", value.value_if_none.empty() ? ListJson() : ListJson::parse(value.value_if_none)}});
    }
    ListJson templates = ListJson::array();
    for (const suites::TemplateValue& value : fact.templates) {
        templates.push_back({{"profile", value.profile},
                             {"pointer", value.pointer},
                             {"value", value.value.empty() ? ListJson() : ListJson::parse(value.value)}});
    }
    return {{"id", fact.id},
            {"fact", fact.sentence},
            {"since", fact.date},
            {"source", source_text(catalogue, fact)},
            {"sources", sources_json(catalogue, fact.sources)},
            {"requirements", fact.requirements},
            {"checks", fact.checks},
            {"profile", std::move(profile)},
            {"templates", std::move(templates)},
            {"error_models", fact.error_models},
            {"not_testable", fact.not_testable},
            {"not_tested_yet", fact.not_tested_yet}};
}

}  // namespace

std::string requirements_text(const Catalogue& catalogue) {
    std::string text;
    for (const Requirement& requirement : catalogue.requirements) {
        const std::string_view since = catalogue.since(requirement);
        text +=
            fmt::format("{} ({}{}{}): {}\n  source: {}\n", requirement.id, to_string(requirement.level),
                        since.empty() ? "" : ", since ", since, requirement.sentence, catalogue.source_of(requirement));
        for (const RequirementReading& reading : requirement.readings) {
            text += fmt::format("  reading {}: {}\n    source: {}\n", reading.name, reading.sentence, reading.source);
        }
        text += requirement.not_testable.empty()
                    ? fmt::format("  checks: {}\n", fmt::join(checks_of(catalogue, requirement.id), ", "))
                    : fmt::format("  informative, no check: {}\n", requirement.not_testable);
        if (const auto ids = facts_of(requirement.id); !ids.empty()) {
            text += fmt::format("  facts: {}\n", fmt::join(ids, ", "));
        }
    }
    text +=
        fmt::format("\nWhat is published of the gateway, {} facts, and how each is honoured\n", suites::facts().size());
    for (const Fact& fact : suites::facts()) {
        text += fmt::format("  {}: {}\n    source: {}{}{}\n{}", fact.id, fact.sentence, source_text(catalogue, fact),
                            fact.date.empty() ? "" : "; since ", fact.date, ways_text(fact));
    }
    const std::vector<std::string_view> newer = newer_checks(catalogue);
    for (const CatalogueVersion& version : catalogue.versions) {
        text += fmt::format("\nCatalogue {}: {} checks (--requirements {})", version.name, version.checks.size(),
                            version.name);
    }
    return text + (newer.empty() ? "\n" : fmt::format("\nNewer than these: {}\n", fmt::join(newer, ", ")));
}

ListJson requirements_json(const Catalogue& catalogue) {
    ListJson versions = ListJson::array();
    for (const CatalogueVersion& version : catalogue.versions) {
        versions.push_back({{"version", version.name}, {"checks", version.checks}});
    }
    ListJson documents = ListJson::array();
    for (const Document& document : catalogue.documents) {
        documents.push_back({{"id", document.id},
                             {"title", document.title},
                             {"publisher", document.publisher},
                             {"date", document.date}});
    }
    ListJson requirements = ListJson::array();
    for (const Requirement& requirement : catalogue.requirements) {
        requirements.push_back(requirement_json(catalogue, requirement));
    }
    ListJson facts = ListJson::array();
    for (const Fact& fact : suites::facts()) {
        facts.push_back(fact_json(catalogue, fact));
    }
    return {{"catalogue", {{"versions", std::move(versions)}, {"newer", newer_checks(catalogue)}}},
            {"documents", std::move(documents)},
            {"requirements", std::move(requirements)},
            {"facts", std::move(facts)}};
}

}  // namespace gateproof::cli
