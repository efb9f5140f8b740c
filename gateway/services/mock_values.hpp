// What values of members may be, as several of the mock's services have it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

namespace gateproof::gateway::mock {

using nlohmann::json;

inline bool is_text(const json& value) {
    constexpr std::size_t longest = 255;
    return value.is_string() && !value.get_ref<const std::string&>().empty() &&
           value.get_ref<const std::string&>().size() <= longest;
}

inline bool is_number(const json& value) {
    return value.is_number_integer();
}

template <std::size_t size>
bool is_digits(const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    return text != nullptr && text->size() == size &&
           std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; });
}

inline bool is_day(const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    return text != nullptr && text->size() == 10 && (*text)[4] == '-' && (*text)[7] == '-';
}

/// Nobody asks for a day of this century's second half that is no future one.
inline bool is_past(const json& value) {
    return is_day(value) && value.get_ref<const std::string&>() < "2050";
}

}  // namespace gateproof::gateway::mock
