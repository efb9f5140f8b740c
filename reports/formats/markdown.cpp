#include "reports/formats/markdown.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/text/day.hpp"
#include "reports/view/attempts.hpp"
#include "reports/view/attestations.hpp"
#include "reports/view/certificates.hpp"
#include "reports/view/clocks.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/details.hpp"
#include "reports/view/evidence_text.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/findings.hpp"
#include "reports/view/known.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/matrix.hpp"
#include "reports/view/not_judged.hpp"
#include "reports/view/repeat.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t max_problems = 200;
constexpr std::size_t max_section = std::size_t{200} * 1024;  ///< bytes
constexpr std::size_t max_places = 20;
constexpr std::size_t max_rows = 200;
constexpr std::size_t max_columns = 12;

struct Sign {
    std::string_view mark;
    std::string_view word;
};

Sign sign_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass: return {"✅", "passed"};
        case Outcome::warning: return {"⚠️", "warning"};
        case Outcome::fail: return {"❌", "failed"};
        case Outcome::inconclusive: return {"❔", "inconclusive"};
        case Outcome::error: return {"💥", "error"};
        case Outcome::skipped: break;
    }
    return {"➖", "skipped"};
}

Sign sign_of(RequirementStatus status) {
    if (const std::optional<Outcome> outcome = outcome_of(status)) {
        return sign_of(*outcome);
    }
    switch (status) {
        case RequirementStatus::partly_judged: return {"◐", words_of(status)};
        case RequirementStatus::not_selected: return {"⊘", words_of(status)};
        case RequirementStatus::not_tested: return {"○", words_of(status)};
        default: return {"➖", words_of(status)};
    }
}

const char* mark_of(Conclusion conclusion) {
    switch (conclusion) {
        case Conclusion::passed: return "✅";
        case Conclusion::partial: return "◐";
        case Conclusion::failed: return "❌";
        case Conclusion::inconclusive:
        case Conclusion::interrupted:
        case Conclusion::broken: break;
    }
    return "❔";
}

std::string heading(const Tally& tally) {
    const RunRecord& run = tally.run();
    std::string text = fmt::format("## {} Gateproof: {}\n\n", mark_of(conclusion_of(run)), headline(tally));
    text += fmt::format("{}, {}, gateproof {}", moment_text(run.started), duration_text(length_of(run)),
                        markdown_text(run.tool_version));
    text += run.catalogue.version.empty() ? "" : ", requirement catalogue " + markdown_text(catalogue_text(run));
    if (run.end_reason != EndReason::complete) {
        text += fmt::format(". **The run did not complete ({}).**", to_string(run.end_reason));
    }
    text += run.stamp.empty() ? "" : fmt::format(". **{}**", markdown_text(run.stamp));
    for (const std::string& line : clock_lines(run)) {
        text += ". " + markdown_text(line);
    }
    if (const std::string list = known_list_text(run); !list.empty()) {
        text += ". Known failures and expected skips: " + markdown_text(list, 300);
    }
    const std::string part = shard_text(run);
    text += (part.empty() ? "" : ". " + markdown_text(part)) + "\n";
    std::string details;
    for (const Detail& detail : details_of(run)) {
        details +=
            fmt::format("{}{}: {}", details.empty() ? "\n" : "; ", detail.name, markdown_text(detail.value, 1000));
    }
    return details.empty() ? text : text + details + "\n";
}

std::string counts_table(const Tally& tally) {
    std::map<std::string, Counts> by_target = counts_by_target(tally);
    const bool known = tally.counts().known() > 0;
    const bool left_out = tally.counts().left_out() > 0;
    std::string text = fmt::format(
        "\n| endpoint | failed | error | inconclusive | warning | passed | not tried | not applicable "
        "|{}{}\n| --- | --: | --: | --: | --: | --: | --: | --: |{}{}\n",
        known ? " known |" : "", left_out ? " not selected |" : "", known ? " --: |" : "", left_out ? " --: |" : "");
    std::size_t shown = 0;
    for (const TargetRecord& target : tally.run().targets) {
        if (++shown > max_rows) {
            return text + fmt::format("\n{} more endpoints are not shown.\n", tally.run().targets.size() - max_rows);
        }
        const Counts& counts = by_target[target.name];
        text += fmt::format("| {} |", markdown_text(target.name));
        for (const Outcome outcome :
             {Outcome::fail, Outcome::error, Outcome::inconclusive, Outcome::warning, Outcome::pass}) {
            text += fmt::format(" {} |", counts.of(outcome));
        }
        text += fmt::format(" {} | {} |", counts.not_tried(), counts.not_applicable());
        text += known ? fmt::format(" {} |", counts.known()) : "";
        text += left_out ? fmt::format(" {} |", counts.left_out()) : "";
        text += '\n';
    }
    return text;
}

/// The checks of a finding, by target: "**tls.refuses-1.1** (cloud-test, desktop-test)" or the ids of each target.
std::string places(const Finding& finding) {
    const std::string id = finding.checks.front()->full_id();
    const bool one_check =
        std::ranges::all_of(finding.checks, [&](const CheckRecord* check) { return check->full_id() == id; });
    std::string text;
    for (std::size_t i = 0; i < std::min(finding.checks.size(), max_places); ++i) {
        const CheckRecord& check = *finding.checks[i];
        text += i == 0 ? "" : ", ";
        text += one_check ? markdown_text(check.target, 100)
                          : fmt::format("{} {}", markdown_text(check.target, 100), markdown_text(check.full_id(), 200));
    }
    if (finding.checks.size() > max_places) {
        text += fmt::format(" and {} more", finding.checks.size() - max_places);
    }
    return one_check ? fmt::format("**{}** {} ({})", markdown_text(id, 200),
                                   markdown_text(finding.checks.front()->title, 200), text)
                     : fmt::format("**{} checks** ({})", finding.checks.size(), text);
}

std::string problem(const RunRecord& run, const Finding& finding) {
    std::string text = fmt::format("- {} {}: {}", sign_of(finding.result->outcome).mark, places(finding),
                                   markdown_text(finding.result->sentence));
    if (!finding.result->remedy.empty()) {
        text += "<br>_Remedy:_ " + markdown_text(finding.result->remedy);
    }
    for (const std::string& line : repeat_lines(run, finding)) {
        text += "<br>_Repeat:_ " + markdown_text(line, longest_repeat_line);
    }
    if (const std::string& beyond = finding.checks.front()->beyond_known; !beyond.empty()) {
        text += "<br>_Not accepted:_ " + markdown_text(beyond, 2000);
    }
    text += "<br>_Found_ " + markdown_text(found_text(*finding.result), 2000);
    return text + '\n';
}

std::string problems(const Tally& tally) {
    std::string text;
    std::size_t shown = 0;
    std::size_t left = 0;
    for (const Outcome outcome : {Outcome::fail, Outcome::error, Outcome::inconclusive, Outcome::warning}) {
        for (const Finding& finding : findings_of(tally, outcome, Across::all_targets)) {
            if (shown == max_problems || text.size() > max_section) {
                ++left;
                continue;
            }
            text += (shown++ == 0 ? "\n### What needs attention\n\n" : "") + problem(tally.run(), finding);
        }
    }
    return left == 0 ? text : text + fmt::format("\n… and {} more; report.html and run.jsonl have them all.\n", left);
}

/// What the selection left out, by option.
std::string not_selected(const RunRecord& run) {
    constexpr std::size_t most_groups = 50;
    constexpr std::size_t most_ids = 40;
    const std::vector<LeftOutGroup> groups = left_out_groups(run);
    std::string text = groups.empty() ? "" : "\n### Not selected\n\n";
    for (std::size_t i = 0; i < std::min(groups.size(), most_groups); ++i) {
        text += "- ⊘ " + markdown_text(left_out_line(groups[i], most_ids)) + '\n';
    }
    if (groups.size() > most_groups) {
        text += fmt::format("- … and more by {} other options\n", groups.size() - most_groups);
    }
    return excluded_counts(run) ? text + "\nWhat --exclude left out is no success in this run. _Remedy:_ " +
                                      markdown_text(left_out_remedy(run)) + '\n'
                                : text;
}

/// What was attested, and what the run itself came to there.
std::string attestations(const Tally& tally) {
    const std::vector<Attestation>& all = tally.run().attestations;
    std::string text;
    std::size_t shown = 0;
    for (; shown < std::min(all.size(), max_problems) && text.size() <= max_section; ++shown) {
        const std::string beside = beside_text(tally, all[shown]);
        text += shown == 0 ? "\n### Attestations: said, not seen\n\nThey change no verdict and meet no requirement.\n\n"
                           : "";
        text += fmt::format("- \U0001F5E3 {}{}: {}\n", markdown_text(subject_text(all[shown]), 300),
                            beside.empty() ? "" : " (" + markdown_text(beside, 300) + ')',
                            markdown_text(said_text(all[shown]), 5000));
    }
    return all.size() == shown ? text
                               : text + fmt::format("\n… and {} more; report.html has them all.\n", all.size() - shown);
}

/// What was not tried, by what it lacked.
std::string not_tried_list(const Tally& tally) {
    const std::vector<Finding> missing = not_tried(tally);
    std::string text;
    std::size_t shown = 0;
    for (const Finding& finding : missing) {
        if (shown == max_problems || text.size() > max_section) {
            break;
        }
        text += shown++ == 0 ? "\n### Not tried\n\n" : "";
        const std::string& expected = finding.checks.front()->expected_skip;
        text += fmt::format("- ○ {}: {}{}{}\n", places(finding), markdown_text(finding.result->sentence),
                            expected.empty() ? "" : "<br>_Expected:_ ", markdown_text(expected, 1000));
    }
    return missing.size() == shown
               ? text
               : text + fmt::format("\n… and for {} more reasons; report.html has them all.\n", missing.size() - shown);
}

/// What was judged more than once, with what its attempts came to.
std::string judged_again_list(const Tally& tally) {
    const std::vector<const Row*> rows = judged_again(tally);
    std::string text;
    std::size_t shown = 0;
    for (const Row* row : rows) {
        if (shown == max_problems || text.size() > max_section) {
            break;
        }
        const CheckRecord& check = *row->check;
        text += shown++ == 0 ? "\n### Judged again\n\n" : "";
        text += fmt::format("- {} **{}** {} ({}): {}", sign_of(row->result->outcome).mark,
                            markdown_text(check.full_id(), 200), markdown_text(check.title, 200),
                            markdown_text(check.target, 100), attempts_text(check));
        for (std::size_t number = 1; number <= check.earlier.size(); ++number) {
            text += "<br>" + markdown_text(earlier_attempt_text(check.earlier[number - 1], number));
        }
        text += '\n';
    }
    return rows.size() == shown
               ? text
               : text + fmt::format("\n… and {} more; report.html and run.jsonl have them all.\n", rows.size() - shown);
}

constexpr Sign known_sign{"☑️", "known"};

std::string gone_text(const Acceptance& accepted) {
    return accepted.gone.empty() ? std::string()
                                 : fmt::format("<br>_Narrower now; not found any more:_ {}",
                                               markdown_text(fmt::format("{}", fmt::join(accepted.gone, ", ")), 1000));
}

std::string known_failures(const Tally& tally) {
    std::string text;
    std::size_t left = 0;
    std::size_t shown = 0;
    for (const Row& row : tally.rows()) {
        if (!row.known()) {
            continue;
        }
        if (shown == max_problems || text.size() > max_section) {
            ++left;
            continue;
        }
        text += shown++ == 0 ? "\n### Known failures\n\n" : "";
        text += fmt::format("- {} {} **{}** {} ({}): {}<br>_Accepted until {}:_ {}{}<br>_Found_ {}\n", known_sign.mark,
                            sign_of(row.result->outcome).word, markdown_text(row.check->full_id(), 200),
                            markdown_text(row.check->title, 200), markdown_text(row.check->target, 100),
                            markdown_text(row.result->sentence), iso_day(row.check->accepted->expires),
                            markdown_text(row.check->accepted->reason), gone_text(*row.check->accepted),
                            markdown_text(found_text(*row.result), 2000));
    }
    return left == 0 ? text : text + fmt::format("\n… and {} more.\n", left);
}

std::string cell_text(const MatrixCell& cell) {
    if (!cell.asked) {
        return "·";
    }
    if (cell.counts.total() == 0) {
        return "not run";
    }
    const Sign sign = cell.known() ? known_sign : sign_of(cell.status());
    const std::string part = cell.part_text(3);
    return fmt::format("{} {}{}{}", sign.mark, sign.word, part.empty() ? "" : "<br>", markdown_text(part, 400));
}

/// What documents that contradict each other say, and which of them judged whom.
std::string readings_text(const std::vector<MatrixRow>& rows, const std::vector<TargetRecord>& targets) {
    std::string text;
    for (const MatrixRow& row : rows) {
        std::map<std::string, std::vector<std::string>> judged;
        for (const TargetRecord& target : targets) {
            const std::string reading = judging_reading(target, row.requirement.id);
            if (!reading.empty()) {
                judged[reading].push_back(markdown_text(target.name, 100));
            }
        }
        for (const ReadingRecord& reading : row.requirement.readings) {
            text += fmt::format("\n- {}, {}: {} Source: {}.", markdown_text(row.requirement.id, 100),
                                markdown_text(reading.name, 100), markdown_text(reading.sentence, 500),
                                markdown_text(reading.source, 300));
        }
        for (auto& [reading, names] : judged) {
            const std::size_t more = names.size() - std::min(names.size(), max_places);
            names.resize(names.size() - more);
            text += fmt::format("\n- {}: judged by {}: {}{}", markdown_text(row.requirement.id, 100),
                                markdown_text(reading, 100), fmt::join(names, ", "),
                                more == 0 ? "" : fmt::format(" and {} more", more));
        }
    }
    return text.empty() ? text : text + "\n";
}

std::string matrix_table(const Tally& tally) {
    const std::vector<MatrixRow> rows = matrix_of(tally);
    if (rows.empty() || tally.run().targets.empty()) {
        return {};
    }
    const std::size_t columns = std::min(tally.run().targets.size(), max_columns);
    std::string text = "\n<details><summary>Requirements</summary>\n\n| requirement |";
    for (std::size_t i = 0; i < columns; ++i) {
        text += fmt::format(" {} |", markdown_text(tally.run().targets[i].name, 100));
    }
    text += "\n| --- |";
    for (std::size_t i = 0; i < columns; ++i) {
        text += " --- |";
    }
    text += '\n';
    std::size_t shown = 0;
    for (std::size_t i = 0; i < std::min(rows.size(), max_rows) && text.size() < max_section; ++i, ++shown) {
        text += fmt::format("| **{}** {} |", markdown_text(rows[i].requirement.id, 100),
                            markdown_text(rows[i].requirement.sentence, 300));
        for (std::size_t column = 0; column < columns; ++column) {
            text += fmt::format(" {} |", cell_text(rows[i].cells[column]));
        }
        text += '\n';
    }
    text += readings_text(rows, tally.run().targets);
    if (rows.size() > shown || tally.run().targets.size() > columns) {
        text += "\nThe whole matrix is in report.html.\n";
    }
    return text + "\n</details>\n";
}

std::string certificate_table(const RunRecord& run) {
    std::string text;
    std::size_t shown = 0;
    for (const CertificateFact& fact : certificates_of(run)) {
        if (!fact.in_use() || ++shown > max_rows) {
            continue;
        }
        text += fmt::format("| {} | {} | {} | {} |\n", markdown_text(fact.target, 100), markdown_text(fact.role, 100),
                            markdown_text(fact.subject, 200), fact.days_left);
    }
    return text.empty() ? text
                        : "\n<details><summary>Certificates</summary>\n\n| endpoint | role | subject | days left |\n"
                          "| --- | --- | --- | --: |\n" +
                              text + "\n</details>\n";
}

}  // namespace

std::string markdown_text(std::string_view text, std::size_t max_bytes) {
    std::string escaped;
    const std::string shown = printable(text, Lines::one, max_bytes);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const char c = shown[i];
        if (c == '<') {
            escaped += "&lt;";
        } else if (c == '>') {
            escaped += "&gt;";
        } else if (c == '&') {
            escaped += "&amp;";
        } else if (c == '@') {
            escaped += "&#64;";
        } else {
            // Links, emphasis, code, tables, headings, references and formulas; "://" and "www." become links by
            // themselves.
            const bool active = std::string_view("\\`*_[]|~#$!{}").find(c) != std::string_view::npos;
            const bool link =
                (c == ':' && shown.compare(i, 3, "://") == 0) || (c == '.' && i >= 3 && (shown[i - 1] | 0x20) == 'w');
            escaped += active || link ? std::string{'\\', c} : std::string(1, c);
        }
    }
    return escaped;
}

std::string markdown_report(const RunRecord& run) {
    const Tally tally(run);
    return heading(tally) + counts_table(tally) + problems(tally) + judged_again_list(tally) + not_tried_list(tally) +
           not_selected(run) + known_failures(tally) + attestations(tally) + matrix_table(tally) +
           certificate_table(run);
}

}  // namespace gateproof::reports
