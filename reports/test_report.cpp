#include "reports/test_report.hpp"

#include <algorithm>

#include "reports/certificates.hpp"
#include "reports/known.hpp"
#include "reports/text.hpp"

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

std::string scenario_type(const CheckRecord& check) {
    if (check.scenario == "positive") {
        return "Positive";
    }
    return check.scenario == "negative" ? "Negative" : check.scenario;
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
    if (!result.remedy.empty()) {
        notes += ". Remedy: " + result.remedy;
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
    return {row.check->full_id(),      operation_of(row),
            row.check->title,          scenario_type(*row.check),
            skipped ? "N" : "Y",       skipped ? result.sentence : std::string(),
            judgement(result.outcome), skipped ? std::string() : notes_of(row)};
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
    std::string text = "Service";
    for (const std::string_view column : test_report_columns) {
        text += ',' + csv_cell(column);
    }
    text += "\r\n";
    for (const Row& row : tally.rows()) {
        const TargetRecord* target = find_target(run, row.check->target);
        text += csv_cell(target == nullptr ? row.check->target : shown_title(*target));
        for (const std::string& cell : test_report_row(row)) {
            text += ',' + csv_cell(cell);
        }
        text += "\r\n";
    }
    return text;
}

}  // namespace gateproof::reports
