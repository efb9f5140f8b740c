#include "harness/model/requirement.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gateproof {
namespace {

constexpr std::array channels{std::pair{Channel::cloud, std::string_view("cloud")},
                              std::pair{Channel::desktop, std::string_view("desktop")}};
constexpr std::array environments{
    std::pair{Environment::embedded, std::string_view("embedded")},
    std::pair{Environment::sandbox, std::string_view("sandbox")},
    std::pair{Environment::mock, std::string_view("mock")},
    std::pair{Environment::test, std::string_view("test")},
    std::pair{Environment::production, std::string_view("production")},
};

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
    const auto* found = std::ranges::find(table, value, [](const auto& row) { return row.first; });
    return found == table.end() ? std::string_view("unknown") : found->second;
}

template <class Table>
auto value_in(const Table& table, std::string_view name) {
    const auto* found = std::ranges::find(table, name, [](const auto& row) { return row.second; });
    return found == table.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace

std::string_view to_string(Channel channel) {
    return name_in(channels, channel);
}
std::string_view to_string(Environment environment) {
    return name_in(environments, environment);
}
std::string_view to_string(Level level) {
    return level == Level::must ? "must" : "should";
}
std::optional<Channel> channel_from(std::string_view name) {
    return value_in(channels, name);
}
std::optional<Environment> environment_from(std::string_view name) {
    return value_in(environments, name);
}

}  // namespace gateproof
