#include <nlohmann/json.hpp>

#include "harness/journal/codec.hpp"
#include "harness/text/log_commands.hpp"
#include "reports/compare/compare.hpp"

namespace gateproof::reports {
namespace {

using Json = nlohmann::ordered_json;

Json head_of(const ComparedRun& head) {
    Json json = Json::object();
    json["started"] = iso_time(head.started);
    json["version"] = head.tool_version;
    json["end_reason"] = to_string(head.end_reason);
    json["checks"] = head.checks;
    return json;
}

Json side_of(const std::optional<Outcome>& outcome, const std::string& sentence) {
    if (!outcome) {
        return nullptr;
    }
    Json json = Json::object();
    json["outcome"] = to_string(*outcome);
    json["sentence"] = sentence;
    return json;
}

Json check_of(const CheckChange& check) {
    Json json = Json::object();
    json["change"] = to_string(check.change);
    json["target"] = check.target;
    json["check"] = check.id;
    json["title"] = check.title;
    json["before"] = side_of(check.before, check.sentence_before);
    json["after"] = side_of(check.after, check.sentence_after);
    json["remedy"] = check.remedy;
    json["accepted"] = check.accepted.empty() ? Json(nullptr) : Json(check.accepted);
    json["attempts"] = check.attempts.empty() ? Json(nullptr) : Json(check.attempts);
    return json;
}

Json trait_of(const TraitChange& change) {
    Json json = Json::object();
    json["trait"] = to_string(change.trait);
    json["target"] = change.target;
    json["subject"] = change.subject;
    json["before"] = change.before;
    json["after"] = change.after;
    return json;
}

}  // namespace

std::string compare_json(const Comparison& comparison) {
    Json json = Json::object();
    json["schema"] = 1;
    json["regressions"] = comparison.regressions();
    json["nothing_changed"] = comparison.nothing_changed();
    json["summary"] = compare_counts(comparison);
    json["old"] = head_of(comparison.before);
    json["new"] = head_of(comparison.after);
    json["notes"] = comparison.notes;
    json["unchanged"] = comparison.unchanged;
    Json& checks = json["checks"] = Json::array();
    for (const CheckChange& check : comparison.checks) {
        checks.push_back(check_of(check));
    }
    Json& traits = json["differences"] = Json::array();
    for (const TraitChange& change : comparison.traits) {
        traits.push_back(trait_of(change));
    }
    return json_without_log_commands(json.dump(2, ' ', true, Json::error_handler_t::replace)) + '\n';
}

}  // namespace gateproof::reports
