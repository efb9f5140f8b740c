#include "harness/profile/known_failures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/json/problems.hpp"
#include "harness/json/read_file.hpp"
#include "harness/json/reader.hpp"
#include "harness/json/tree.hpp"
#include "harness/text/sha256.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

bool is_digest(std::string_view text) {
    constexpr std::string_view mark = "sha256:";
    const std::string_view hex = text.substr(std::min(mark.size(), text.size()));
    return text.starts_with(mark) && hex.size() >= 12 && hex.size() <= 64 &&
           hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A list of facts, or the digest that stands for them.
void read_found(const JsonField& field, Problems& problems, KnownFailure& entry) {
    constexpr std::string_view expected =
        "a list of what was found, or the digest of it (sha256: and 12 to 64 hex digits), as reports show them";
    if (!field) {
        return;
    }
    if (field.node->kind != JsonNode::Kind::string) {
        for (const JsonField& item : read_list(field, problems, expected)) {
            entry.found.push_back(read_filled_text(item, problems, "a fact that was found, as reports show it"));
        }
        return;
    }
    entry.digest = read_filled_text(field, problems, expected);
    if (!entry.digest.empty() && !is_digest(entry.digest)) {
        problems.error(Rank::value, field, fmt::format("expected {}, found {}", expected, in_quotes(entry.digest)));
    }
}

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
    const JsonField found = reader.optional("found");
    reader.finish();
    entry.check = read_filled_text(check, problems, "a glob over check ids such as tls.refuses-1.1");
    if (target) {
        entry.target = read_filled_text(target, problems, "a glob over profile names");
    }
    entry.reason = read_filled_text(reason, problems, "a reason");
    if (const std::string text = read_filled_text(expires, problems, "a day such as 2026-12-31"); !text.empty()) {
        entry.expires = read_day(expires, problems).value_or(std::chrono::sys_days{});
    }
    read_outcomes(outcomes, problems, entry);
    read_found(found, problems, entry);
    return entry;
}

ExpectedSkip read_skip(const JsonField& field, Problems& problems) {
    ExpectedSkip entry;
    ObjectReader reader(field, problems, "an expected skip: an object with check and reason");
    const JsonField check = reader.required("check", "a glob over check ids such as oauth.*");
    const JsonField target = reader.optional("target");
    const JsonField reason = reader.required("reason", "why it is not tried, for whoever reads the report");
    reader.finish();
    entry.check = read_filled_text(check, problems, "a glob over check ids such as oauth.*");
    if (target) {
        entry.target = read_filled_text(target, problems, "a glob over profile names");
    }
    entry.reason = read_filled_text(reason, problems, "a reason");
    return entry;
}

/// An empty list is the day when everything is repaired, or tried.
std::vector<JsonField> items_of(const JsonField& list, Problems& problems, std::string_view expected) {
    const bool none = !list || (list.node->kind == JsonNode::Kind::array && list.node->children.empty());
    return none ? std::vector<JsonField>() : read_list(list, problems, expected);
}

void read_lists(const JsonNode& root, Problems& problems, const LineIndex& lines, KnownList& known) {
    ObjectReader reader({&root, ""}, problems, "an object with known_failures");
    const JsonField schema = reader.optional("$schema");
    const JsonField failures = reader.required("known_failures", "a list of accepted failures");
    const JsonField skips = reader.optional("expected_skips");
    reader.finish();
    read_text(schema, problems, "the address of the schema");
    const auto place = [&](const JsonField& item) {
        return fmt::format("{}:{}", known.name, lines.position(item.node->at).line);
    };
    for (const JsonField& item : items_of(failures, problems, "a list of accepted failures")) {
        known.failures.push_back(read_entry(item, problems));
        known.failures.back().place = place(item);
    }
    for (const JsonField& item : items_of(skips, problems, "a list of expected skips")) {
        known.skips.push_back(read_skip(item, problems));
        known.skips.back().place = place(item);
    }
}

}  // namespace

LoadedKnownFailures load_known_failures_text(std::string_view text, const std::string& name) {
    LoadedKnownFailures loaded;
    const LineIndex lines(text);
    Problems problems(name, lines);
    const JsonTree tree = parse_json_tree(text, problems);
    if (tree.root) {
        loaded.list.name = std::filesystem::path(name).filename().string();
        loaded.list.sha256 = sha256_of(text);
        read_lists(*tree.root, problems, lines, loaded.list);
    }
    if (problems.any()) {
        loaded.list = {};
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
