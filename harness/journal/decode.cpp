#include "harness/journal/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include "harness/journal/members.hpp"

#include "harness/journal/known.hpp"
#include "harness/journal/templates.hpp"

namespace gateproof {
namespace {

using journal::count;
using journal::flag;
using journal::Json;
using journal::list;
using journal::member;
using journal::moment;
using journal::needed_text;
using journal::text;
using journal::texts;
using journal::texts_by_name;
using journal::Unreadable;

constexpr int max_depth = 12;
constexpr std::uint64_t max_shards = 1'000'000;
constexpr std::uint64_t max_position = std::numeric_limits<std::uint32_t>::max();

/// The value that is written so; empty: not recorded, or a later version knows.
template <class Value>
std::optional<Value> named(std::string_view name, std::initializer_list<Value> values) {
    const auto* const found =
        std::ranges::find(values, name, [](const Value value) { return std::string_view(to_string(value)); });
    return found == values.end() ? std::nullopt : std::optional(*found);
}

CertificateRecord certificate(const Json& json) {
    return {text(json, "role"),
            text(json, "subject"),
            text(json, "issuer"),
            text(json, "sha256"),
            parse_iso_time(text(json, "not_before")),
            parse_iso_time(text(json, "not_after"))};
}

Selection selection(const Json& json) {
    if (!json.is_object()) {
        throw Unreadable("\"selection\" is no object");
    }
    Selection selection{texts(json, "suites"), texts(json, "checks"), texts(json, "excludes")};
    const std::vector<std::string> allowed = texts(json, "allow");
    selection.allow_active = std::ranges::find(allowed, "active") != allowed.end();
    selection.allow_load = std::ranges::find(allowed, "load") != allowed.end();
    selection.requirements = text(json, "requirements");
    return selection;
}

CatalogueRecord catalogue(const Json& json) {
    if (!json.is_object()) {
        throw Unreadable("\"catalogue\" is no object");
    }
    CatalogueRecord record{text(json, "version"), flag(json, "frozen"), count(json, "newer", max_position)};
    for (const Json& row : list(json, "documents")) {
        record.documents.push_back(
            {needed_text(row, "id"), text(row, "title"), text(row, "publisher"), text(row, "date")});
    }
    return record;
}

RunStarted run_started(const Json& json) {
    RunStarted run;
    run.schema = static_cast<int>(count(json, "schema", 1'000'000));
    run.tool_version = text(json, "version");
    run.started = moment(json, "started");
    run.hostname = text(json, "hostname");
    const std::string seed = text(json, "seed");
    const auto [end, error] = std::from_chars(seed.data(), seed.data() + seed.size(), run.seed);
    if (!seed.empty() && (error != std::errc() || end != seed.data() + seed.size())) {
        throw Unreadable("\"seed\" is no number");
    }
    if (const Json* scale = member(json, "timeout_scale")) {
        if (!scale->is_number() || scale->get<double>() <= 0) {
            throw Unreadable("\"timeout_scale\" is no number above 0");
        }
        run.timeout_scale = scale->get<double>();
    }
    if (member(json, "fail_on") != nullptr) {
        run.fail_on.clear();
        for (const std::string& name : texts(json, "fail_on")) {
            const std::optional<Outcome> outcome = outcome_from(name);
            if (!outcome) {
                throw Unreadable("\"fail_on\" names no outcome");
            }
            run.fail_on.insert(*outcome);
        }
    }
    for (const Json& row : list(json, "requirements")) {
        run.requirements.push_back({needed_text(row, "id"), text(row, "sentence"), text(row, "source"),
                                    named(text(row, "level"), {Level::must, Level::should}), texts(row, "channels")});
        for (const Json& reading : list(row, "readings")) {
            run.requirements.back().readings.push_back(
                {needed_text(reading, "name"), text(reading, "sentence"), text(reading, "source")});
        }
    }
    run.suites = texts_by_name(json, "suites");
    run.plan_digest = text(json, "plan");
    run.planned = count(json, "planned", max_position);
    if (const Json* asked = member(json, "selection")) {
        run.selection = selection(*asked);
    }
    run.whole_plan = count(json, "whole_plan", max_position);
    run.whole_plan_digest = text(json, "whole_plan_sha256");
    run.plan_suites = texts(json, "plan_suites");
    run.accepts_excluded = flag(json, "accepts_excluded");
    run.fails_on_partial = flag(json, "fails_on_partial");
    if (const Json* judged = member(json, "catalogue")) {
        run.catalogue = catalogue(*judged);
    }
    if (const Json* shard = member(json, "shard")) {
        run.shard = {count(*shard, "index", max_shards), count(*shard, "count", max_shards)};
        if (run.shard.index < 1 || run.shard.index > run.shard.count) {
            throw Unreadable("\"shard\" is no part of a whole");
        }
        run.load_elsewhere = texts(*shard, "load_elsewhere");
    }
    return run;
}

/// Days that are none are as good as not recorded.
std::optional<std::chrono::sys_days> day_of(const Json& json, const char* key) {
    const auto time = parse_iso_time(text(json, key) + "T00:00:00Z");
    return time ? std::optional(std::chrono::floor<std::chrono::days>(*time)) : std::nullopt;
}

RecordDetails record_details(const Json& json) {
    if (!json.is_object()) {
        throw Unreadable("\"record\" is no object");
    }
    return {text(json, "organisation"), text(json, "product"), text(json, "version"), text(json, "tester"),
            day_of(json, "valid_until")};
}

Attestation attestation(const Json& json) {
    const auto subject =
        named(needed_text(json, "subject"),
              {Attestation::Subject::check, Attestation::Subject::requirement, Attestation::Subject::scenario});
    const auto when = day_of(json, "when");
    if (!subject || !when) {
        throw Unreadable(subject ? "\"when\" is no day like 2026-02-03" : "\"subject\" is no known word");
    }
    Attestation said{*subject, needed_text(json, "id"), text(json, "target"), text(json, "who"),
                     *when,    text(json, "text")};
    said.claim = named(text(json, "verdict"), {Attestation::Claim::pass, Attestation::Claim::fail})
                     .value_or(Attestation::Claim::none);
    if (const Json* file = member(json, "file")) {
        said.file = {text(*file, "path"), text(*file, "sha256"),
                     count(*file, "bytes", std::numeric_limits<std::uint32_t>::max())};
    }
    return said;
}

TargetRecord target(const Json& json) {
    TargetRecord record{needed_text(json, "name"), text(json, "title"), text(json, "environment"),
                        text(json, "channel"),     text(json, "url"),   text(json, "profile_file")};
    for (const Json& identity : list(json, "identities")) {
        record.identities.push_back(certificate(identity));
    }
    record.profile_digest = text(json, "profile_digest");
    record.repeat = count(json, "repeat", max_position);
    record.readings = texts_by_name(json, "readings");
    record.faults = texts(json, "faults");
    record.given = texts(json, "given");
    record.side = named(text(json, "side"), {Side::gateway, Side::client}).value_or(Side::gateway);
    record.templates = journal::read_templates(json);
    if (const Json* details = member(json, "record")) {
        record.details = record_details(*details);
    }
    return record;
}

/// Journals that do not tell hold the words of a plan that skips what is not of the channel or environment.
Skip skip_of(const Json& json, std::string_view reason) {
    const bool foreign = reason.empty() || reason.starts_with("not a requirement of the ");
    return named(text(json, "skip"), {Skip::not_applicable, Skip::not_tried})
        .value_or(foreign ? Skip::not_applicable : Skip::not_tried);
}

PlannedEntry entry(const Json& json) {
    return {.suite = text(json, "suite"),
            .id = needed_text(json, "check"),
            .title = text(json, "title"),
            .requirements = texts(json, "requirements"),
            .case_name = text(json, "case"),
            .scenario = named(text(json, "scenario"), {Scenario::positive, Scenario::negative}),
            .adds = texts(json, "adds")};
}

CheckRecord planned(const Json& json) {
    CheckRecord check{entry(json), needed_text(json, "target")};
    check.skip_reason = text(json, "skip_reason");
    check.skip = skip_of(json, check.skip_reason);
    check.position = count(json, "position", max_position);
    return check;
}

LeftOutCheck not_selected(const Json& json) {
    LeftOutCheck check{entry(json), needed_text(json, "by")};
    check.excluded = flag(json, "excluded");
    check.newer_than = text(json, "newer_than");
    check.skipped_anyway = text(json, "skipped_anyway");
    check.skip = skip_of(json, check.skipped_anyway);
    check.targets = texts(json, "targets");
    return check;
}

/// Absent: the first.
std::size_t attempt(const Json& json) {
    return std::max<std::size_t>(1, count(json, "attempt", max_attempts));
}

RunRerun run_rerun(const Json& json) {
    RunRerun rerun{{moment(json, "at"), text(json, "hostname")}};
    for (const Json& row : list(json, "checks")) {
        rerun.checks.push_back(
            {needed_text(row, "target"), needed_text(row, "check"), text(row, "case"), attempt(row)});
    }
    return rerun;
}

CheckEnded check_ended(const Json& json) {
    CheckEnded check;
    check.target = needed_text(json, "target");
    check.check = needed_text(json, "check");
    check.case_name = text(json, "case");
    check.attempt = attempt(json);
    const auto outcome = outcome_from(text(json, "outcome"));
    if (!outcome) {
        throw Unreadable("\"outcome\" is no known word");
    }
    CheckResult& result = check.result;
    result.outcome = *outcome;
    result.skip = named(text(json, "skip"), {Skip::not_applicable, Skip::not_tried}).value_or(Skip::not_tried);
    result.sentence = text(json, "sentence");
    result.remedy = text(json, "remedy");
    result.found = texts(json, "found");
    result.started = moment(json, "started");
    constexpr std::uint64_t longest = std::uint64_t{100} * 365 * 24 * 3600 * 1000;
    result.duration = std::chrono::milliseconds(count(json, "duration_ms", longest));
    result.flaky = flag(json, "flaky");
    result.withheld = flag(json, "withheld");
    result.observations_dropped = count(json, "observations_dropped", std::numeric_limits<std::uint32_t>::max());
    for (const Json& row : list(json, "evidence")) {
        if (result.evidence.size() >= Evidence::max_observations) {
            ++result.observations_dropped;
            continue;
        }
        auto observation = observation_from_json(row);
        if (!observation) {
            throw Unreadable("\"evidence\" holds something that is no observation");
        }
        result.evidence.push_back(std::move(*observation));
    }
    return check;
}

/// A signed number of milliseconds that a moment can be moved by.
std::chrono::milliseconds offset(const Json& object, const char* key) {
    constexpr std::int64_t longest = std::int64_t{230} * 366 * 24 * 3600 * 1000;
    const Json* value = member(object, key);
    if (value == nullptr) {
        return {};
    }
    if (!value->is_number_integer() || value->get<std::int64_t>() > longest || value->get<std::int64_t>() < -longest) {
        throw Unreadable(fmt::format("\"{}\" is no number of milliseconds", key));
    }
    return std::chrono::milliseconds(value->get<std::int64_t>());
}

ClockRead clock_read(const Json& json) {
    ClockRead clock{needed_text(json, "target"), {}};
    ClockReading& reading = clock.reading;
    reading.state = clock_state_from(text(json, "state")).value_or(ClockReading::State::unknown);
    reading.peer = text(json, "peer");
    reading.least = offset(json, "least_ms");
    reading.most = offset(json, "most_ms");
    reading.sentence = text(json, "sentence");
    reading.difference = text(json, "difference");
    return clock;
}

TargetCutOff target_cut_off(const Json& json) {
    TargetCutOff read{needed_text(json, "target"), {}};
    read.cut_off.since = moment(json, "since");
    read.cut_off.after = texts(json, "after");
    read.cut_off.answer = text(json, "answer");
    read.cut_off.advice = text(json, "advice");
    return read;
}

EndReason end_reason(std::string_view name) {
    return named(name, {EndReason::complete, EndReason::interrupted, EndReason::deadline, EndReason::journal,
                        EndReason::cut_off, EndReason::incomplete})
        .value_or(EndReason::unknown);
}

RunEnded run_ended(const Json& json) {
    RunEnded run;
    run.at = moment(json, "at");
    run.reason = end_reason(text(json, "reason"));
    if (const Json* counts = member(json, "counts"); counts != nullptr && counts->is_object()) {
        for (const auto& [outcome, value] : counts->items()) {
            if (value.is_number_unsigned()) {
                run.counts.emplace(outcome, value.get<std::size_t>());
            }
        }
    }
    return run;
}

std::optional<JournalEvent> event_from(const Json& json) {
    const std::string name = needed_text(json, "event");
    if (name == "run_started") {
        return run_started(json);
    }
    if (name == "target") {
        return target(json);
    }
    if (name == "attestation") {
        return attestation(json);
    }
    if (name == "planned") {
        return planned(json);
    }
    if (name == "not_selected") {
        return not_selected(json);
    }
    if (name == "check_started") {
        return CheckStarted{needed_text(json, "target"), needed_text(json, "check"), moment(json, "at"),
                            text(json, "case")};
    }
    if (name == "check_ended") {
        return check_ended(json);
    }
    if (name == "clock") {
        return clock_read(json);
    }
    if (name == "cut_off") {
        return target_cut_off(json);
    }
    if (name == "run_resumed") {
        return RunResumed{moment(json, "at"), text(json, "hostname"), count(json, "kept", max_position)};
    }
    if (name == "run_rerun") {
        return run_rerun(json);
    }
    if (name == "known") {
        if (std::optional<KnownList> list = known_from_json(json)) {
            return KnownGiven{std::move(*list)};
        }
        throw Unreadable("a list of known failures that cannot be read accepts nothing");
    }
    if (name == "run_ended") {
        return run_ended(json);
    }
    return std::nullopt;
}

}  // namespace

DecodedEvent decode_event(std::string_view line) {
    if (line.size() > max_journal_line) {
        return {std::nullopt, "line is longer than 8 MiB"};
    }
    try {
        bool too_deep = false;
        const auto bounded = [&too_deep](int depth, Json::parse_event_t, const Json&) {
            too_deep = too_deep || depth > max_depth;
            return depth <= max_depth;
        };
        const Json json = Json::parse(line, bounded, false);
        if (too_deep) {
            return {std::nullopt, "nested too deep"};
        }
        if (json.is_discarded()) {
            return {std::nullopt, "no valid JSON"};
        }
        if (!json.is_object()) {
            return {std::nullopt, "no JSON object"};
        }
        return {event_from(json), {}};
    } catch (const Unreadable& problem) {
        return {std::nullopt, problem.what()};
    } catch (const Json::exception& problem) {
        return {std::nullopt, problem.what()};
    }
}

}  // namespace gateproof
