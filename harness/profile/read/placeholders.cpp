// Values for the placeholders of an operation, for permission cases and for machines.
#include <fmt/format.h>

#include <algorithm>

#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

/// Values stand in paths, JSON and XML alike, so they hold nothing that any of them would have to escape.
bool is_plain(std::string_view text) {
    constexpr std::string_view marks = "-._~@";
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [marks](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    });
}

bool is_placeholder_name(std::string_view name) {
    return placeholders_in(fmt::format("{{{}}}", name)) == std::vector<std::string>{std::string(name)};
}

}  // namespace

Placeholders read_placeholders(const JsonField& field, References& references) {
    Placeholders values;
    if (!field) {
        return values;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object of placeholder names and values");
    for (const JsonField& member : reader.members()) {
        const std::string& name = member.node->key;
        if (!is_placeholder_name(name)) {
            problems.error(
                Rank::value, member.node->key_at, member.pointer,
                fmt::format("{} is no placeholder name; expected lower-case letters, digits and '_', a letter "
                            "first, as in {{ird}}",
                            in_quotes(name)));
        }
        std::string& value = values[name];
        const std::optional<ResolvedText> text = references.literal_or_follow(member, "a value");
        if (!text) {
            continue;
        }
        value = text->source.empty() ? text->text : without_line_end(text->text);
        if (!text->source.empty()) {
            references.keep_secret(value);  // kept elsewhere because it is nobody's business
        }
        if (!is_plain(value)) {
            problems.error(
                Rank::value, member,
                fmt::format("expected letters, digits and any of - . _ ~ @, at most 128{}",
                            text->source.empty() ? fmt::format(", found {}", in_quotes(value))
                                                 : fmt::format("; found something else behind {}", text->source)));
        }
    }
    reader.finish();
    return values;
}

std::string read_known_operation(const JsonField& field, Problems& problems,
                                 const std::map<std::string, Operation>& known) {
    std::optional<std::string> name = read_text(field, problems, "the name of an operation");
    if (!name || known.empty() || known.contains(*name)) {
        return name.value_or("");
    }
    report_unknown_operation(field, *name, problems, known);
    return {};
}

void match_placeholders(const JsonField& field, const Placeholders& values, const Operation& operation,
                        Problems& problems) {
    std::vector<std::string> asked = placeholders_in(operation.path);
    for (const std::string& name : placeholders_in(operation.body)) {
        if (std::ranges::find(asked, name) == asked.end()) {
            asked.push_back(name);
        }
    }
    for (const std::string& name : asked) {
        if (!values.contains(name)) {
            problems.error(Rank::value, field,
                           fmt::format("the operation {} asks for {{{}}}, which \"with\" does not give",
                                       in_quotes(operation.name), name));
        }
    }
    for (const auto& [name, value] : values) {
        if (std::ranges::find(asked, name) == asked.end()) {
            problems.error(Rank::value, field,
                           fmt::format("\"with\" gives {{{}}}, which the operation {} has no place for", name,
                                       in_quotes(operation.name)));
        }
    }
}

}  // namespace gateproof
