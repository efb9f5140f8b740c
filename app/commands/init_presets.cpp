#include "app/commands/init_presets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "app/command.hpp"
#include "app/output.hpp"
#include "harness/json/near_match.hpp"
#include "harness/profile/read/permission_case.hpp"
#include "harness/profile/read/service_preset.hpp"
#include "profiles/builtin.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

/// Empty where the profile has none.
std::string rows_text(const nlohmann::ordered_json& profile) {
    std::size_t asked = 0;
    std::size_t rows = 0;
    for (const nlohmann::ordered_json& table : profile.value("scenarios", nlohmann::ordered_json::array())) {
        for (const nlohmann::ordered_json& row : table["rows"]) {
            ++rows;
            asked += row.contains("ask") ? 1 : 0;
        }
    }
    return rows == 0 ? ""
                     : fmt::format("rows of test reports: {} are asked, {} are filled in by hand", asked, rows - asked);
}

bool is_called(const ServicePreset& preset, const std::string& name) {
    return preset.name == name || preset.mock_host == name;
}

ServicePreset usable_preset(LoadedPreset loaded) {
    std::string problems;
    for (const ProfileProblem& problem : loaded.problems) {
        problems += (problems.empty() ? "" : "\n") + problem.text();
    }
    if (!loaded.preset) {
        throw Unusable(problems);
    }
    return std::move(*loaded.preset);
}

}  // namespace

std::vector<ServicePreset> load_services(const std::vector<std::string>& names, const std::string& folder) {
    if (names.empty()) {
        return {};
    }
    std::vector<ServicePreset> known;
    std::vector<std::string> words;
    for (const BuiltinProfile& one : builtin_services()) {
        known.push_back(usable_preset(load_service_preset_text(one.text, std::string(one.name) + ".json")));
        words.push_back(known.back().name);
    }
    std::vector<ServicePreset> chosen;
    for (const std::string& name : names) {
        const std::filesystem::path own = std::filesystem::path(folder) / (name + ".json");
        const auto found = std::ranges::find_if(known, [&](const auto& preset) { return is_called(preset, name); });
        std::error_code ignored;
        std::optional<ServicePreset> preset;
        if (!folder.empty() && is_case_name(name) && std::filesystem::exists(own, ignored)) {
            preset = usable_preset(load_service_preset(own));
        } else if (found != known.end()) {
            preset = *found;
        } else {
            throw Unusable(fmt::format("--service {}: there is no preset of this name{}{}", shown_word(name),
                                       folder.empty() ? "" : ", in " + reports::printable(folder) + " neither",
                                       suggestion(name, words)));
        }
        if (std::ranges::none_of(chosen, [&](const auto& one) { return one.name == preset->name; })) {
            chosen.push_back(std::move(*preset));
        }
    }
    return chosen;
}

std::string rows_told(const nlohmann::ordered_json& profile, const nlohmann::ordered_json& whole) {
    const std::string rows = rows_text(profile);
    return rows +
           (rows == rows_text(whole) ? "" : "; --with scenarios writes what more of them needs, to be filled in");
}

}  // namespace gateproof::cli
