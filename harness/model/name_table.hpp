// How this folder spells its enums: a table of pairs, value and name, read in both directions.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace gateproof {

template <class Value>
using Named = std::pair<Value, std::string_view>;

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
    const auto found = std::ranges::find(table, value, &Named<Value>::first);
    return found == table.end() ? std::string_view("unknown") : found->second;
}

template <class Table>
auto value_in(const Table& table, std::string_view name) {
    const auto found = std::ranges::find(table, name, &Table::value_type::second);
    return found == table.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace gateproof
