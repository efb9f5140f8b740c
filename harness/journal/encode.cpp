#include "harness/journal/codec.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/journal/facts.hpp"
#include "harness/journal/known.hpp"
#include "harness/journal/templates.hpp"

namespace gateproof {
namespace {

using Json = nlohmann::ordered_json;

Json event(const char* name) {
    Json json = Json::object();
    json["event"] = name;
    return json;
}

/// Check and, where it has cases, the case.
void name_check(Json& json, const std::string& check, const std::string& case_name) {
    json["check"] = check;
    if (!case_name.empty()) {
        json["case"] = case_name;
    }
}

void put_entry(Json& json, const PlannedEntry& entry) {
    name_check(json, entry.id, entry.case_name);
    json["suite"] = entry.suite;
    json["title"] = entry.title;
    json["requirements"] = entry.requirements;
    if (!entry.adds.empty()) {
        json["adds"] = entry.adds;
    }
    if (entry.scenario) {
        json["scenario"] = to_string(*entry.scenario);
    }
}

Json certificate(const CertificateRecord& record) {
    Json json = Json::object();
    json["role"] = record.role;
    json["subject"] = record.subject;
    json["issuer"] = record.issuer;
    json["sha256"] = record.sha256;
    if (record.not_before) {
        json["not_before"] = iso_time(*record.not_before);
    }
    if (record.not_after) {
        json["not_after"] = iso_time(*record.not_after);
    }
    return json;
}

Json selection_json(const Selection& selection) {
    Json json = Json::object();
    for (const auto& [name, patterns] : {std::pair("suites", &selection.suites), std::pair("checks", &selection.checks),
                                         std::pair("excludes", &selection.excludes)}) {
        if (!patterns->empty()) {
            json[name] = *patterns;
        }
    }
    if (!selection.requirements.empty()) {
        json["requirements"] = selection.requirements;
    }
    for (const auto& [allowed, word] :
         {std::pair(selection.allow_active, "active"), std::pair(selection.allow_load, "load")}) {
        if (allowed) {
            json["allow"].push_back(word);
        }
    }
    return json;
}

Json catalogue_json(const CatalogueRecord& catalogue) {
    Json json = Json::object();
    json["version"] = catalogue.version;
    json["frozen"] = catalogue.frozen;
    json["newer"] = catalogue.newer;
    Json& documents = json["documents"] = Json::array();
    for (const DocumentRecord& document : catalogue.documents) {
        Json row = Json::object();
        row["id"] = document.id;
        for (const auto& [name, value] :
             {std::pair("title", &document.title), std::pair("publisher", &document.publisher)}) {
            if (!value->empty()) {
                row[name] = *value;
            }
        }
        row["date"] = document.date;
        documents.push_back(std::move(row));
    }
    return json;
}

Json details_json(const RecordDetails& details) {
    Json json = Json::object();
    for (const auto& [name, value] :
         {std::pair("organisation", &details.organisation), std::pair("product", &details.product),
          std::pair("version", &details.version), std::pair("tester", &details.tester)}) {
        if (!value->empty()) {
            json[name] = *value;
        }
    }
    if (details.valid_until) {
        json["valid_until"] = iso_day(*details.valid_until);
    }
    return json;
}

struct Encoder {
    Json operator()(const RunStarted& run) const {
        Json json = event("run_started");
        json["schema"] = run.schema;
        json["tool"] = "gateproof";
        json["version"] = run.tool_version;
        json["started"] = iso_time(run.started);
        json["hostname"] = run.hostname;
        json["seed"] = std::to_string(run.seed);
        if (!run.plan_digest.empty()) {
            json["plan"] = run.plan_digest;
        }
        if (run.shard.count > 1) {
            json["shard"] = {{"index", run.shard.index}, {"count", run.shard.count}};
            if (!run.load_elsewhere.empty()) {
                json["shard"]["load_elsewhere"] = run.load_elsewhere;
            }
        }
        if (run.selection) {
            json["selection"] = selection_json(*run.selection);
        }
        if (run.whole_plan > 0) {
            json["whole_plan"] = run.whole_plan;
        }
        if (!run.whole_plan_digest.empty()) {
            json["whole_plan_sha256"] = run.whole_plan_digest;
        }
        if (!run.plan_suites.empty()) {
            json["plan_suites"] = run.plan_suites;
        }
        json["planned"] = run.planned;
        if (run.timeout_scale != 1) {
            json["timeout_scale"] = run.timeout_scale;
        }
        if (run.fails_on_partial) {
            json["fails_on_partial"] = true;
        }
        if (run.fail_on != default_fail_on()) {
            Json& outcomes = json["fail_on"] = Json::array();
            for (const Outcome outcome : run.fail_on) {
                outcomes.push_back(to_string(outcome));
            }
        }
        if (run.accepts_excluded) {
            json["accepts_excluded"] = true;
        }
        if (!run.catalogue.version.empty()) {
            json["catalogue"] = catalogue_json(run.catalogue);
        }
        Json& requirements = json["requirements"] = Json::array();
        for (const RequirementRecord& requirement : run.requirements) {
            Json row = Json::object();
            row["id"] = requirement.id;
            row["sentence"] = requirement.sentence;
            row["source"] = requirement.source;
            row["level"] = to_string(requirement.level);
            if (!requirement.channels.empty()) {
                row["channels"] = requirement.channels;
            }
            for (const ReadingRecord& reading : requirement.readings) {
                row["readings"].push_back(
                    {{"name", reading.name}, {"sentence", reading.sentence}, {"source", reading.source}});
            }
            requirements.push_back(std::move(row));
        }
        json["suites"] = run.suites;
        return json;
    }
    Json operator()(const TargetRecord& target) const {
        Json json = event("target");
        json["name"] = target.name;
        json["title"] = target.title;
        json["environment"] = target.environment;
        json["channel"] = target.channel;
        json["url"] = target.url;
        if (target.side == Side::client) {
            json["side"] = to_string(target.side);
        }
        json["profile_file"] = target.profile_file;
        if (!target.profile_digest.empty()) {
            json["profile_digest"] = target.profile_digest;
        }
        if (target.repeat > 0) {
            json["repeat"] = target.repeat;
        }
        if (!target.readings.empty()) {
            json["readings"] = target.readings;
        }
        if (!target.faults.empty()) {
            json["faults"] = target.faults;
        }
        if (!target.given.empty()) {
            json["given"] = target.given;
        }
        if (target.details != RecordDetails{}) {
            json["record"] = details_json(target.details);
        }
        if (!target.templates.empty()) {
            json["templates"] = journal::templates_json(target.templates);
        }
        Json& identities = json["identities"] = Json::array();
        for (const CertificateRecord& identity : target.identities) {
            identities.push_back(certificate(identity));
        }
        return json;
    }
    Json operator()(const CheckRecord& check) const {
        Json json = event("planned");
        json["target"] = check.target;
        put_entry(json, check);
        json["position"] = check.position;
        if (!check.skip_reason.empty()) {
            json["skip_reason"] = check.skip_reason;
            json["skip"] = to_string(check.skip);
        }
        return json;
    }
    Json operator()(const LeftOutCheck& check) const {
        Json json = event("not_selected");
        put_entry(json, check);
        json["by"] = check.by;
        json["excluded"] = check.excluded;
        if (!check.newer_than.empty()) {
            json["newer_than"] = check.newer_than;
        }
        if (!check.skipped_anyway.empty()) {
            json["skipped_anyway"] = check.skipped_anyway;
            json["skip"] = to_string(check.skip);
        }
        if (!check.targets.empty()) {
            json["targets"] = check.targets;
        }
        return json;
    }
    Json operator()(const CheckStarted& check) const {
        Json json = event("check_started");
        json["target"] = check.target;
        name_check(json, check.check, check.case_name);
        json["at"] = iso_time(check.at);
        return json;
    }
    Json operator()(const CheckEnded& check) const {
        const CheckResult& result = check.result;
        Json json = event("check_ended");
        json["target"] = check.target;
        name_check(json, check.check, check.case_name);
        if (check.attempt > 1) {
            json["attempt"] = check.attempt;
        }
        json["outcome"] = to_string(result.outcome);
        if (result.outcome == Outcome::skipped) {
            json["skip"] = to_string(result.skip);
        }
        json["sentence"] = result.sentence;
        json["remedy"] = result.remedy;
        if (const std::vector<std::string> facts = facts_of(result); !facts.empty()) {
            json["found"] = facts;
            json["digest"] = digest_of_facts(facts);
        }
        json["started"] = iso_time(result.started);
        json["duration_ms"] = result.duration.count();
        json["flaky"] = result.flaky;
        if (result.withheld) {
            json["withheld"] = true;
        }
        json["observations_dropped"] = result.observations_dropped;
        Json& evidence = json["evidence"] = Json::array();
        for (const Observation& observation : result.evidence) {
            evidence.push_back(observation_to_json(observation));
        }
        return json;
    }
    Json operator()(const ClockRead& clock) const {
        const ClockReading& reading = clock.reading;
        Json json = event("clock");
        json["target"] = clock.target;
        json["state"] = to_string(reading.state);
        if (!reading.peer.empty()) {
            json["peer"] = reading.peer;
            json["least_ms"] = reading.least.count();
            json["most_ms"] = reading.most.count();
        }
        json["sentence"] = reading.sentence;
        if (!reading.difference.empty()) {
            json["difference"] = reading.difference;
        }
        return json;
    }
    Json operator()(const TargetCutOff& one) const {
        Json json = event("cut_off");
        json["target"] = one.target;
        json["since"] = iso_time(one.cut_off.since);
        json["after"] = one.cut_off.after;
        json["answer"] = one.cut_off.answer;
        if (!one.cut_off.advice.empty()) {
            json["advice"] = one.cut_off.advice;
        }
        return json;
    }
    Json operator()(const Attestation& said) const {
        Json json = event("attestation");
        json["subject"] = to_string(said.subject);
        json["id"] = said.id;
        if (!said.target.empty()) {
            json["target"] = said.target;
        }
        json["who"] = said.who;
        json["when"] = iso_day(said.when);
        json["text"] = said.text;
        if (said.claim != Attestation::Claim::none) {
            json["verdict"] = to_string(said.claim);
        }
        if (!said.file.path.empty()) {
            json["file"] = {{"path", said.file.path}, {"sha256", said.file.sha256}, {"bytes", said.file.bytes}};
        }
        return json;
    }
    Json operator()(const RunResumed& run) const {
        Json json = event("run_resumed");
        json["at"] = iso_time(run.at);
        json["hostname"] = run.hostname;
        json["kept"] = run.kept;
        return json;
    }
    Json operator()(const RunRerun& run) const {
        Json json = event("run_rerun");
        json["at"] = iso_time(run.at);
        json["hostname"] = run.hostname;
        Json& checks = json["checks"] = Json::array();
        for (const AttemptAsked& asked : run.checks) {
            Json row = Json::object();
            row["target"] = asked.target;
            name_check(row, asked.check, asked.case_name);
            row["attempt"] = asked.attempt;
            checks.push_back(std::move(row));
        }
        return json;
    }
    Json operator()(const KnownGiven& known) const {
        Json json = event("known");
        json.update(known_to_json(known.list));
        return json;
    }
    Json operator()(const RunEnded& run) const {
        Json json = event("run_ended");
        json["at"] = iso_time(run.at);
        json["reason"] = to_string(run.reason);
        json["counts"] = run.counts;
        return json;
    }
};

Json field_to_json(const FieldValue& value) {
    const auto* number = std::get_if<double>(&value);
    if (number != nullptr && !std::isfinite(*number)) {
        return fmt::format("{}", *number);
    }
    return std::visit([](const auto& plain) { return Json(plain); }, value);
}

}  // namespace

Json observation_to_json(const Observation& observation) {
    Json json = Json::object();
    json["kind"] = observation.kind;
    json["at"] = iso_time(observation.at);
    Json& fields = json["fields"] = Json::array();
    for (const auto& [name, value] : observation.fields) {
        fields.push_back(Json::array({name, field_to_json(value)}));
    }
    return json;
}

std::string encode_event(const JournalEvent& event) {
    return std::visit(Encoder{}, event).dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string encode_beginning(const RunRecord& run) {
    RunStarted start;
    static_cast<RunHead&>(start) = run;
    start.planned = run.checks.size();
    for (const auto& [id, requirement] : run.requirements) {
        start.requirements.push_back(requirement);
    }
    std::string lines = encode_event(start);
    if (run.known) {
        lines += encode_event(KnownGiven{*run.known});
    }
    for (const TargetRecord& target : run.targets) {
        lines += encode_event(target);
    }
    for (const Attestation& said : run.attestations) {
        lines += encode_event(said);
    }
    for (LeftOutCheck check : run.left_out) {
        if (check.targets.size() == run.targets.size()) {
            check.targets.clear();
        }
        lines += encode_event(check);
    }
    for (const CheckRecord& check : run.checks) {
        lines += encode_event(check);
    }
    return lines;
}

RunEnded ending_of(const RunRecord& run) {
    RunEnded event;
    event.at = run.ended.value_or(run.started);
    event.reason = run.end_reason;
    for (const Outcome outcome :
         {Outcome::pass, Outcome::warning, Outcome::skipped, Outcome::inconclusive, Outcome::error, Outcome::fail}) {
        event.counts.emplace(to_string(outcome), run.count(outcome));
    }
    return event;
}

std::string encode_run(const RunRecord& run) {
    std::string lines = encode_beginning(run);
    for (const Resumption& resumption : run.resumptions) {
        lines += encode_event(RunResumed{resumption.at, resumption.hostname, resumption.kept});
    }
    for (const Rerun& rerun : run.reruns) {
        lines += encode_event(RunRerun{rerun});
    }
    for (const TargetRecord& target : run.targets) {
        if (target.clock) {
            lines += encode_event(ClockRead{target.name, *target.clock});
        }
    }
    for (const TargetRecord& target : run.targets) {
        if (target.cut_off) {
            lines += encode_event(TargetCutOff{target.name, *target.cut_off});
        }
    }
    for (const CheckRecord& check : run.checks) {
        for (std::size_t i = 0; i < check.earlier.size(); ++i) {
            lines += encode_event(CheckEnded{check.target, check.id, check.earlier[i], check.case_name, i + 1});
        }
        if (check.result) {
            lines += encode_event(CheckEnded{check.target, check.id, *check.result, check.case_name, check.attempt()});
        }
    }
    if (run.ended) {
        lines += encode_event(ending_of(run));
    }
    return lines;
}

}  // namespace gateproof
