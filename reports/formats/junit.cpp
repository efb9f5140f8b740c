#include "reports/formats/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "harness/journal/codec.hpp"
#include "harness/journal/facts.hpp"
#include "harness/text/ascii.hpp"
#include "reports/view/attempts.hpp"
#include "reports/view/attestations.hpp"
#include "reports/view/details.hpp"
#include "reports/view/evidence_text.hpp"
#include "reports/view/known.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/repeat.hpp"
#include "reports/view/tally.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

/// A longer system-out is cut: viewers load it whole.
constexpr std::size_t max_output = std::size_t{64} * 1024;
constexpr std::size_t max_message = 1024;

/// Seconds with three decimals, as the schema wants them.
/// UTC without zone and fraction: the only form that every reader of JUnit files takes.
std::string timestamp(std::chrono::system_clock::time_point time) {
    return iso_time(time).substr(0, 19);
}

void attribute(pugi::xml_node& node, const char* name, const std::string& value) {
    node.append_attribute(name).set_value(value.c_str());
}

/// A known failure is no failure: it is skipped, the one state that every CI system shows with a message and without
/// turning red.
bool skipped_as_known(const Row& row) {
    const Outcome outcome = row.result->outcome;
    return row.known() && (outcome == Outcome::fail || outcome == Outcome::inconclusive || outcome == Outcome::error);
}

/// The checks that were not run since their endpoint cut us off, but for the first of each endpoint, which says so as
/// an error: the others are skipped, so that one ban is one red line.
std::set<const CheckRecord*> told_by_another(const RunRecord& run) {
    std::set<std::string_view> cut_off;
    for (const TargetRecord& target : run.targets) {
        if (target.cut_off) {
            cut_off.insert(target.name);
        }
    }
    std::set<const CheckRecord*> told;
    std::set<std::string_view> said;
    for (const CheckRecord& check : run.checks) {
        // What failed before a further attempt that was not run still tells of itself.
        const bool not_run =
            check.standing_result() == nullptr && check.skip_reason.empty() && cut_off.contains(check.target);
        if (not_run && !said.insert(check.target).second) {
            told.insert(&check);
        }
    }
    return told;
}

/// `told`: so many of them by another one, see told_by_another.
void write_counts(pugi::xml_node& node, const Counts& counts, std::size_t told) {
    attribute(node, "tests", std::to_string(counts.total()));
    attribute(node, "failures", std::to_string(counts.of(Outcome::fail)));
    attribute(node, "errors", std::to_string(counts.of(Outcome::inconclusive) + counts.of(Outcome::error) - told));
}

/// With what is known, and what was left out: the dialect has no states of their own for them.
std::size_t skipped_of(const Counts& counts) {
    return counts.of(Outcome::skipped) + counts.known() - counts.known_of(Outcome::pass) -
           counts.known_of(Outcome::warning) + counts.left_out();
}

std::string output_of(const RunRecord& run, const Row& row) {
    std::string text;
    for (const std::string& id : row.check->requirements) {
        text += requirement_line(run, id, row.check->target) + '\n';
    }
    text += fmt::format("{}: {}\n", to_string(row.result->outcome), printable(row.result->sentence));
    if (row.known()) {
        text += "known: " + printable(acceptance_text(*row.check)) + '\n';
    }
    if (!row.check->beyond_known.empty()) {
        text += "not accepted: " + printable(row.check->beyond_known) + '\n';
    }
    if (!row.check->expected_skip.empty()) {
        text += "expected: " + printable(row.check->expected_skip) + '\n';
    }
    if (!row.result->remedy.empty()) {
        text += "remedy: " + printable(row.result->remedy) + '\n';
    }
    for (const std::string& line : repeat_lines(run, row)) {
        text += "repeat: " + printable(line, Lines::one, longest_repeat_line) + '\n';
    }
    if (const std::string found = found_text(*row.result); !found.empty()) {
        text += "found " + printable(found) + '\n';
    }
    if (row.result->flaky) {
        text += "flaky: a control needed more than one try\n";
    }
    if (!row.check->earlier.empty()) {
        text += "attempts: " + attempts_text(*row.check) + '\n';
    }
    for (const std::string& line : evidence_lines(*row.result)) {
        text += line + '\n';
    }
    for (std::size_t number = 1; number <= row.check->earlier.size(); ++number) {
        const CheckResult& earlier = row.check->earlier[number - 1];
        text += printable(earlier_attempt_text(earlier, number)) + '\n';
        for (const std::string& line : evidence_lines(earlier)) {
            text += "  " + line + '\n';
        }
    }
    return printable(text, Lines::many, max_output);
}

void write_verdict(pugi::xml_node& testcase, const RunRecord& run, const Row& row, bool told) {
    const CheckResult& result = *row.result;
    const std::string message = printable(
        skipped_as_known(row)
            ? fmt::format("known {}, {}: {}", to_string(result.outcome), acceptance_text(*row.check), result.sentence)
        : result.outcome == Outcome::skipped ? fmt::format("{}: {}", words_of(result.skip), result.sentence)
                                             : result.sentence,
        Lines::one, max_message);
    const char* element = nullptr;
    switch (skipped_as_known(row) || told ? Outcome::skipped : result.outcome) {
        case Outcome::pass:
        case Outcome::warning: return;
        case Outcome::skipped: {
            pugi::xml_node skipped = testcase.append_child("skipped");
            attribute(skipped, "message", message);
            return;
        }
        case Outcome::fail: element = "failure"; break;
        case Outcome::inconclusive:
        case Outcome::error: element = "error"; break;
    }
    pugi::xml_node node = testcase.append_child(element);
    attribute(node, "message", message);
    attribute(node, "type", std::string(to_string(result.outcome)));
    std::string text = printable(result.sentence);
    if (!result.remedy.empty()) {
        text += "\nremedy: " + printable(result.remedy);
    }
    for (const std::string& line : repeat_lines(run, row)) {
        text += "\nrepeat: " + printable(line, Lines::one, longest_repeat_line);
    }
    if (!row.check->beyond_known.empty()) {
        text += "\nnot accepted: " + printable(row.check->beyond_known);
    }
    for (const std::string& id : row.check->requirements) {
        text += '\n' + requirement_line(run, id, row.check->target);
    }
    node.text().set(printable(text, Lines::many, max_output).c_str());
}

/// An attempt that did not succeed and does not count any more: flaky where the latest passed, rerun where it did not.
void write_earlier_attempts(pugi::xml_node& testcase, const Row& row) {
    const Outcome latest = row.result->outcome;
    const bool passed = latest == Outcome::pass || latest == Outcome::warning;
    if (skipped_as_known(row) || latest == Outcome::skipped) {
        return;
    }
    for (std::size_t number = 1; number <= row.check->earlier.size(); ++number) {
        const CheckResult& earlier = row.check->earlier[number - 1];
        const bool failed = earlier.outcome == Outcome::fail;
        if (!failed && earlier.outcome != Outcome::inconclusive && earlier.outcome != Outcome::error) {
            continue;
        }
        pugi::xml_node node = testcase.append_child(passed ? (failed ? "flakyFailure" : "flakyError")
                                                           : (failed ? "rerunFailure" : "rerunError"));
        attribute(node, "message", printable(earlier_attempt_text(earlier, number), Lines::one, max_message));
        attribute(node, "type", std::string(to_string(earlier.outcome)));
    }
}

/// The checks of one profile and one suite, in the order of the plan.
struct Group {
    std::string target;
    std::string suite;
    std::vector<const Row*> rows = {};
    std::vector<const LeftOutCheck*> left_out = {};
};

void write_properties(pugi::xml_node& suite, const RunRecord& run, const Group& group, const RequirementParts& parts) {
    const std::string& target_name = group.target;
    pugi::xml_node properties = suite.append_child("properties");
    const auto property = [&](const std::string& name, const std::string& value) {
        pugi::xml_node node = properties.append_child("property");
        attribute(node, "name", printable(name, Lines::one, max_message));
        attribute(node, "value", printable(value));
    };
    property("gateproof.version", run.tool_version);
    if (!run.catalogue.version.empty()) {
        property("gateproof.catalogue", catalogue_text(run));
    }
    property("gateproof.seed", std::to_string(run.seed));
    if (run.timeout_scale != 1) {
        property("gateproof.timeout_scale", fmt::format("{:g}", run.timeout_scale));
    }
    property("gateproof.run", std::string(to_string(run.end_reason)));
    if (!run.stamp.empty()) {
        property("gateproof.stamp", run.stamp);
    }
    if (run.shard.count > 1) {
        property("gateproof.shard", fmt::format("{} of {}", run.shard.index, run.shard.count));
    }
    for (const Rerun& rerun : run.reruns) {
        property("gateproof.rerun", rerun_text(rerun));
    }
    for (const std::string& check : run.load_elsewhere) {
        property("gateproof.load_elsewhere", check);
    }
    if (const std::string part = part_text(run); !part.empty()) {
        property("gateproof.part_of", part);
    }
    for (const LeftOutGroup& left_out : left_out_groups(run)) {
        property("gateproof.not_selected", left_out_line(left_out, 0));
    }
    if (const auto found = parts.find(target_name); found != parts.end()) {
        for (const auto& [requirement, part] : found->second) {
            property("gateproof.requirement." + requirement, part);
        }
    }
    for (const Attestation& said : run.attestations) {
        if (said.target.empty() || said.target == target_name) {
            property("gateproof.said_not_seen", subject_text(said) + ": " + said_text(said));
        }
    }
    if (const std::string list = known_list_text(run); !list.empty()) {
        property("gateproof.known", list);
    }
    for (const Row* row : group.rows) {
        if (const std::string digest = short_digest_of(*row->result); !digest.empty()) {
            property("gateproof.found." + row->check->full_id(), digest);
        }
    }
    property("profile", target_name);
    const auto target = std::ranges::find(run.targets, target_name, &TargetRecord::name);
    if (target != run.targets.end()) {
        property("title", target->title);
        property("environment", target->environment);
        property("channel", target->channel);
        property("url", target->url);
        property("profile_file", target->profile_file);
        for (const Detail& detail : details_of(*target)) {
            std::string name = lower_case(detail.name);
            std::ranges::replace(name, ' ', '_');
            property("gateproof." + name, detail.value);
        }
        if (target->clock) {
            property("gateproof.clock", target->clock->sentence);
        }
    }
}

std::vector<Group> groups_of(const Tally& tally) {
    std::vector<Group> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> index;
    const auto group_of = [&](const std::string& target, const std::string& suite) -> Group& {
        const auto [place, fresh] = index.try_emplace({target, suite}, groups.size());
        if (fresh) {
            groups.push_back({target, suite});
        }
        return groups[place->second];
    };
    for (const Row& row : tally.rows()) {
        group_of(row.check->target, row.check->suite).rows.push_back(&row);
    }
    for (const LeftOutCheck& check : tally.run().left_out) {
        for (const std::string& target : check.targets) {
            group_of(target, check.suite).left_out.push_back(&check);
        }
    }
    return groups;
}

/// The dialect has no state of its own for it: it is skipped, and the message says that it was not selected.
void write_left_out(pugi::xml_node& suite, const RunRecord& run, const LeftOutCheck& check,
                    const std::string& class_name) {
    pugi::xml_node testcase = suite.append_child("testcase");
    attribute(testcase, "name", printable(check.full_id() + ' ' + check.title, Lines::one, max_message));
    attribute(testcase, "classname", class_name);
    attribute(testcase, "time", seconds_text(std::chrono::milliseconds(0)));
    pugi::xml_node skipped = testcase.append_child("skipped");
    attribute(skipped, "message", printable(check.sentence(), Lines::one, max_message));
    std::string text;
    for (const std::string& id : check.requirements) {
        text += requirement_line(run, id, {}) + '\n';
    }
    text += printable(check.sentence()) + '\n';
    testcase.append_child("system-out").text().set(printable(text, Lines::many, max_output).c_str());
}

void write_group(pugi::xml_node& suite, const RunRecord& run, const Group& group, const RequirementParts& parts,
                 const std::set<const CheckRecord*>& told) {
    Counts counts;
    Span span;
    std::size_t told_here = 0;
    std::chrono::milliseconds sum{0};
    for (const Row* row : group.rows) {
        counts.add(*row);
        told_here += told.contains(row->check) && !row->known() ? 1 : 0;
        if (row->check->result) {
            span.add(*row->result);
            sum += row->result->duration;
        }
    }
    counts.add_left_out(group.left_out.size());
    const std::string class_name = fmt::format("gateproof.{}.{}", printable(group.target, Lines::one, 256),
                                               printable(group.suite, Lines::one, 256));
    attribute(suite, "name", class_name);
    write_counts(suite, counts, told_here);
    attribute(suite, "skipped", std::to_string(skipped_of(counts) + told_here));
    // What was judged again was judged at another time of the day.
    attribute(suite, "time", seconds_text(run.reruns.empty() ? span.length() : std::min(sum, span.length())));
    attribute(suite, "timestamp", timestamp(span.begun().value_or(run.started)));
    attribute(suite, "hostname", run.hostname.empty() ? "localhost" : printable(run.hostname, Lines::one, 256));
    write_properties(suite, run, group, parts);
    for (const Row* of_group : group.rows) {
        const Row& row = *of_group;
        pugi::xml_node testcase = suite.append_child("testcase");
        attribute(testcase, "name", printable(row.check->full_id() + ' ' + row.check->title, Lines::one, max_message));
        attribute(testcase, "classname", class_name);
        attribute(testcase, "time", seconds_text(row.result->duration));
        write_verdict(testcase, run, row, told.contains(row.check));
        write_earlier_attempts(testcase, row);
        testcase.append_child("system-out").text().set(output_of(run, row).c_str());
    }
    for (const LeftOutCheck* check : group.left_out) {
        write_left_out(suite, run, *check, class_name);
    }
}

/// Characters beyond ASCII as references: some readers guess a file's encoding whatever it declares, and guess wrong.
std::string in_ascii(std::string_view utf8) {
    std::string ascii;
    ascii.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        if (length == 1) {
            ascii.push_back(utf8[at]);
        } else {
            unsigned value = lead & (0x7fU >> length);
            for (std::size_t i = 1; i < length && at + i < utf8.size(); ++i) {
                value = (value << 6U) | (static_cast<unsigned char>(utf8[at + i]) & 0x3fU);
            }
            ascii += fmt::format("&#x{:x};", value);
        }
        at += length;
    }
    return ascii;
}

std::string text_of(const pugi::xml_node& node, unsigned depth) {
    std::ostringstream text;
    node.print(text, "  ", pugi::format_default, pugi::encoding_utf8, depth);
    return in_ascii(text.str());
}

/// The start tag of the root, with what is known of the whole.
std::string head_of(const RunRecord& run, const Tally& tally, const std::set<const CheckRecord*>& told) {
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("testsuites");
    attribute(root, "name", "gateproof");
    const auto known =
        std::ranges::count_if(told, [](const CheckRecord* check) { return check->accepted.has_value(); });
    // Without skipped: testsuites has no such attribute.
    write_counts(root, tally.counts(), told.size() - static_cast<std::size_t>(known));
    attribute(root, "time", seconds_text(length_of(run)));
    std::string tag = text_of(root, 0);
    return tag.substr(0, tag.rfind("/>")) + ">\n";
}

}  // namespace

void write_junit(const RunRecord& run, const Sink& out) {
    const Tally tally(run);
    out("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    const std::set<const CheckRecord*> told = told_by_another(run);
    out(head_of(run, tally, told));
    const RequirementParts parts = requirement_parts(run, 20);
    for (const Group& group : groups_of(tally)) {
        pugi::xml_document document;
        pugi::xml_node suite = document.append_child("testsuite");
        write_group(suite, run, group, parts, told);
        out(text_of(suite, 1));
    }
    out("</testsuites>\n");
}

std::string junit_report(const RunRecord& run) {
    std::string text;
    write_junit(run, [&text](std::string_view piece) { text += piece; });
    return text;
}

}  // namespace gateproof::reports
