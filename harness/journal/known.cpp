#include "harness/journal/known.hpp"

#include <nlohmann/json.hpp>

#include "harness/text/day.hpp"

namespace gateproof {
namespace {

using Json = nlohmann::ordered_json;

/// More entries than this come from no file that was read.
constexpr std::size_t most_entries = 1000;

template <class Entry>
Json common(const Entry& entry) {
    Json json = Json::object();
    json["check"] = entry.check;
    json["target"] = entry.target;
    json["reason"] = entry.reason;
    if (!entry.place.empty()) {
        json["place"] = entry.place;
    }
    return json;
}

template <class Entry>
Entry common_from(const Json& json) {
    Entry entry;
    entry.check = json.at("check").get<std::string>();
    entry.target = json.value("target", std::string("*"));
    entry.reason = json.value("reason", std::string());
    entry.place = json.value("place", std::string());
    return entry;
}

std::optional<KnownFailure> failure_from(const Json& json) {
    auto entry = common_from<KnownFailure>(json);
    const std::optional<std::chrono::sys_days> expires = day_from(json.value("expires", std::string()));
    entry.expires = expires.value_or(entry.expires);
    entry.outcomes.clear();
    for (const Json& word : json.at("outcomes")) {
        if (const std::optional<Outcome> outcome = outcome_from(word.get<std::string>())) {
            entry.outcomes.insert(*outcome);
        }
    }
    if (const auto found = json.find("found"); found != json.end() && found->is_string()) {
        entry.digest = found->get<std::string>();
    } else if (found != json.end()) {
        entry.found = found->get<std::vector<std::string>>();
    }
    return expires && (!json.contains("found") || !entry.wide()) ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace

Json known_to_json(const KnownList& known) {
    Json json = Json::object();
    json["file"] = known.name;
    json["sha256"] = known.sha256;
    json["judged"] = iso_day(known.judged);
    Json& failures = json["known_failures"] = Json::array();
    for (const KnownFailure& entry : known.failures) {
        Json one = common(entry);
        one["expires"] = iso_day(entry.expires);
        for (const Outcome outcome : entry.outcomes) {
            one["outcomes"].push_back(to_string(outcome));
        }
        if (!entry.wide()) {
            one["found"] = entry.digest.empty() ? Json(entry.found) : Json(entry.digest);
        }
        failures.push_back(std::move(one));
    }
    Json& skips = json["expected_skips"] = Json::array();
    for (const ExpectedSkip& entry : known.skips) {
        skips.push_back(common(entry));
    }
    return json;
}

std::optional<KnownList> known_from_json(const Json& json) {
    try {
        KnownList known;
        known.name = json.value("file", std::string());
        known.sha256 = json.value("sha256", std::string());
        const std::optional<std::chrono::sys_days> judged = day_from(json.value("judged", std::string()));
        const Json& failures = json.at("known_failures");
        const Json& skips = json.at("expected_skips");
        if (!judged || !failures.is_array() || !skips.is_array() || failures.size() > most_entries ||
            skips.size() > most_entries) {
            return std::nullopt;
        }
        known.judged = *judged;
        for (const Json& one : failures) {
            std::optional<KnownFailure> entry = failure_from(one);
            if (!entry) {
                return std::nullopt;
            }
            known.failures.push_back(std::move(*entry));
        }
        for (const Json& one : skips) {
            known.skips.push_back(common_from<ExpectedSkip>(one));
        }
        return known;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

}  // namespace gateproof
