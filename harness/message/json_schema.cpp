#include "harness/message/json_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "harness/message/json_keywords.hpp"
#include "harness/message/json_reference.hpp"

namespace gateproof {
namespace {

using nlohmann::json;
using Result = SchemaFinding::Result;

/// Schemas and parts of a value that are looked at for one message.
constexpr int most_steps = 200'000;
constexpr std::size_t longest_told_name = 60;

/// Say nothing of a value. A discriminator only tells which of several schemas is meant: all of them are tried.
constexpr std::array<std::string_view, 14> annotations{
    "title",     "description", "default",      "example",       "examples",         "deprecated",       "readOnly",
    "writeOnly", "xml",         "externalDocs", "discriminator", "exclusiveMinimum", "exclusiveMaximum", "required"};

void note_all(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const std::string& one : more) {
        note(all, one);
    }
}

/// Both have to hold: what breaks one breaks the whole, whatever is unknown beside it.
void add(SchemaFinding& whole, const SchemaFinding& part) {
    if (part.breaks() || whole.fits()) {
        whole.result = part.fits() ? whole.result : part.result;
    }
    note_all(whole.problems, part.problems);
    note_all(whole.open, part.open);
}

SchemaFinding unknown(std::string what) {
    return {Result::unknown, {}, {std::move(what)}};
}

std::string member_of(const std::string& at, std::string_view name) {
    std::string step;
    for (const char c : name.substr(0, longest_told_name)) {
        step += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    }
    return at + "/" + step;
}

SchemaFinding broken(const std::string& at, std::string_view what) {
    return {Result::breaks, {fmt::format("{}: {}", at.empty() ? std::string("the whole") : at, what)}, {}};
}

bool is_true(const json& schema, const char* name) {
    const auto found = schema.find(name);
    return found != schema.end() && found->is_boolean() && found->get<bool>();
}

class Judge {
public:
    Judge(const json& document, MessageKind kind) : document_(document), kind_(kind) {}

    SchemaFinding schema(const json& schema, const json& value, const std::string& at, int depth);

private:
    SchemaFinding keyword(const std::string& name, const json& schema, const json& value, const std::string& at,
                          int depth);
    SchemaFinding properties(const json& schema, const json& value, const std::string& at, int depth);
    SchemaFinding additional(const json& schema, const json& value, const std::string& at, int depth);
    SchemaFinding required(const json& schema, const json& value, const std::string& at) const;
    SchemaFinding items(const json& rule, const json& value, const std::string& at, int depth);
    SchemaFinding all_of(const json& rule, const json& value, const std::string& at, int depth);
    SchemaFinding some_of(const std::string& name, const json& schema, const json& value, const std::string& at,
                          int depth);
    SchemaFinding not_this(const json& rule, const json& value, const std::string& at, int depth);
    /// A member that this kind of message need not have, though it is required.
    [[nodiscard]] bool is_of_other_kind(const json& schema, const std::string& name) const;

    const json& document_;
    MessageKind kind_;
    int steps_ = 0;
};

SchemaFinding Judge::schema(const json& schema, const json& value, const std::string& at, int depth) {
    if (++steps_ > most_steps || depth > deepest_judged_value) {
        return unknown("what lies deeper, or is more, than is looked at");
    }
    if (!schema.is_object()) {
        return unknown("a schema that is no object");
    }
    if (schema.contains("$ref")) {  // whatever stands beside it is left alone (3.0.3 4.7.23)
        const json* const target = follow_reference(document_, schema);
        return target == nullptr ? unknown("a $ref that leads to nothing in this document")
                                 : this->schema(*target, value, at, depth + 1);
    }
    SchemaFinding whole;
    for (const auto& [name, rule] : schema.items()) {
        add(whole, keyword(name, schema, value, at, depth));
    }
    add(whole, required(schema, value, at));
    // 3.0.3 lets null pass by `type` alone, and most tools let it pass here too.
    const bool nullable = is_true(schema, "nullable") || is_true(schema, "x-nullable");
    return value.is_null() && nullable && whole.breaks() ? unknown("null beside nullable and other keywords") : whole;
}

SchemaFinding Judge::keyword(const std::string& name, const json& schema, const json& value, const std::string& at,
                             int depth) {
    const json& rule = schema.at(name);
    if (is_plain_keyword(name)) {
        const KeywordFinding found = judge_keyword(name, schema, rule, value);
        return !found.open.empty()     ? unknown(found.open)
               : found.problem.empty() ? SchemaFinding{}
                                       : broken(at, found.problem);
    }
    if (name == "properties") {
        return properties(schema, value, at, depth);
    }
    if (name == "additionalProperties") {
        return additional(schema, value, at, depth);
    }
    if (name == "items") {
        return items(rule, value, at, depth);
    }
    if (name == "allOf") {
        return all_of(rule, value, at, depth);
    }
    if (name == "anyOf" || name == "oneOf") {
        return some_of(name, schema, value, at, depth);
    }
    if (name == "not") {
        return not_this(rule, value, at, depth);
    }
    const bool exclusive = name == "exclusiveMinimum" || name == "exclusiveMaximum";
    if (name.starts_with("x-") ||
        (std::ranges::find(annotations, name) != annotations.end() && (!exclusive || rule.is_boolean()))) {
        return {};
    }
    return unknown(fmt::format("the keyword {}", name.substr(0, longest_told_name)));
}

SchemaFinding Judge::properties(const json& schema, const json& value, const std::string& at, int depth) {
    const json& rules = schema.at("properties");
    if (!rules.is_object()) {
        return unknown("the keyword properties, whose value is not as OpenAPI has it");
    }
    SchemaFinding whole;
    for (const auto& [name, rule] : rules.items()) {
        if (const auto member = value.is_object() ? value.find(name) : value.end(); member != value.end()) {
            add(whole, this->schema(rule, *member, member_of(at, name), depth + 1));
        }
    }
    return whole;
}

SchemaFinding Judge::additional(const json& schema, const json& value, const std::string& at, int depth) {
    const json& rule = schema.at("additionalProperties");
    if (!value.is_object() || rule == true) {
        return {};
    }
    const auto known = schema.find("properties");
    SchemaFinding whole;
    for (const auto& [name, member] : value.items()) {
        if (known != schema.end() && known->is_object() && known->contains(name)) {
            continue;
        }
        if (schema.contains("patternProperties")) {
            return unknown("the keyword additionalProperties beside patternProperties");
        }
        add(whole, rule == false ? broken(member_of(at, name), "a member that the schema does not have")
                                 : this->schema(rule, member, member_of(at, name), depth + 1));
    }
    return whole;
}

bool Judge::is_of_other_kind(const json& schema, const std::string& name) const {
    const auto known = schema.find("properties");
    if (known == schema.end() || !known->is_object() || !known->contains(name)) {
        return false;
    }
    const json* rule = &known->at(name);
    rule = rule->is_object() && rule->contains("$ref") ? follow_reference(document_, *rule) : rule;
    return rule != nullptr && rule->is_object() &&
           is_true(*rule, kind_ == MessageKind::answer ? "writeOnly" : "readOnly");
}

SchemaFinding Judge::required(const json& schema, const json& value, const std::string& at) const {
    const auto rule = schema.find("required");
    if (rule == schema.end()) {
        return {};
    }
    if (!rule->is_array()) {
        return unknown("the keyword required, whose value is not as OpenAPI has it");
    }
    SchemaFinding whole;
    for (const json& one : *rule) {
        if (!one.is_string()) {
            add(whole, unknown("the keyword required, whose value is not as OpenAPI has it"));
        } else if (value.is_object() && !value.contains(one.get_ref<const std::string&>()) &&
                   !is_of_other_kind(schema, one)) {
            add(whole, broken(member_of(at, one.get_ref<const std::string&>()), "missing, and required"));
        }
    }
    return whole;
}

SchemaFinding Judge::items(const json& rule, const json& value, const std::string& at, int depth) {
    if (!rule.is_object()) {
        return unknown("the keyword items, whose value is not as OpenAPI has it");
    }
    SchemaFinding whole;
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        add(whole, schema(rule, value[i], member_of(at, std::to_string(i)), depth + 1));
    }
    return whole;
}

SchemaFinding Judge::all_of(const json& rule, const json& value, const std::string& at, int depth) {
    if (!rule.is_array()) {
        return unknown("the keyword allOf, whose value is not as OpenAPI has it");
    }
    SchemaFinding whole;
    for (const json& one : rule) {
        add(whole, schema(one, value, at, depth + 1));
    }
    return whole;
}

SchemaFinding Judge::some_of(const std::string& name, const json& schema, const json& value, const std::string& at,
                             int depth) {
    const json& rule = schema.at(name);
    if (!rule.is_array()) {
        return unknown(fmt::format("the keyword {}, whose value is not as OpenAPI has it", name));
    }
    std::size_t fitting = 0;
    std::size_t open = 0;
    SchemaFinding unclear{Result::unknown, {}, {}};
    for (const json& one : rule) {
        const SchemaFinding found = this->schema(one, value, at, depth + 1);
        fitting += found.fits() ? 1U : 0U;
        if (found.result == Result::unknown) {
            ++open;
            note_all(unclear.open, found.open);
        }
    }
    const bool any = name == "anyOf";
    if (any && fitting > 0) {
        return {};
    }
    if (!any && fitting > 1) {
        // Whoever reads by the discriminator looks at one of them alone.
        return schema.contains("discriminator") ? unknown("several schemas of oneOf that fit, beside a discriminator")
                                                : broken(at, fmt::format("fits {} schemas of oneOf", fitting));
    }
    if (open > 0) {
        return unclear;
    }
    return fitting == 1 ? SchemaFinding{} : broken(at, fmt::format("fits no schema of {}", name));
}

SchemaFinding Judge::not_this(const json& rule, const json& value, const std::string& at, int depth) {
    const SchemaFinding found = schema(rule, value, at, depth + 1);
    return found.fits() ? broken(at, "fits the schema of not") : found.breaks() ? SchemaFinding{} : found;
}

}  // namespace

bool is_deeper_than(const json& value, int levels) {
    std::vector<std::pair<const json*, int>> left{{&value, 0}};
    while (!left.empty()) {
        const auto [one, depth] = left.back();
        left.pop_back();
        if (depth > levels) {
            return true;
        }
        if (one->is_structured()) {
            for (const json& part : *one) {
                left.emplace_back(&part, depth + 1);
            }
        }
    }
    return false;
}

SchemaFinding judge_by_schema(const json& document, const json& schema, const json& value, MessageKind kind) {
    if (is_deeper_than(value, deepest_judged_value)) {
        return unknown("a value of more levels than are looked at");
    }
    return Judge(document, kind).schema(schema, value, {}, 0);
}

}  // namespace gateproof
