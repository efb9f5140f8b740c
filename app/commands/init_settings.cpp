#include "app/commands/init_settings.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/output.hpp"
#include "harness/json/near_match.hpp"
#include "harness/profile/init.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> names_of_values(const std::vector<ServicePreset>& services) {
    std::set<std::string> names;
    for (const ServicePreset& preset : services) {
        for (const auto& [name, texts] : preset.values) {
            names.insert(name);
        }
    }
    return {names.begin(), names.end()};
}

/// The text as the place has it: what is a text there stays one, anything else is read as JSON.
Json as_before(const std::string& place, const std::string& text, const Json& before) {
    if (before.is_null() || before.is_string()) {
        return text;
    }
    Json read = Json::parse(text, nullptr, false);
    if (read.is_discarded()) {
        throw Unusable(fmt::format("--set {}: what stands there is no text; expected JSON, such as true or [200]",
                                   reports::printable(place)));
    }
    return read;
}

void set_at(Json& profile, const std::string& place, const std::string& text) {
    const std::size_t slash = place.rfind('/');
    Json* parent = nullptr;
    try {
        parent = &profile.at(Json::json_pointer(place.substr(0, slash)));
        const std::string member = Json::json_pointer(place.substr(slash)).back();
        if (parent->is_object()) {
            Json& there = (*parent)[member];
            there = as_before(place, text, there);
            return;
        }
        Json& there = profile.at(Json::json_pointer(place));
        there = as_before(place, text, there);
    } catch (const Json::exception&) {
        throw Unusable(
            fmt::format("--set {}: the profile has no such place; the lines \"to fill in\" of gateproof init "
                        "name those that are to be filled in",
                        reports::printable(place)));
    }
}

}  // namespace

void declare_settings(CLI::App& app, InitSettings& settings) {
    app.add_option("--set", settings.given,
                   "What would have to be filled in: own=file:own.ird for a value of the services' presets, "
                   "/oauth/client/id=ID for a place of the profile (repeatable)")
        ->type_name("NAME=TEXT")
        ->allow_extra_args(false);
}

void read_settings(InitSettings& settings, const std::vector<ServicePreset>& services,
                   const std::function<std::string(const std::string&)>& from_profile) {
    const std::vector<std::string> known = names_of_values(services);
    for (const std::string& one : settings.given) {
        const std::size_t equals = one.find('=');
        const std::string name = one.substr(0, equals);
        // What was given is not shown: it may be a secret, which a reference should stand for.
        if (equals == std::string::npos || name.empty() || equals + 1 == one.size()) {
            throw Unusable("--set: expected NAME=TEXT, such as own=file:own.ird or /oauth/client/id=ID");
        }
        std::string text = one.substr(equals + 1);
        if (text.starts_with("file:")) {
            text = from_profile(text);
        }
        if (name.front() == '/') {
            const std::string part = name.substr(1, name.find('/', 1) - 1);
            if (std::ranges::find(init_parts(), part) != init_parts().end()) {
                settings.parts.insert(part);
            }
            settings.places.emplace_back(name, std::move(text));
        } else if (std::ranges::find(known, name) != known.end()) {
            settings.values.insert_or_assign(name, std::move(text));
        } else {
            throw Unusable(
                fmt::format("--set {}: none of the services has a value of this name{}; a place of the "
                            "profile begins with a slash",
                            shown_word(name), suggestion(name, known)));
        }
    }
}

void apply_settings(const InitSettings& settings, Json& profile) {
    for (const auto& [place, text] : settings.places) {
        set_at(profile, place, text);
    }
}

}  // namespace gateproof::cli
