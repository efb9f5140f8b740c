#include "harness/profile/client.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace gateproof {

namespace {

constexpr std::array<std::pair<ClientAct, std::string_view>, 6> act_names{{{ClientAct::read, "read"},
                                                                           {ClientAct::write, "write"},
                                                                           {ClientAct::stay, "stay"},
                                                                           {ClientAct::login, "login"},
                                                                           {ClientAct::machine, "machine"},
                                                                           {ClientAct::logout, "logout"}}};

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

/// Calls `name` with each name in braces and `text` with what lies between, in order. What stands in braces and is no
/// name, such as the JSON of an argument, is text.
template <class Name, class Text>
void split(std::string_view whole, Name name, Text text) {
    while (true) {
        const std::size_t open = whole.find('{');
        const std::size_t close = open == std::string_view::npos ? open : whole.find('}', open);
        if (close == std::string_view::npos) {
            text(whole);
            return;
        }
        const std::string_view inside = whole.substr(open + 1, close - open - 1);
        if (is_name(inside)) {
            text(whole.substr(0, open));
            name(inside);
            whole.remove_prefix(close + 1);
        } else {
            text(whole.substr(0, open + 1));
            whole.remove_prefix(open + 1);
        }
    }
}

}  // namespace

std::string_view to_string(ClientAct act) {
    return act_names[static_cast<std::size_t>(act)].second;
}

std::optional<ClientAct> client_act_from(std::string_view name) {
    const auto found = std::ranges::find_if(act_names, [&](const auto& one) { return one.second == name; });
    return found == act_names.end() ? std::nullopt : std::optional(found->first);
}

std::vector<std::string> unknown_placeholders(std::string_view text) {
    std::vector<std::string> unknown;
    split(
        text,
        [&](std::string_view name) {
            if (std::ranges::find(client_placeholders, name) == std::end(client_placeholders)) {
                unknown.emplace_back(name);
            }
        },
        [](std::string_view) {});
    return unknown;
}

std::string with_placeholders(std::string_view text, const std::map<std::string, std::string>& values) {
    std::string out;
    split(
        text,
        [&](std::string_view name) {
            const auto value = values.find(std::string(name));
            if (value == values.end()) {
                out += '{';
                out += name;
                out += '}';
            } else {
                out += value->second;
            }
        },
        [&](std::string_view between) { out += between; });
    return out;
}

}  // namespace gateproof
