#include "harness/profile/init_services.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace gateproof {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view cloud_path = "/gateway/";

/// "value:NAME" replaced throughout by what was given for it, or stands for it in this environment.
Json with_values(Json json, const ServicePreset& preset, const InitAnswers& answers) {
    if (json.is_string()) {
        const std::string& text = json.get_ref<const std::string&>();
        if (!text.starts_with(ServicePreset::value_scheme)) {
            return json;
        }
        const std::string name = text.substr(ServicePreset::value_scheme.size());
        const auto given = answers.values.find(name);
        return given != answers.values.end() ? Json(given->second) : Json(preset.value_in(answers.environment, name));
    }
    if (json.is_structured()) {
        for (Json& child : json) {
            child = with_values(std::move(child), preset, answers);
        }
    }
    return json;
}

/// Native software asks for the same under another path (/gateway2/).
void to_channel(Json& operation, Channel channel) {
    const std::string path = operation.value("path", "");
    if (channel == Channel::desktop && path.starts_with(cloud_path)) {
        operation["path"] = "/gateway2/" + path.substr(cloud_path.size());
    }
}

void add_case(Json& cases, const Json& added) {
    for (Json& one : cases) {
        if (one.value("name", "") == added.value("name", "")) {
            one = added;
            return;
        }
    }
    cases.push_back(added);
}

/// Of a profile whose every operation is a service's.
void clear_services(Json& profile) {
    profile["operations"] = Json::object();
    profile.erase("not_entitled");
    profile.erase("scenarios");
    if (profile.contains("permissions")) {
        profile["permissions"]["cases"] = Json::array();
    }
}

/// Whether the template is handed in for this environment: nobody hands in what was asked of production.
bool is_for(const Json& table, Environment environment) {
    const auto named = table.find("environments");
    return environment != Environment::production &&
           (named == table.end() || std::any_of(named->begin(), named->end(), [environment](const Json& one) {
                return one.get<std::string>() == to_string(environment);
            }));
}

void add_scenarios(Json& profile, const Json& preset, Environment environment) {
    for (const Json& table : preset.value("scenarios", Json::array())) {
        if (is_for(table, environment)) {
            profile["scenarios"].push_back(table);
            profile["scenarios"].back().erase("environments");
        }
    }
}

bool asks_as_user(const Json& one) {
    const std::string subject = one.value("subject", "");
    return subject != "certificate" && subject != "tds" && subject != "m2m";
}

void add_service(Json& profile, const ServicePreset& preset, const InitAnswers& answers) {
    const Json whole = with_values(Json::parse(preset.text), preset, answers);
    for (const auto& [name, operation] : whole["operations"].items()) {
        Json& added = profile["operations"][name] = operation;
        to_channel(added, answers.channel);
    }
    Json& permissions = profile["permissions"];
    if (whole.contains("errors")) {
        permissions["errors"].update(whole["errors"]);
    }
    if (!permissions.contains("cases")) {
        permissions["cases"] = Json::array();
    }
    for (const Json& one : whole["cases"]) {
        add_case(permissions["cases"], one);
    }
    add_scenarios(profile, whole, answers.environment);
}

/// The machine asks for what the first of the services that take its JWTs offers; where none does it has no part here.
void choose_machine(Json& profile, const InitAnswers& answers) {
    if (!profile.contains("m2m")) {
        return;
    }
    for (const ServicePreset& preset : answers.services) {
        const Json whole = with_values(Json::parse(preset.text), preset, answers);
        if (whole.contains("m2m")) {
            profile["m2m"].update(whole["m2m"]);
            return;
        }
    }
    profile.erase("m2m");
}

void choose_mock(Json& profile, const InitAnswers& answers) {
    const ServicePreset& preset = answers.services.front();
    profile["name"] = answers.name.empty() ? "mock-" + preset.name : answers.name;
    profile["title"] = fmt::format("Mock of {}: source addresses are allow-listed, no client certificate", preset.name);
    profile["endpoint"]["url"] = fmt::format("https://{}.test.services.ird.govt.nz", preset.mock_host);
}

}  // namespace

void add_services(Json& profile, const InitAnswers& answers) {
    if (answers.services.empty()) {
        return;
    }
    const bool embedded = answers.environment == Environment::embedded;
    if (!embedded) {
        clear_services(profile);
    }
    for (const ServicePreset& preset : answers.services) {
        add_service(profile, preset, answers);
    }
    const Json& cases = profile["permissions"]["cases"];
    const bool users = std::any_of(cases.begin(), cases.end(), asks_as_user);
    if (cases.empty()) {
        profile.erase("permissions");
    }
    if (embedded) {
        return;
    }
    profile["control"] = answers.services.front().control;
    choose_machine(profile, answers);
    if (!users) {
        profile.erase("oauth");
    }
    if (answers.environment == Environment::mock) {
        choose_mock(profile, answers);
    }
}

}  // namespace gateproof
