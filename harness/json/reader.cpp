#include "harness/json/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/json/near_match.hpp"
#include "harness/text/day.hpp"

namespace gateproof {

using Rank = Problems::Rank;

namespace {}  // namespace

ObjectReader::ObjectReader(const JsonField& field, Problems& problems, std::string_view expected)
    : field_(field), problems_(problems) {
    usable_ = field && field.node->kind == JsonNode::Kind::object;
    if (field && !usable_ && !is_placeholder(*field.node)) {
        problems_.error(Rank::value, field_,
                        fmt::format("expected {}, found {}", expected, field.node->describe_kind()));
    }
}

JsonField ObjectReader::optional(std::string_view key) {
    known_.emplace_back(key);
    if (!usable_) {
        return {};
    }
    for (const JsonNode& member : field_.node->children) {
        if (member.key == key) {
            return {&member, pointer_join(field_.pointer, key)};
        }
    }
    return {};
}

JsonField ObjectReader::required(std::string_view key, std::string_view purpose) {
    JsonField found = optional(key);
    if (!found) {
        missing_.push_back({std::string(key), std::string(purpose)});
    }
    return found;
}

std::vector<JsonField> ObjectReader::members() {
    std::vector<JsonField> out;
    if (usable_) {
        for (const JsonNode& member : field_.node->children) {
            known_.push_back(member.key);
            out.push_back({&member, pointer_join(field_.pointer, member.key)});
        }
    }
    return out;
}

void ObjectReader::finish() {
    if (!usable_) {
        return;
    }
    for (const JsonNode& member : field_.node->children) {
        if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) {
            continue;
        }
        // What is already given cannot be what was meant.
        std::vector<std::string> absent;
        std::copy_if(known_.begin(), known_.end(), std::back_inserter(absent), [&](const std::string& key) {
            return std::none_of(field_.node->children.begin(), field_.node->children.end(),
                                [&](const JsonNode& given) { return given.key == key; });
        });
        const std::string near = near_match(member.key, absent);
        missing_.erase(std::remove_if(missing_.begin(), missing_.end(),
                                      [&](const Missing& missing) { return missing.key == near; }),
                       missing_.end());
        problems_.error(Rank::key, member.key_at, pointer_join(field_.pointer, member.key),
                        fmt::format("unknown key {}{}", in_quotes(member.key), suggestion(member.key, absent)));
    }
    for (const Missing& missing : missing_) {
        problems_.error(Rank::value, field_,
                        fmt::format("the key \"{}\" is missing; expected {}", missing.key, missing.purpose));
    }
}

bool is_placeholder(const JsonNode& node) {
    constexpr std::string_view mark = "FILL IN";
    return node.kind == JsonNode::Kind::string && node.text.compare(0, mark.size(), mark) == 0;
}

std::optional<std::string> read_text(const JsonField& field, Problems& problems, std::string_view expected) {
    if (!field || is_placeholder(*field.node)) {
        return std::nullopt;
    }
    if (field.node->kind != JsonNode::Kind::string) {
        problems.error(Rank::value, field,
                       fmt::format("expected {} in double quotes, found {}", expected, field.node->describe_kind()));
        return std::nullopt;
    }
    return field.node->text;
}

std::string read_filled_text(const JsonField& field, Problems& problems, std::string_view expected) {
    if (field && is_placeholder(*field.node)) {
        problems.error(
            Rank::value, field,
            fmt::format("expected {}, found the placeholder {}: write down what holds, so that whoever reads "
                        "the report knows it",
                        expected, in_quotes(field.node->text)));
        return {};
    }
    std::string text = read_text(field, problems, expected).value_or("");
    if (field && text.find_first_not_of(" \t\r\n") == std::string::npos && field.node->kind == JsonNode::Kind::string) {
        problems.error(Rank::value, field, fmt::format("expected {}, found an empty text", expected));
    }
    return text;
}

std::optional<std::chrono::sys_days> read_day(const JsonField& field, Problems& problems) {
    const std::optional<std::string> text = read_text(field, problems, "a day such as 2026-12-31");
    if (!text) {
        return std::nullopt;
    }
    const std::optional<std::chrono::sys_days> day = day_from(*text);
    if (!day) {
        problems.error(Rank::value, field,
                       fmt::format("expected a day such as 2026-12-31, found {}", in_quotes(*text)));
    }
    return day;
}

std::optional<bool> read_bool(const JsonField& field, Problems& problems) {
    if (!field || is_placeholder(*field.node)) {
        return std::nullopt;
    }
    if (field.node->kind != JsonNode::Kind::boolean) {
        problems.error(Rank::value, field, fmt::format("expected true or false, found {}", field.node->describe()));
        return std::nullopt;
    }
    return field.node->boolean;
}

std::optional<std::int64_t> read_integer(const JsonField& field, Problems& problems, std::int64_t least,
                                         std::int64_t most) {
    if (!field || is_placeholder(*field.node)) {
        return std::nullopt;
    }
    const JsonNode& node = *field.node;
    if (node.kind != JsonNode::Kind::integer || node.integer < least || node.integer > most) {
        const bool text = node.kind == JsonNode::Kind::string;
        problems.error(Rank::value, field,
                       fmt::format("expected a whole number from {} to {}, found {}{}", least, most, node.describe(),
                                   text ? "; write the number without quotes" : ""));
        return std::nullopt;
    }
    return node.integer;
}

std::optional<double> read_number(const JsonField& field, Problems& problems, double least, double most) {
    if (!field || is_placeholder(*field.node)) {
        return std::nullopt;
    }
    const JsonNode& node = *field.node;
    const bool numeric = node.kind == JsonNode::Kind::integer || node.kind == JsonNode::Kind::number;
    if (!numeric || node.number < least || node.number > most) {
        problems.error(Rank::value, field,
                       fmt::format("expected a number from {} to {}, found {}", least, most, node.describe()));
        return std::nullopt;
    }
    return node.number;
}

std::optional<std::string> read_choice(const JsonField& field, Problems& problems,
                                       const std::vector<std::string>& words) {
    std::optional<std::string> text = read_text(field, problems, "a word");
    if (text && std::find(words.begin(), words.end(), *text) == words.end()) {
        problems.error(Rank::value, field,
                       fmt::format("unknown word {}{}", in_quotes(*text), suggestion(*text, words)));
        return std::nullopt;
    }
    return text;
}

std::vector<JsonField> read_list(const JsonField& field, Problems& problems, std::string_view expected) {
    std::vector<JsonField> out;
    if (!field || is_placeholder(*field.node)) {
        return out;
    }
    const JsonNode& list = *field.node;
    if (list.kind != JsonNode::Kind::array || list.children.empty()) {
        problems.error(Rank::value, field, fmt::format("expected {}, found {}", expected, list.describe()));
        return out;
    }
    constexpr std::size_t most = 1000;
    if (list.children.size() > most) {
        problems.error(Rank::value, field, fmt::format("this list has more than {} items", most));
        return out;
    }
    for (std::size_t i = 0; i < list.children.size(); ++i) {
        const JsonNode& item = list.children[i];
        JsonField place{&item, pointer_join(field.pointer, std::to_string(i))};
        const bool repeated = std::any_of(out.begin(), out.end(), [&](const JsonField& earlier) {
            return earlier.node->kind == item.kind && earlier.node->text == item.text &&
                   earlier.node->integer == item.integer && item.children.empty() &&
                   item.kind != JsonNode::Kind::number;
        });
        if (repeated) {
            problems.error(Rank::value, place, fmt::format("{} is listed twice; keep one", item.describe()));
            continue;
        }
        out.push_back(std::move(place));
    }
    return out;
}

}  // namespace gateproof
