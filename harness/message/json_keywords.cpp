#include "harness/message/json_keywords.hpp"

#include <fmt/format.h>

#include <boost/regex.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

namespace gateproof {
namespace {

using nlohmann::json;

KeywordFinding broken(std::string what) {
    return {std::move(what), {}};
}

KeywordFinding left_open(std::string what) {
    return {{}, std::move(what)};
}

KeywordFinding malformed(std::string_view name) {
    return left_open(fmt::format("the keyword {}, whose value is not as OpenAPI has it", name));
}

/// A bound in words: numbers are the schema's, never the value's.
std::string written(const json& rule) {
    return rule.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Beyond these a double holds no fraction, and integers are read as one.
constexpr double always_whole = 9007199254740992.0;

bool is_whole(const json& value) {
    return value.is_number_integer() || (value.is_number() && std::abs(value.get<double>()) >= always_whole);
}

bool is_of_type(const json& value, std::string_view type) {
    return (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
           (type == "integer" && is_whole(value)) || (type == "boolean" && value.is_boolean()) ||
           (type == "object" && value.is_object()) || (type == "array" && value.is_array());
}

bool is_set(const json& schema, const char* name) {
    const auto found = schema.find(name);
    return found != schema.end() && found->is_boolean() && found->get<bool>();
}

KeywordFinding judge_type(const json& schema, const json& rule, const json& value) {
    constexpr std::array<std::string_view, 6> types{"string", "number", "integer", "boolean", "object", "array"};
    const std::string type = rule.is_string() ? rule.get<std::string>() : std::string();
    if (std::ranges::find(types, type) == types.end()) {
        return malformed("type");
    }
    if (is_of_type(value, type) || (value.is_null() && (is_set(schema, "nullable") || is_set(schema, "x-nullable")))) {
        return {};
    }
    return broken(fmt::format("{}, where the schema has {}", kind_of(value), type));
}

KeywordFinding judge_enum(const json& rule, const json& value) {
    if (!rule.is_array()) {
        return malformed("enum");
    }
    return std::ranges::find(rule, value) != rule.end() ? KeywordFinding{} : broken("none of the values of enum");
}

/// minimum and maximum, which a boolean beside them makes exclusive.
KeywordFinding judge_bound(std::string_view name, const json& schema, const json& rule, const json& value) {
    const bool least = name == "minimum";
    if (!rule.is_number()) {
        return malformed(name);
    }
    if (!value.is_number()) {
        return {};
    }
    const bool exclusive = is_set(schema, least ? "exclusiveMinimum" : "exclusiveMaximum");
    const bool beyond = least ? value < rule : rule < value;
    if (!beyond && !(exclusive && value == rule)) {
        return {};
    }
    return broken(fmt::format("{} than {} {}{}", least ? "less" : "more", name, written(rule),
                              exclusive ? ", which is exclusive" : ""));
}

KeywordFinding judge_multiple(const json& rule, const json& value) {
    if (!rule.is_number() || rule.get<double>() <= 0) {
        return malformed("multipleOf");
    }
    if (!value.is_number()) {
        return {};
    }
    constexpr double rounding = 1e-9;
    bool multiple = false;
    if (rule.is_number_integer() && value.is_number_integer()) {
        multiple = value.is_number_unsigned() ? value.get<std::uint64_t>() % rule.get<std::uint64_t>() == 0
                                              : value.get<std::int64_t>() % rule.get<std::int64_t>() == 0;
    } else {
        const double times = value.get<double>() / rule.get<double>();
        if (!std::isfinite(times) || std::abs(times) >= always_whole) {
            return left_open("the keyword multipleOf of a number that is too large for it");
        }
        multiple = std::abs(times - std::round(times)) <= rounding * std::max(1.0, std::abs(times));
    }
    return multiple ? KeywordFinding{} : broken(fmt::format("no multiple of multipleOf {}", written(rule)));
}

/// The code points of UTF-8, which JSON is (RFC 8259 8.1) and its reader has looked at.
std::wstring code_points(std::string_view text) {
    static_assert(sizeof(wchar_t) == 4);
    std::wstring points;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
        for (std::size_t next = 1; next < size && i + next < text.size(); ++next) {
            point = (point << 6U) | (static_cast<unsigned char>(text[i + next]) & 0x3FU);
        }
        points += static_cast<wchar_t>(point);
        i += size;
    }
    return points;
}

std::optional<std::size_t> size_of(std::string_view name, const json& value) {
    if (name.ends_with("Length") && value.is_string()) {
        return code_points(value.get_ref<const std::string&>()).size();
    }
    if ((name.ends_with("Items") && value.is_array()) || (name.ends_with("Properties") && value.is_object())) {
        return value.size();
    }
    return std::nullopt;
}

/// minLength, maxItems and their kind.
KeywordFinding judge_size(std::string_view name, const json& rule, const json& value) {
    if (!rule.is_number_integer() || rule < 0) {
        return malformed(name);
    }
    const std::optional<std::size_t> size = size_of(name, value);
    const bool least = name.starts_with("min");
    if (!size || (least ? *size >= rule.get<std::size_t>() : *size <= rule.get<std::size_t>())) {
        return {};
    }
    return broken(fmt::format("{} than {} {}",
                              name.ends_with("Length") ? (least ? "shorter" : "longer") : (least ? "fewer" : "more"),
                              name, written(rule)));
}

KeywordFinding judge_unique(const json& rule, const json& value) {
    if (!rule.is_boolean()) {
        return malformed("uniqueItems");
    }
    if (!rule.get<bool>() || !value.is_array()) {
        return {};
    }
    std::set<json> seen;
    for (const json& item : value) {
        if (!seen.insert(item).second) {
            return broken("has an item twice, which uniqueItems forbids");
        }
    }
    return {};
}

/// Patterns are those of ECMA 262, and match anywhere in the text.
KeywordFinding judge_pattern(const json& rule, const json& value) {
    constexpr std::size_t longest = 4096;
    if (!rule.is_string()) {
        return malformed("pattern");
    }
    if (!value.is_string()) {
        return {};
    }
    const std::wstring text = code_points(value.get_ref<const std::string&>());
    const std::wstring pattern = code_points(rule.get_ref<const std::string&>());
    if (text.size() > longest || pattern.size() > longest) {
        return left_open("the keyword pattern of a text of more than 4096 characters");
    }
    try {
        const boost::wregex expression(pattern, boost::regex::perl);
        const auto how = boost::match_single_line | boost::match_not_dot_newline;
        return boost::regex_search(text, expression, how) ? KeywordFinding{} : broken("does not match its pattern");
    } catch (const boost::regex_error&) {
        return left_open("a pattern that cannot be read as a regular expression");
    } catch (const std::runtime_error&) {
        return left_open("a pattern that takes too long to match");
    }
}

/// An annotation, but for two whose meaning nobody doubts.
KeywordFinding judge_format(const json& rule, const json& value) {
    if (!rule.is_string()) {
        return malformed("format");
    }
    if (!value.is_string()) {
        return {};
    }
    const auto& text = value.get_ref<const std::string&>();
    if (rule == "date" && !is_full_date(text)) {
        return broken("no date as format date has it (RFC 3339: 2026-03-31)");
    }
    if (rule == "date-time" && !is_date_time(text)) {
        return broken("no time as format date-time has it (RFC 3339: 2026-03-31T09:30:00+13:00)");
    }
    return {};
}

/// Two digits at a place of a text that is long enough, within bounds.
std::optional<unsigned> two_digits(std::string_view text, std::size_t at, unsigned most) {
    if (at + 2 > text.size() || text[at] < '0' || text[at] > '9' || text[at + 1] < '0' || text[at + 1] > '9') {
        return std::nullopt;
    }
    const auto number = static_cast<unsigned>((text[at] - '0') * 10 + (text[at + 1] - '0'));
    return number <= most ? std::optional(number) : std::nullopt;
}

bool is_offset(std::string_view text) {
    if (text == "Z" || text == "z") {
        return true;
    }
    return text.size() == 6 && (text[0] == '+' || text[0] == '-') && two_digits(text, 1, 23) && text[3] == ':' &&
           two_digits(text, 4, 59).has_value();
}

constexpr std::array<std::string_view, 15> plain_keywords{
    "type",     "enum",          "minimum",       "maximum",     "multipleOf", "minLength", "maxLength", "minItems",
    "maxItems", "minProperties", "maxProperties", "uniqueItems", "pattern",    "format",    "nullable"};

}  // namespace

std::string_view kind_of(const json& value) {
    switch (value.type()) {
        case json::value_t::null: return "null";
        case json::value_t::object: return "an object";
        case json::value_t::array: return "an array";
        case json::value_t::string: return "a string";
        case json::value_t::boolean: return "a boolean";
        default: return value.is_number_integer() ? "an integer" : "a number";
    }
}

bool is_full_date(std::string_view text) {
    constexpr std::size_t size = 10;
    if (text.size() != size || text[4] != '-' || text[7] != '-') {
        return false;
    }
    const auto century = two_digits(text, 0, 99);
    const auto year = two_digits(text, 2, 99);
    const auto month = two_digits(text, 5, 12);
    const auto day = two_digits(text, 8, 31);
    return century && year && month && day &&
           (std::chrono::year(static_cast<int>(*century * 100 + *year)) / std::chrono::month(*month) /
            std::chrono::day(*day))
               .ok();
}

bool is_date_time(std::string_view text) {
    constexpr std::size_t date = 10;
    constexpr std::size_t time = 19;
    if (text.size() <= time || !is_full_date(text.substr(0, date)) || (text[date] != 'T' && text[date] != 't') ||
        !two_digits(text, 11, 23) || text[13] != ':' || !two_digits(text, 14, 59) || text[16] != ':' ||
        !two_digits(text, 17, 60)) {
        return false;
    }
    std::string_view rest = text.substr(time);
    if (rest.front() == '.') {
        const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
        if (end == 1) {
            return false;
        }
        rest.remove_prefix(end);
    }
    return is_offset(rest);
}

bool is_plain_keyword(std::string_view name) {
    return std::ranges::find(plain_keywords, name) != plain_keywords.end();
}

KeywordFinding judge_keyword(std::string_view name, const json& schema, const json& rule, const json& value) {
    if (name == "type") {
        return judge_type(schema, rule, value);
    }
    if (name == "nullable") {
        return rule.is_boolean() ? KeywordFinding{} : malformed(name);
    }
    if (name == "enum") {
        return judge_enum(rule, value);
    }
    if (name == "minimum" || name == "maximum") {
        return judge_bound(name, schema, rule, value);
    }
    if (name == "multipleOf") {
        return judge_multiple(rule, value);
    }
    if (name == "uniqueItems") {
        return judge_unique(rule, value);
    }
    if (name == "pattern") {
        return judge_pattern(rule, value);
    }
    return name == "format" ? judge_format(rule, value) : judge_size(name, rule, value);
}

}  // namespace gateproof
