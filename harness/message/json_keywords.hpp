// Single keywords of a schema: whether a value without parts of its own keeps them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace gateproof {

/// What one keyword says of a value; both empty: it is kept.
struct KeywordFinding {
    std::string problem;  ///< "longer than maxLength 10"
    std::string open;     ///< "the pattern of this program cannot be read", in which case there is no problem
};

/// The keywords that judge_keyword knows.
bool is_plain_keyword(std::string_view name);
/// `rule`: the value of the keyword in `schema`. Throws nothing for a rule of another type than the keyword's.
KeywordFinding judge_keyword(std::string_view name, const nlohmann::json& schema, const nlohmann::json& rule,
                             const nlohmann::json& value);

/// "a string", "a number", "an object"
std::string_view kind_of(const nlohmann::json& value);

/// RFC 3339 5.6: a day that the calendar has.
bool is_full_date(std::string_view text);
/// The same with a time and an offset. A second 60 is taken whatever the day.
bool is_date_time(std::string_view text);

}  // namespace gateproof
