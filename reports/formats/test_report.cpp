#include "reports/formats/test_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/view/attempts.hpp"
#include "reports/view/attestations.hpp"
#include "reports/view/certificates.hpp"
#include "reports/view/known.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t max_cell = 2048;

std::string operation_of(const Row& row) {
    bool connected = false;
    for (const Observation& observation : row.result->evidence) {
        if (observation.kind == "http_exchange") {
            const std::string* request = text_field(observation, "request");
            return request == nullptr ? "HTTP request" : *request;
        }
        connected = connected || observation.kind == "tls_handshake" || observation.kind == "client_hello" ||
                    observation.kind == "tcp_exchange";
    }
    return connected ? "Connection" : "";
}

std::string scenario_type(std::optional<Scenario> scenario) {
    if (!scenario) {
        return {};
    }
    return *scenario == Scenario::positive ? "Positive" : "Negative";
}

std::string judgement(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass:
        case Outcome::warning: return "Pass";
        case Outcome::fail: return "Fail";
        case Outcome::inconclusive: return "Inconclusive";
        case Outcome::error: return "Error";
        case Outcome::skipped: break;
    }
    return {};
}

/// A failure that is accepted is a failure still in what is handed in; the notes say that it is known.
std::string notes_of(const Row& row) {
    const CheckResult& result = *row.result;
    std::string notes = row.known() ? "Known, " + acceptance_text(*row.check) + ". " : std::string();
    notes += result.outcome == Outcome::warning ? "Warning: " + result.sentence : result.sentence;
    if (!row.check->beyond_known.empty()) {
        notes += ". Not accepted: " + row.check->beyond_known;
    }
    if (!row.check->expected_skip.empty()) {
        notes += ". Expected: " + row.check->expected_skip;
    }
    if (!result.remedy.empty()) {
        notes += ". Remedy: " + result.remedy;
    }
    if (!row.check->earlier.empty()) {
        notes += fmt::format(". Judged again: {}", attempts_text(*row.check));
        for (std::size_t number = 1; number <= row.check->earlier.size(); ++number) {
            notes += "; " + earlier_attempt_text(row.check->earlier[number - 1], number);
        }
    }
    return notes;
}

/// What spreadsheets take for the start of a formula, wide forms included; white space before it does not help.
bool starts_formula(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" '\"");
    if (first == std::string_view::npos) {
        return false;
    }
    const std::string_view rest = text.substr(first);
    constexpr std::array<std::string_view, 10> starts{"=",      "+",      "-",      "@",      "|",
                                                      "\uff1d", "\uff0b", "\uff0d", "\uff20", "%"};
    return std::ranges::any_of(starts, [&](std::string_view start) { return rest.starts_with(start); });
}

}  // namespace

TestReportRow test_report_row(const Row& row) {
    const CheckResult& result = *row.result;
    const bool skipped = result.outcome == Outcome::skipped;
    const bool applies = !skipped || result.skip == Skip::not_tried;
    return {row.check->full_id(),
            operation_of(row),
            row.check->title,
            scenario_type(row.check->scenario),
            applies ? "Y" : "N",
            applies ? std::string() : result.sentence,
            skipped && applies ? "Not tested" : judgement(result.outcome),
            skipped && !applies ? std::string() : notes_of(row)};
}

TestReportRow test_report_row(const LeftOutCheck& check, const std::string& target, const RequirementParts& parts) {
    std::string notes;
    if (const auto of_target = parts.find(target); of_target != parts.end()) {
        for (const std::string& requirement : check.requirements) {
            if (const auto part = of_target->second.find(requirement); part != of_target->second.end()) {
                notes += fmt::format("{}{}: {}", notes.empty() ? "" : "; ", requirement, part->second);
            }
        }
    }
    const bool applies = check.skipped_anyway.empty() || check.skip == Skip::not_tried;
    return {check.full_id(),     "",
            check.title,         scenario_type(check.scenario),
            applies ? "Y" : "N", check.sentence(),
            "Not selected",      applies ? notes : std::string()};
}

void add_said(TestReportRow& row, const RunRecord& run, const PlannedEntry& check, std::string_view target) {
    for (const Attestation* said : said_of(run, check, target)) {
        std::string& notes = row.back();
        notes += fmt::format("{}Said, not seen: {}", notes.empty() ? "" : ". ", said_text(*said));
    }
}

TestReportRow test_report_row(const Attestation& said) {
    return {said.id, "", said.text, "", "", "", "Said, not seen", subject_text(said) + ": " + said_text(said)};
}

std::string csv_cell(std::string_view text) {
    std::string shown = printable(text, Lines::one, max_cell);
    if (starts_formula(shown)) {
        shown.insert(shown.begin(), '\'');
    }
    if (shown.find_first_of(",\";'") == std::string::npos && !shown.starts_with(' ') && !shown.ends_with(' ')) {
        return shown;
    }
    std::string quoted = "\"";
    for (const char c : shown) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + '"';
}

std::string csv_report(const RunRecord& run) {
    const Tally tally(run);
    // The byte order mark tells Excel that this is UTF-8; without it the macrons of names are garbled there.
    std::string text = "\uFEFFService";
    for (const std::string_view column : test_report_columns) {
        text += ',' + csv_cell(column);
    }
    text += "\r\n";
    const auto add = [&](const std::string& name, const TestReportRow& cells) {
        const TargetRecord* target = find_target(run, name);
        text += csv_cell(target == nullptr ? name : shown_title(*target));
        for (const std::string& cell : cells) {
            text += ',' + csv_cell(cell);
        }
        text += "\r\n";
    };
    for (const Row& row : tally.rows()) {
        TestReportRow cells = test_report_row(row);
        add_said(cells, run, *row.check, row.check->target);
        add(row.check->target, cells);
    }
    const RequirementParts parts = requirement_parts(run, 0);
    for (const auto& [target, checks] : left_out_by_target(run)) {
        for (const LeftOutCheck* check : checks) {
            TestReportRow cells = test_report_row(*check, std::string(target), parts);
            add_said(cells, run, *check, target);
            add(std::string(target), cells);
        }
    }
    for (const Attestation& said : run.attestations) {
        if (said.subject != Attestation::Subject::check) {
            const bool one = said.target.empty() && run.targets.size() == 1;
            add(one ? run.targets.front().name : said.target, test_report_row(said));
        }
    }
    return text;
}

}  // namespace gateproof::reports
