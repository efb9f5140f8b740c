#include "harness/profile/permission_case.hpp"

#include <algorithm>

namespace gateproof {
namespace {

bool is_name_start(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_in_name(char c) {
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '_';
}

/// The name of the placeholder that begins at the '{' at `at`; empty: there is none.
std::string_view placeholder_at(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && is_in_name(text[end])) {
        ++end;
    }
    const bool is_one = end < text.size() && text[end] == '}' && end > at + 1 && is_name_start(text[at + 1]);
    return is_one ? text.substr(at + 1, end - at - 1) : std::string_view();
}

}  // namespace

std::string_view to_string(PermissionCase::Kind kind) {
    switch (kind) {
        case PermissionCase::Kind::own: return "own";
        case PermissionCase::Kind::customer: return "customer";
        case PermissionCase::Kind::account: return "account";
        case PermissionCase::Kind::write: return "write";
        case PermissionCase::Kind::batch: return "batch";
    }
    return "unknown";
}

const PermissionCase* Permissions::find(std::string_view name) const {
    const auto found = std::ranges::find(cases, name, &PermissionCase::name);
    return found == cases.end() ? nullptr : &*found;
}

const ErrorModel* Permissions::model_of(const PermissionCase& one) const {
    const auto found = errors.find(one.error);
    return found == errors.end() ? nullptr : &found->second;
}

std::map<std::string, ErrorModel> documented_errors() {
    using Reason = ErrorModel::Reason;
    ErrorModel rest;
    rest.name = "rest";
    rest.pointer = "/errors/0/code";
    rest.not_permitted = {{403}, {"EV1022"}};
    rest.no_token = Reason{{400, 401}, {"EV1021"}};
    rest.invalid_token = Reason{{400, 401}, {"EV1020"}};
    ErrorModel soap;
    soap.name = "soap";
    soap.xpath = "string(//*[local-name()='statusMessage']/*[local-name()='statusCode'])";
    soap.success = {"0"};
    soap.not_permitted = {{200}, {"4"}};
    soap.no_token = Reason{{200, 401}, {"2"}};
    soap.invalid_token = Reason{{200, 401}, {"1"}};
    return {{"rest", rest}, {"soap", soap}};
}

std::string filled_in(std::string_view text, const Placeholders& values) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view name = text[at] == '{' ? placeholder_at(text, at) : std::string_view();
        const auto found = name.empty() ? values.end() : values.find(std::string(name));
        if (found == values.end()) {
            out += text[at++];
        } else {
            out += found->second;
            at += name.size() + 2;
        }
    }
    return out;
}

std::vector<std::string> placeholders_in(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
        const std::string name(placeholder_at(text, at));
        if (!name.empty() && std::ranges::find(names, name) == names.end()) {
            names.push_back(name);
        }
    }
    return names;
}

}  // namespace gateproof
