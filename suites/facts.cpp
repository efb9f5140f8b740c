#include "suites/facts.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gateproof::suites {
namespace {

using FactsJson = nlohmann::ordered_json;

/// The text of a member; empty where there is none.
std::string text_of(const FactsJson& json, const char* name) {
    return json.value(name, std::string());
}

/// A value as JSON; empty where there is none.
std::string value_of(const FactsJson& json, const char* name) {
    return json.contains(name) ? json.at(name).dump() : std::string();
}

std::vector<std::string> names_of(const FactsJson& json, const char* name) {
    return json.value(name, std::vector<std::string>());
}

template <class T>
std::vector<T> rows_of(const FactsJson& json, const char* name, T (*read)(const FactsJson&)) {
    std::vector<T> rows;
    if (json.contains(name)) {
        std::ranges::transform(json.at(name), std::back_inserter(rows), read);
    }
    return rows;
}

FactSource source_from(const FactsJson& json) {
    return {json.at("document").get<std::string>(), text_of(json, "clause")};
}
ProfileValue profile_value_from(const FactsJson& json) {
    return {json.at("key").get<std::string>(), value_of(json, "default")};
}
TemplateValue template_value_from(const FactsJson& json) {
    return {json.at("profile").get<std::string>(), json.at("pointer").get<std::string>(), value_of(json, "value")};
}

Fact fact_from(const FactsJson& json) {
    return {.id = json.at("id").get<std::string>(),
            .sentence = json.at("fact").get<std::string>(),
            .sources = rows_of(json, "sources", source_from),
            .date = text_of(json, "since"),
            .requirements = names_of(json, "requirements"),
            .checks = names_of(json, "checks"),
            .profile = rows_of(json, "profile", profile_value_from),
            .templates = rows_of(json, "templates", template_value_from),
            .error_models = names_of(json, "error_models"),
            .not_testable = text_of(json, "not_testable"),
            .not_tested_yet = text_of(json, "not_tested_yet")};
}

}  // namespace

const std::vector<Fact>& facts() {
    static const std::vector<Fact> all = [] {
        try {
            return rows_of(FactsJson::parse(facts_text()), "facts", fact_from);
        } catch (const FactsJson::exception& problem) {
            throw std::logic_error(std::string("docs/facts.json: ") + problem.what());
        }
    }();
    return all;
}

}  // namespace gateproof::suites
