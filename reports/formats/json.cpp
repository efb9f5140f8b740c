#include "reports/formats/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/journal/codec.hpp"
#include "harness/journal/facts.hpp"
#include "harness/text/log_commands.hpp"
#include "reports/view/attestations.hpp"
#include "reports/view/certificates.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/known.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/matrix.hpp"
#include "reports/view/repeat.hpp"

namespace gateproof::reports {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
    return json_without_log_commands(json.dump(-1, ' ', true, Json::error_handler_t::replace));
}

Json counts_json(const Counts& counts) {
    Json json = Json::object();
    for (const Outcome outcome : outcomes_worst_first) {
        json[std::string(to_string(outcome))] = counts.of(outcome);
    }
    json["not_tried"] = counts.not_tried();
    json["known"] = counts.known();
    json["not_selected"] = counts.left_out();
    json["total"] = counts.total();
    return json;
}

Json shard_json(const RunRecord& run) {
    return run.shard.count > 1
               ? Json{{"index", run.shard.index}, {"count", run.shard.count}, {"load_elsewhere", run.load_elsewhere}}
               : Json(nullptr);
}

Json selection_json(const RunRecord& run) {
    if (!run.selection) {
        return nullptr;
    }
    Json allowed = Json::array();
    for (const auto& [given, word] :
         {std::pair(run.selection->allow_active, "active"), std::pair(run.selection->allow_load, "load")}) {
        if (given) {
            allowed.push_back(word);
        }
    }
    return Json{
        {"suites", run.selection->suites},
        {"checks", run.selection->checks},
        {"excludes", run.selection->excludes},
        {"allow", std::move(allowed)},
        {"requirements", run.selection->requirements.empty() ? Json(nullptr) : Json(run.selection->requirements)}};
}

Json catalogue_json(const RunRecord& run) {
    const CatalogueRecord& catalogue = run.catalogue;
    if (catalogue.version.empty()) {
        return nullptr;
    }
    Json documents = Json::array();
    for (const DocumentRecord& document : catalogue.documents) {
        documents.push_back({{"id", document.id},
                             {"title", document.title},
                             {"publisher", document.publisher},
                             {"date", document.date}});
    }
    return Json{{"version", catalogue.version},
                {"frozen", catalogue.frozen},
                {"newer", catalogue.newer},
                {"documents", std::move(documents)}};
}

Json plan_json(const RunRecord& run) {
    const auto known = [&run](std::size_t count) { return run.whole_plan > 0 ? Json(count) : Json(nullptr); };
    return Json{{"checks", known(run.whole_plan)},
                {"suites", run.plan_suites},
                {"not_selected", known(run.left_out_count())},
                {"missing", known(run.missing_count())},
                {"sha256", run.whole_plan_digest.empty() ? Json(nullptr) : Json(run.whole_plan_digest)}};
}

Json reruns_json(const RunRecord& run) {
    Json all = Json::array();
    for (const Rerun& rerun : run.reruns) {
        all.push_back({{"at", iso_time(rerun.at)}, {"hostname", rerun.hostname}, {"checks", rerun.checks.size()}});
    }
    return all;
}

Json run_json(const Tally& tally) {
    const RunRecord& run = tally.run();
    return Json{{"started", iso_time(run.started)},
                {"ended", run.ended ? Json(iso_time(*run.ended)) : Json(nullptr)},
                {"duration_ms", length_of(run).count()},
                {"reason", to_string(run.end_reason)},
                {"hostname", run.hostname},
                {"reruns", reruns_json(run)},
                {"seed", std::to_string(run.seed)},
                {"shard", shard_json(run)},
                {"selection", selection_json(run)},
                {"catalogue", catalogue_json(run)},
                {"whole_plan", plan_json(run)}};
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json details_json(const RecordDetails& details) {
    return Json{{"organisation", text_or_null(details.organisation)},
                {"product", text_or_null(details.product)},
                {"version", text_or_null(details.version)},
                {"tester", text_or_null(details.tester)},
                {"valid_until", details.valid_until ? Json(iso_day(*details.valid_until)) : Json(nullptr)}};
}

Json targets_json(const RunRecord& run) {
    Json all = Json::array();
    for (const TargetRecord& target : run.targets) {
        all.push_back({{"name", target.name},
                       {"title", target.title},
                       {"environment", target.environment},
                       {"channel", target.channel},
                       {"url", target.url},
                       {"side", to_string(target.side)},
                       {"profile_file", target.profile_file},
                       {"readings", Json(target.readings)},
                       {"record", details_json(target.details)}});
        if (target.clock) {
            all.back()["clock"] = {{"state", to_string(target.clock->state)},
                                   {"peer", target.clock->peer},
                                   {"offset_ms", target.clock->offset().count()},
                                   {"sentence", target.clock->sentence}};
        }
        if (target.cut_off) {
            all.back()["cut_off"] = {{"since", iso_time(target.cut_off->since)},
                                     {"after", target.cut_off->after},
                                     {"answer", target.cut_off->answer}};
        }
    }
    return all;
}

Json readings_json(const RequirementRecord& requirement) {
    Json all = Json::array();
    for (const ReadingRecord& reading : requirement.readings) {
        all.push_back({{"name", reading.name}, {"sentence", reading.sentence}, {"source", reading.source}});
    }
    return all;
}

Json requirements_json(const Tally& tally) {
    Json all = Json::array();
    for (const MatrixRow& row : matrix_of(tally)) {
        Json cells = Json::array();
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const MatrixCell& cell = row.cells[i];
            if (cell.asked && cell.counts.total() > 0) {
                cells.push_back({{"target", tally.run().targets[i].name},
                                 {"status", to_string(cell.status())},
                                 {"known", cell.known()},
                                 {"judged", cell.decided},
                                 {"deciding", cell.deciding()},
                                 {"not_tried", cell.not_tried},
                                 {"accepted_skips", cell.accepted_skips},
                                 {"not_selected", cell.left_out},
                                 {"counts", counts_json(cell.counts)}});
            }
        }
        all.push_back({{"id", row.requirement.id},
                       {"sentence", row.requirement.sentence},
                       {"source", row.requirement.source},
                       {"level", to_string(row.requirement.level)},
                       {"channels", row.requirement.channels},
                       {"readings", readings_json(row.requirement)},
                       {"targets", std::move(cells)}});
    }
    return all;
}

Json certificates_json(const RunRecord& run) {
    Json all = Json::array();
    for (const CertificateFact& fact : certificates_of(run)) {
        all.push_back({{"target", fact.target},
                       {"role", fact.role},
                       {"subject", fact.subject},
                       {"issuer", fact.issuer},
                       {"sha256", fact.sha256},
                       {"not_after", iso_time(fact.not_after)},
                       {"days_left", fact.days_left}});
    }
    return all;
}

Json attestations_json(const Tally& tally) {
    Json all = Json::array();
    for (const Attestation& said : tally.run().attestations) {
        Json file = nullptr;
        if (!said.file.sha256.empty()) {
            file = {{"name", attached_name(said)}, {"sha256", said.file.sha256}, {"bytes", said.file.bytes}};
        }
        all.push_back({{"subject", to_string(said.subject)},
                       {"id", said.id},
                       {"target", text_or_null(said.target)},
                       {"who", said.who},
                       {"when", iso_day(said.when)},
                       {"text", said.text},
                       {"verdict", text_or_null(std::string(to_string(said.claim)))},
                       {"file", std::move(file)},
                       {"seen", false},
                       {"beside", text_or_null(beside_text(tally, said))}});
    }
    return all;
}

Json known_json(const CheckRecord& check) {
    return check.accepted ? Json{{"reason", check.accepted->reason},
                                 {"expires", iso_day(check.accepted->expires)},
                                 {"wide", check.accepted->wide},
                                 {"gone", check.accepted->gone}}
                          : Json(nullptr);
}

Json known_list_json(const RunRecord& run) {
    return run.known ? Json{{"file", run.known->name},
                            {"sha256", run.known->sha256},
                            {"judged", iso_day(run.known->judged)},
                            {"known_failures", run.known->failures.size()},
                            {"expected_skips", run.known->skips.size()}}
                     : Json(nullptr);
}

Json evidence_json(const CheckResult& result) {
    Json evidence = Json::array();
    for (const Observation& observation : result.evidence) {
        evidence.push_back(observation_to_json(observation));
    }
    return evidence;
}

Json earlier_json(const CheckRecord& check) {
    Json all = Json::array();
    for (const CheckResult& result : check.earlier) {
        all.push_back({{"attempt", all.size() + 1},
                       {"outcome", to_string(result.outcome)},
                       {"skip", result.outcome == Outcome::skipped ? Json(to_string(result.skip)) : Json(nullptr)},
                       {"sentence", result.sentence},
                       {"remedy", result.remedy},
                       {"started", iso_time(result.started)},
                       {"duration_ms", std::max<std::int64_t>(0, result.duration.count())},
                       {"flaky", result.flaky},
                       {"observations_dropped", result.observations_dropped},
                       {"evidence", evidence_json(result)}});
    }
    return all;
}

Json check_json(const RunRecord& run, const Row& row) {
    const CheckRecord& check = *row.check;
    const CheckResult& result = *row.result;
    const std::vector<std::string> facts = facts_of(result);
    return {{"id", check.full_id()},
            {"target", check.target},
            {"suite", check.suite},
            {"check", check.id},
            {"case", check.case_name.empty() ? Json(nullptr) : Json(check.case_name)},
            {"title", check.title},
            {"scenario", check.scenario ? Json(to_string(*check.scenario)) : Json(nullptr)},
            {"requirements", check.requirements},
            {"adds", check.adds},
            {"outcome", to_string(result.outcome)},
            {"skip", result.outcome == Outcome::skipped ? Json(to_string(result.skip)) : Json(nullptr)},
            {"known", known_json(check)},
            {"beyond_known", text_or_null(check.beyond_known)},
            {"expected_skip", text_or_null(check.expected_skip)},
            {"found", facts},
            {"digest", text_or_null(digest_of_facts(facts))},
            {"sentence", result.sentence},
            {"remedy", result.remedy},
            {"repeat", repeat_lines(run, row)},
            {"started", iso_time(result.started)},
            {"duration_ms", std::max<std::int64_t>(0, result.duration.count())},
            {"flaky", result.flaky},
            {"observations_dropped", result.observations_dropped},
            {"evidence", evidence_json(result)},
            {"attempt", check.attempt()},
            {"earlier_attempts", earlier_json(check)}};
}

Json left_out_json(const LeftOutCheck& check, std::string_view target, const RunRecord& run) {
    return {{"id", check.full_id()},
            {"target", target},
            {"suite", check.suite},
            {"check", check.id},
            {"case", check.case_name.empty() ? Json(nullptr) : Json(check.case_name)},
            {"title", check.title},
            {"scenario", check.scenario ? Json(to_string(*check.scenario)) : Json(nullptr)},
            {"requirements", check.requirements},
            {"adds", check.adds},
            {"outcome", "not-selected"},
            {"skip", check.skipped_anyway.empty() ? Json(nullptr) : Json(to_string(check.skip))},
            {"known", nullptr},
            {"beyond_known", nullptr},
            {"expected_skip", nullptr},
            {"found", Json::array()},
            {"digest", nullptr},
            {"left_out",
             {{"by", check.by},
              {"excluded", check.excluded},
              {"newer_than", check.newer_than.empty() ? Json(nullptr) : Json(check.newer_than)},
              {"skipped_anyway", check.skipped_anyway.empty() ? Json(nullptr) : Json(check.skipped_anyway)}}},
            {"sentence", check.sentence()},
            {"remedy", ""},
            {"repeat", Json::array()},
            {"started", iso_time(run.started)},
            {"duration_ms", 0},
            {"flaky", false},
            {"observations_dropped", 0},
            {"evidence", Json::array()},
            {"attempt", 1},
            {"earlier_attempts", Json::array()}};
}

}  // namespace

std::string json_report(const RunRecord& run) {
    const Tally tally(run);
    Json head = {{"report", json_report_version},
                 {"tool", {{"name", "gateproof"}, {"version", run.tool_version}}},
                 {"run", run_json(tally)},
                 {"conclusion", to_string(conclusion_of(run))},
                 {"exit_code", static_cast<int>(exit_code(run))},
                 {"headline", headline(tally)},
                 {"stamp", run.stamp.empty() ? Json(nullptr) : Json(run.stamp)},
                 {"known", known_list_json(run)},
                 {"counts", counts_json(tally.counts())},
                 {"targets", targets_json(run)},
                 {"requirements", requirements_json(tally)},
                 {"certificates", certificates_json(run)},
                 {"attestations", attestations_json(tally)}};
    std::string text = dumped(head);
    // The checks are written one by one: a tree of them all would take many times the memory of the text.
    text.back() = ',';
    text += "\"checks\":[";
    const char* separator = "\n";
    for (const Row& row : tally.rows()) {
        text += separator + dumped(check_json(tally.run(), row));
        separator = ",\n";
    }
    for (const auto& [target, checks] : left_out_by_target(run)) {
        for (const LeftOutCheck* check : checks) {
            text += separator + dumped(left_out_json(*check, target, run));
            separator = ",\n";
        }
    }
    return text + "\n]}\n";
}

}  // namespace gateproof::reports
