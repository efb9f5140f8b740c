#include "reports/formats/hand_in.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/model/scenario_texts.hpp"
#include "reports/formats/test_report.hpp"
#include "reports/view/attestations.hpp"

namespace gateproof::reports {
namespace {

/// What is known of a row.
struct Filled {
    std::string verdict;
    std::string notes;
};

const Row* asked_for(const Tally& tally, const TargetRecord& target, const ScenarioRow& row) {
    const auto found = std::ranges::find_if(tally.rows(), [&](const Row& one) {
        return one.check->target == target.name && one.check->id == scenario_check &&
               one.check->case_name == row.case_name;
    });
    return row.case_name.empty() || found == tally.rows().end() ? nullptr : &*found;
}

/// "GST001" where that is the key of one row of the target, or "gst-test/GST001".
bool speaks_of_row(const Attestation& said, const TargetRecord& target, const ScenarioTable& table,
                   const ScenarioRow& row) {
    if (said.subject != Attestation::Subject::scenario || (!said.target.empty() && said.target != target.name)) {
        return false;
    }
    if (said.id == table.name + "/" + row.key) {
        return true;
    }
    std::size_t rows = 0;
    for (const ScenarioTable& one : target.templates) {
        rows += static_cast<std::size_t>(std::ranges::count(one.rows, said.id, &ScenarioRow::key));
    }
    return said.id == row.key && rows == 1;
}

std::string_view word_of(Attestation::Claim claim) {
    switch (claim) {
        case Attestation::Claim::pass: return "Pass (said, not seen)";
        case Attestation::Claim::fail: return "Fail (said, not seen)";
        case Attestation::Claim::none: break;
    }
    return "Said, not seen";
}

void add_note(std::string& notes, std::string_view note) {
    notes += fmt::format("{}{}", notes.empty() ? "" : ". ", note);
}

Filled filled(const Tally& tally, const TargetRecord& target, const ScenarioTable& table, const ScenarioRow& row) {
    constexpr std::string_view untested = "Not tested";
    Filled cells{std::string(row.applicable ? untested : ""), ""};
    if (const Row* const asked = asked_for(tally, target, row); asked != nullptr && row.applicable) {
        const TestReportRow seen = test_report_row(*asked);
        const bool skipped = asked->result->outcome == Outcome::skipped;
        cells.verdict = skipped ? std::string(untested) : seen[6];
        cells.notes =
            fmt::format("{} by Gateproof{}{}", skipped ? "Not asked" : "Asked",
                        asked->result->sentence.empty() ? "" : ": ", skipped ? asked->result->sentence : seen[7]);
    }
    for (const Attestation& said : tally.run().attestations) {
        if (speaks_of_row(said, target, table, row)) {
            if (cells.verdict == untested) {
                cells.verdict = word_of(said.claim);
            }
            add_note(cells.notes, "Said, not seen: " + said_text(said));
        }
    }
    return cells;
}

std::string cell_of(const std::string& content, const ScenarioRow& row, const Filled& filled) {
    if (content == "id") {
        return row.id;
    }
    if (content == "applicable") {
        return row.applicable ? "Y" : "N";
    }
    if (content == "verdict") {
        return filled.verdict;
    }
    if (content == "notes") {
        return filled.notes;
    }
    for (const auto& [name, text_of] : scenario_texts) {
        if (name == content) {
            return row.*text_of;
        }
    }
    return {};
}

void add_line(std::string& text, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        text += (i == 0 ? "" : ",") + csv_cell(cells[i]);
    }
    text += "\r\n";
}

}  // namespace

std::vector<std::string> hand_in_headings(const ScenarioTable& table) {
    std::vector<std::string> headings;
    for (const auto& [heading, content] : table.columns) {
        headings.push_back(heading);
    }
    return headings;
}

std::vector<std::vector<std::string>> hand_in_rows(const Tally& tally, const TargetRecord& target,
                                                   const ScenarioTable& table) {
    std::vector<std::vector<std::string>> rows;
    for (const ScenarioRow& row : table.rows) {
        const Filled known = filled(tally, target, table, row);
        std::vector<std::string>& cells = rows.emplace_back();
        for (const auto& [heading, content] : table.columns) {
            cells.push_back(cell_of(content, row, known));
        }
    }
    return rows;
}

std::string hand_in_report(const RunRecord& run) {
    const Tally tally(run);
    // As in the other CSV: Excel reads no macron without the byte order mark.
    std::string text = "\uFEFF";
    for (const TargetRecord& target : run.targets) {
        for (const ScenarioTable& table : target.templates) {
            add_line(text, {shown_title(target), table.title, table.source});
            add_line(text, hand_in_headings(table));
            for (const std::vector<std::string>& row : hand_in_rows(tally, target, table)) {
                add_line(text, row);
            }
            text += "\r\n";
        }
        if (target.templates.empty()) {
            add_line(text, {shown_title(target), "its profile has no test report templates (scenarios)"});
        }
    }
    return text;
}

}  // namespace gateproof::reports
