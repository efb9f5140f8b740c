#include "reports/formats/console.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/text/ascii.hpp"
#include "harness/text/day.hpp"
#include "reports/view/attempts.hpp"
#include "reports/view/attestations.hpp"
#include "reports/view/clocks.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/details.hpp"
#include "reports/view/evidence_text.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/findings.hpp"
#include "reports/view/known.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/not_judged.hpp"
#include "reports/view/repeat.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

struct ConsoleLook {
    Outcome outcome;
    std::string_view label;
    std::string_view colour;  ///< SGR parameters
};

/// In the order of the summary: worst first.
constexpr std::array console_looks{
    ConsoleLook{Outcome::fail, "FAIL", "1;31"},
    ConsoleLook{Outcome::error, "ERROR", "1;35"},
    ConsoleLook{Outcome::inconclusive, "INCONCLUSIVE", "1;33"},
    ConsoleLook{Outcome::warning, "WARNING", "33"},
    ConsoleLook{Outcome::skipped, "SKIPPED", "2"},
    ConsoleLook{Outcome::pass, "PASS", "32"},
};

const ConsoleLook& console_look(Outcome outcome) {
    const auto* found = std::ranges::find(console_looks, outcome, &ConsoleLook::outcome);
    return found == console_looks.end() ? console_looks.front() : *found;
}

/// Of what was skipped it says what that means.
std::string_view label_of(const CheckResult& result) {
    if (result.outcome != Outcome::skipped) {
        return console_look(result.outcome).label;
    }
    return result.skip == Skip::not_tried ? "NOT TRIED" : "NOT APPLICABLE";
}

std::string painted(std::string_view text, std::string_view colour, const ConsoleStyle& style) {
    return style.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

std::string seconds(std::chrono::milliseconds time) {
    return fmt::format("{:.2f} s", static_cast<double>(std::max<std::int64_t>(0, time.count())) / 1000);
}

constexpr std::string_view indent = "    ";

/// What stands behind `column` columns of its line, broken at spaces for a terminal; a word that is longer than a line
/// stays whole. Where nobody says how wide it is, one line.
std::string wrapped_behind(std::size_t column, std::string_view text, const ConsoleStyle& style) {
    constexpr std::size_t narrowest = 30;
    if (style.columns == 0) {
        return fmt::format("{}\n", text);
    }
    const std::size_t width = std::max(style.columns, narrowest);
    std::string out;
    bool begun = false;
    while (!text.empty()) {
        const std::size_t space = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, space);
        text.remove_prefix(std::min(space + 1, text.size()));
        if (begun && column + 1 + columns(word) > width) {
            out.append("\n").append(indent);
            column = indent.size();
            begun = false;
        }
        out += begun ? " " : "";
        out += word;
        column += columns(word) + (begun ? 1 : 0);
        begun = true;
    }
    return out + '\n';
}

/// A paragraph of its own.
std::string wrapped(std::string_view text, const ConsoleStyle& style) {
    return std::string(indent) + wrapped_behind(indent.size(), text, style);
}

/// A line that begins with a word in `colour`.
std::string labelled(std::string_view label, std::string_view colour, std::string_view text,
                     const ConsoleStyle& style) {
    return fmt::format("{}  {}", painted(label, colour, style), wrapped_behind(label.size() + 2, text, style));
}

/// The ids of a paragraph's checks, indented and wrapped.
std::string wrapped_ids(const std::vector<const CheckRecord*>& checks, const ConsoleStyle& style) {
    const std::size_t width = style.columns == 0 ? 110 : style.columns;
    std::string text = "   ";
    std::size_t column = text.size();
    for (const CheckRecord* check : checks) {
        const std::string id = printable(check->full_id(), Lines::one, 100);
        if (column + 1 + id.size() > width && column > 3) {
            text += "\n   ";
            column = 3;
        }
        text += ' ' + id;
        column += 1 + id.size();
    }
    return text + '\n';
}

std::string paragraph_text(const RunRecord& run, const Finding& paragraph, const ConsoleStyle& style) {
    const ConsoleLook& look = console_look(paragraph.result->outcome);
    const std::string_view label = label_of(*paragraph.result);
    const std::string target = printable(paragraph.checks.front()->target, Lines::one, 100);
    std::string text;
    if (paragraph.checks.size() == 1) {
        const CheckRecord& check = *paragraph.checks.front();
        text += labelled(label, look.colour,
                         fmt::format("{} {}: {}", target, printable(check.full_id(), Lines::one, 100),
                                     printable(check.title, Lines::one, 200)),
                         style);
    } else {
        text += fmt::format("{}  {}: {} checks\n{}", painted(label, look.colour, style), target,
                            paragraph.checks.size(), wrapped_ids(paragraph.checks, style));
    }
    text += wrapped(printable(paragraph.result->sentence, Lines::one, 1000), style);
    if (!paragraph.result->remedy.empty()) {
        text += wrapped("remedy: " + printable(paragraph.result->remedy, Lines::one, 1000), style);
    }
    for (const std::string& line : repeat_lines(run, paragraph)) {
        text += fmt::format("    repeat: {}\n", printable(line, Lines::one, longest_repeat_line));
    }
    if (paragraph.checks.size() == 1 && !paragraph.checks.front()->earlier.empty()) {
        text += fmt::format("    {}\n", attempts_text(*paragraph.checks.front()));
    }
    if (const std::string& beyond = paragraph.checks.front()->beyond_known; !beyond.empty()) {
        text += fmt::format("    not accepted: {}\n", printable(beyond, Lines::one, 2000));
    }
    if (const std::string& reason = paragraph.checks.front()->expected_skip; !reason.empty()) {
        text += fmt::format("    expected: {}\n", printable(reason, Lines::one, 1000));
    }
    if (style.verbose) {
        if (const std::string found = found_text(*paragraph.result); !found.empty()) {
            text += fmt::format("    found {}\n", printable(found, Lines::one, 2000));
        }
        for (const std::string& id : paragraph.checks.front()->requirements) {
            text += fmt::format("    {}\n", requirement_line(run, id, paragraph.checks.front()->target));
        }
        for (const std::string& line : evidence_lines(*paragraph.result)) {
            text += fmt::format("      {}\n", painted(line, "2", style));
        }
    }
    return text;
}

/// How to learn more of a failure, named once.
std::string explain_text(const Tally& tally) {
    for (const Row& row : tally.rows()) {
        if (row.result->outcome == Outcome::fail && !row.known()) {
            return fmt::format("what a check does, and how to mend what it found: gateproof explain {}\n\n",
                               printable(row.check->id, Lines::one, 100));
        }
    }
    return {};
}

/// What was judged more than once, each a line; its former sentences, and in the longer form their evidence.
std::string judged_again_text(const Tally& tally, const ConsoleStyle& style) {
    constexpr std::size_t most_lines = 50;
    const std::vector<const Row*> rows = judged_again(tally);
    std::string text;
    for (std::size_t i = 0; i < std::min(rows.size(), style.verbose ? rows.size() : most_lines); ++i) {
        const CheckRecord& check = *rows[i]->check;
        text += fmt::format("{}  {} {}: {}\n",
                            painted("JUDGED AGAIN", console_look(rows[i]->result->outcome).colour, style),
                            printable(check.target, Lines::one, 100), printable(check.full_id(), Lines::one, 100),
                            attempts_text(check));
        for (std::size_t number = 1; number <= check.earlier.size(); ++number) {
            const CheckResult& earlier = check.earlier[number - 1];
            text += fmt::format("    {}\n", printable(earlier_attempt_text(earlier, number), Lines::one, 1000));
            for (const std::string& line : style.verbose ? evidence_lines(earlier) : std::vector<std::string>()) {
                text += fmt::format("      {}\n", painted(line, "2", style));
            }
        }
    }
    if (rows.size() > most_lines && !style.verbose) {
        text += fmt::format("    and {} more checks; -v and the reports have them all\n", rows.size() - most_lines);
    }
    return text;
}

/// Known failures, each a line: "accepted until 2026-12-31: tls.refuses-1.1 of cloud (fail): INC-4711". In the longer
/// form with what was found, by which an entry can be bound to it.
std::string known_text(const Tally& tally, const ConsoleStyle& style) {
    std::string text;
    for (const Row& row : tally.rows()) {
        if (!row.known()) {
            continue;
        }
        const Acceptance& accepted = *row.check->accepted;
        text += printable(fmt::format("accepted until {}: {} of {} ({}): {}", iso_day(accepted.expires),
                                      row.check->full_id(), row.check->target, to_string(row.result->outcome),
                                      accepted.reason)) +
                '\n';
        if (!accepted.gone.empty()) {
            text += fmt::format("    narrower now; not found any more: {}\n",
                                printable(fmt::format("{}", fmt::join(accepted.gone, ", ")), Lines::one, 1000));
        }
        if (style.verbose) {
            text += fmt::format("    found {}{}\n", printable(found_text(*row.result), Lines::one, 2000),
                                accepted.wide ? "; accepted whatever is found, for the entry has no found" : "");
        }
    }
    if (const std::string list = known_list_text(tally.run()); !list.empty()) {
        text += fmt::format("known failures and expected skips: {}\n", printable(list, Lines::one, 300));
    }
    return text;
}

std::string counts_text(const Tally& tally, const ConsoleStyle& style) {
    const RunRecord& run = tally.run();
    const std::size_t known = run.checks.size() + run.left_out_count() + run.missing_count();
    std::string text = known > run.checks.size()
                           ? fmt::format("{} of {} checks:", run.checks.size(), known)
                           : fmt::format("{} check{}:", run.checks.size(), run.checks.size() == 1 ? "" : "s");
    const char* separator = " ";
    for (const auto& [outcome, word] :
         {std::pair(Outcome::pass, "passed"), std::pair(Outcome::warning, "with a warning"),
          std::pair(Outcome::fail, "failed"), std::pair(Outcome::error, "in error"),
          std::pair(Outcome::inconclusive, "inconclusive")}) {
        const std::size_t count = tally.counts().of(outcome);
        if (count > 0 || outcome == Outcome::pass || outcome == Outcome::fail) {
            const std::string part = fmt::format("{} {}", count, word);
            text += separator + (count > 0 ? painted(part, console_look(outcome).colour, style) : part);
            separator = ", ";
        }
    }
    for (const auto& [count, word] : {std::pair(tally.counts().not_tried(), "not tried"),
                                      std::pair(tally.counts().not_applicable(), "not applicable")}) {
        text += count > 0 ? fmt::format(", {} {}", count, word) : "";
    }
    if (tally.counts().known() > 0) {
        text += fmt::format(", {} known", tally.counts().known());
    }
    if (tally.counts().left_out() > 0) {
        text += fmt::format("; not selected: {}", tally.counts().left_out());
    }
    if (run.missing_count() > 0) {
        text += fmt::format("; {}: {}", run.shard.count > 1 ? "in other shards" : "not in this journal",
                            run.missing_count());
    }
    if (run.ended) {
        text += (run.checks.size() < known ? "; in " : " in ") + seconds(length_of(run));
    }
    return text + '\n';
}

/// What the selection left out, a line for each option; then, where that is no success, what to do.
std::string left_out_text(const RunRecord& run, const ConsoleStyle& style) {
    constexpr std::size_t most_groups = 20;
    const std::vector<LeftOutGroup> groups = left_out_groups(run);
    std::string text;
    for (std::size_t i = 0; i < std::min(groups.size(), most_groups); ++i) {
        const std::size_t most_ids = style.verbose                                         ? 1000
                                     : groups[i].excluded || !groups[i].newer_than.empty() ? 20
                                                                                           : 0;
        text += labelled("NOT SELECTED", groups[i].excluded ? "1;33" : "2",
                         printable(left_out_line(groups[i], most_ids), Lines::one, std::size_t{64} * 1024), style);
    }
    if (groups.size() > most_groups) {
        text += fmt::format("NOT SELECTED  more, by {} other options\n", groups.size() - most_groups);
    }
    if (excluded_counts(run)) {
        text += wrapped(fmt::format("{} of these would have run: that is no success in this run", run.excluded_count()),
                        style);
        text += wrapped(fmt::format("remedy: {}", left_out_remedy(run)), style);
    }
    return text;
}

/// Requirements that are no pass because not all was judged, and what each missing input would bring.
std::string not_judged_text(const Tally& tally, const ConsoleStyle& style) {
    constexpr std::size_t most_lines = 20;
    const std::size_t most_ids = style.verbose ? 1000 : 4;
    std::string text;
    const std::vector<RequirementGap> gaps = gaps_of(tally, most_ids);
    for (std::size_t i = 0; i < std::min(gaps.size(), most_lines); ++i) {
        const RequirementGap& gap = gaps[i];
        const bool partly = gap.status == RequirementStatus::partly_judged;
        text += labelled(partly ? "PARTLY JUDGED" : "NOT TESTED", "33",
                         fmt::format("{} {}: {}", printable(gap.target->name, Lines::one, 100),
                                     printable(gap.requirement, Lines::one, 100),
                                     printable(gap.part, Lines::one, std::size_t{64} * 1024)),
                         style);
    }
    if (gaps.size() > most_lines) {
        text += fmt::format("    and {} more requirements; the reports have them all\n", gaps.size() - most_lines);
    }
    // The longer form has a paragraph for each.
    const std::vector<Finding> missing = style.verbose ? std::vector<Finding>() : not_tried(tally);
    for (std::size_t i = 0; i < std::min(missing.size(), most_lines); ++i) {
        const std::size_t checks = missing[i].checks.size();
        text += labelled("NOT TRIED", "2",
                         fmt::format("{} check{}: {}", checks, checks == 1 ? "" : "s",
                                     printable(missing[i].result->sentence, Lines::one, 1000)),
                         style);
    }
    if (missing.size() > most_lines) {
        text += fmt::format("    and for {} more reasons; the reports have them all\n", missing.size() - most_lines);
    }
    return text;
}

/// What was attested, and what the run itself came to there.
std::string attestations_text(const Tally& tally, const ConsoleStyle& style) {
    constexpr std::size_t most_lines = 50;
    const std::vector<Attestation>& all = tally.run().attestations;
    std::string text;
    for (std::size_t i = 0; i < std::min(all.size(), most_lines); ++i) {
        const std::string beside = beside_text(tally, all[i]);
        text += fmt::format("{}  {}{}\n    {}\n", painted("SAID, NOT SEEN", "2", style),
                            printable(subject_text(all[i]), Lines::one, 300),
                            beside.empty() ? "" : ", " + printable(beside, Lines::one, 300),
                            printable(said_text(all[i]), Lines::one, 5000));
    }
    return all.size() > most_lines ? text + fmt::format("    and {} more attestations; the reports have them all\n",
                                                        all.size() - most_lines)
                                   : text;
}

/// Why a run did not come to its end; empty when it did.
std::string ending_text(const RunRecord& run) {
    if (run.end_reason == EndReason::complete) {
        return {};
    }
    if (run.end_reason == EndReason::killed) {
        return "The run was killed: checks without a verdict count as inconclusive.\n";
    }
    return fmt::format("The run did not complete ({}): checks without a verdict count as inconclusive.\n",
                       to_string(run.end_reason));
}

}  // namespace

std::string check_line(const CheckRecord& check, const CheckResult& result, const ConsoleStyle& style) {
    const ConsoleLook& look = console_look(result.outcome);
    const std::string attempt = check.earlier.empty() ? "" : ", " + attempt_text(check);
    const std::string_view label = check.accepted ? std::string_view("KNOWN") : label_of(result);
    return fmt::format("{} {} {} ({}{}): {}\n", painted(fmt::format("{:<12}", label), look.colour, style),
                       printable(check.target, Lines::one, 100), printable(check.full_id(), Lines::one, 100),
                       seconds(result.duration), attempt, printable(result.sentence, Lines::one, 1000));
}

std::string places_text(const std::vector<std::filesystem::path>& reports) {
    std::string text;
    for (const std::filesystem::path& report : reports) {
        // The journal is no report: it is what reports, --resume and compare are made from.
        text +=
            fmt::format("{}: {}\n", report.extension() == ".jsonl" ? "journal" : "report", printable(report.string()));
    }
    return text;
}

std::string console_summary(const RunRecord& run, const ConsoleStyle& style,
                            const std::vector<std::filesystem::path>& reports) {
    std::string text;
    const Tally tally(run);
    for (const ConsoleLook& look : console_looks) {
        const bool shown = look.outcome != Outcome::pass && (look.outcome != Outcome::skipped || style.verbose);
        if (!shown) {
            continue;
        }
        for (const Finding& paragraph : findings_of(tally, look.outcome, Across::one_target)) {
            text += paragraph_text(run, paragraph, style) + '\n';
        }
    }
    text += explain_text(tally);
    if (const std::string again = judged_again_text(tally, style); !again.empty()) {
        text += again + '\n';
    }
    if (const std::string left_out = left_out_text(run, style); !left_out.empty()) {
        text += left_out + '\n';
    }
    if (const std::string not_judged = not_judged_text(tally, style); !not_judged.empty()) {
        text += not_judged + '\n';
    }
    if (const std::string said = attestations_text(tally, style); !said.empty()) {
        text += said + '\n';
    }
    text += ending_text(run);
    if (const std::string part = shard_text(run); !part.empty()) {
        text += printable(part) + '\n';
    }
    if (!run.catalogue.version.empty()) {
        text += fmt::format("judged by the requirement catalogue {}\n", printable(catalogue_text(run)));
    }
    if (run.timeout_scale != 1) {
        text += fmt::format("every timeout of the profiles was multiplied by {:g}\n", run.timeout_scale);
    }
    for (const Detail& detail : details_of(run)) {
        text += fmt::format("{}: {}\n", lower_case(detail.name), printable(detail.value, Lines::one, 1000));
    }
    for (const std::string& line : clock_lines(run)) {
        text += printable(line, Lines::one, 1000) + '\n';
    }
    text += known_text(tally, style);
    text += counts_text(tally, style);
    text += places_text(reports);
    return text;
}

}  // namespace gateproof::reports
