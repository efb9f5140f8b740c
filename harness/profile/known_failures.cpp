#include "harness/profile/known_failures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/json/problems.hpp"
#include "harness/json/read_file.hpp"
#include "harness/json/reader.hpp"
#include "harness/json/tree.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

void read_outcomes(const JsonField& field, Problems& problems, KnownFailure& entry) {
    if (!field) {
        return;
    }
    entry.outcomes.clear();
    for (const JsonField& item : read_list(field, problems,
                                           "a list of at least one of fail, warning, inconclusive, "
                                           "error and skipped")) {
        const auto word = read_choice(item, problems, {"fail", "warning", "inconclusive", "error", "skipped"});
        if (const auto outcome = word ? outcome_from(*word) : std::nullopt) {
            entry.outcomes.insert(*outcome);
        }
    }
}

KnownFailure read_entry(const JsonField& field, Problems& problems) {
    KnownFailure entry;
    ObjectReader reader(field, problems, "an accepted failure: an object with check, reason and expires");
    const JsonField check = reader.required("check", "a glob over check ids such as tls.refuses-1.1");
    const JsonField target = reader.optional("target");
    const JsonField reason = reader.required("reason", "why it is accepted, for whoever reads the report");
    const JsonField expires = reader.required("expires", "the last day on which it is accepted, such as 2026-12-31");
    const JsonField outcomes = reader.optional("outcomes");
    reader.finish();
    entry.check = read_filled_text(check, problems, "a glob over check ids such as tls.refuses-1.1");
    if (target) {
        entry.target = read_filled_text(target, problems, "a glob over profile names");
    }
    entry.reason = read_filled_text(reason, problems, "a reason");
    entry.expires = read_day(expires, problems).value_or(std::chrono::sys_days{});
    read_outcomes(outcomes, problems, entry);
    return entry;
}

std::vector<KnownFailure> read_entries(const JsonNode& root, Problems& problems, const LineIndex& lines,
                                       const std::string& name) {
    std::vector<KnownFailure> entries;
    ObjectReader reader({&root, ""}, problems, "an object with known_failures");
    const JsonField schema = reader.optional("$schema");
    const JsonField list = reader.required("known_failures", "a list of accepted failures");
    reader.finish();
    read_text(schema, problems, "the address of the schema");
    if (list && list.node->kind == JsonNode::Kind::array && list.node->children.empty()) {
        return entries;  // the day when everything is repaired
    }
    for (const JsonField& item : read_list(list, problems, "a list of accepted failures")) {
        entries.push_back(read_entry(item, problems));
        entries.back().place = fmt::format("{}:{}", name, lines.position(item.node->at).line);
    }
    return entries;
}

}  // namespace

LoadedKnownFailures load_known_failures_text(std::string_view text, const std::string& name) {
    LoadedKnownFailures loaded;
    const LineIndex lines(text);
    Problems problems(name, lines);
    const JsonTree tree = parse_json_tree(text);
    for (const JsonFault& fault : tree.faults) {
        problems.error(Rank::syntax, fault.offset, fault.pointer, fault.message);
    }
    if (tree.root) {
        loaded.entries = read_entries(*tree.root, problems, lines, name);
    }
    if (problems.any()) {
        loaded.entries.clear();
    }
    loaded.problems = problems.errors();
    return loaded;
}

LoadedKnownFailures load_known_failures(const std::filesystem::path& file) {
    const FileText read = read_bounded_file(file, "list of accepted failures");
    if (!read.problem.empty()) {
        LoadedKnownFailures failed;
        failed.problems.push_back({file.string(), 0, 0, "", read.problem});
        return failed;
    }
    return load_known_failures_text(read.text, file.string());
}

}  // namespace gateproof
