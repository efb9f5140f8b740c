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

const ErrorModel* Permissions::model(const std::string& name) const {
    for (const auto* const models : {&errors, &documented_errors()}) {
        if (const auto found = models->find(name); found != models->end()) {
            return &found->second;
        }
    }
    return nullptr;
}

namespace {

using Reason = ErrorModel::Reason;

/// Of a service with JSON bodies.
ErrorModel rest_model(std::string name, Reason not_permitted, const std::optional<Reason>& no_token,
                      const std::optional<Reason>& invalid_token) {
    ErrorModel model;
    model.name = std::move(name);
    model.pointer = "/errors/0/code";
    model.not_permitted = std::move(not_permitted);
    model.no_token = no_token;
    model.invalid_token = invalid_token;
    return model;
}

/// One status for everything about tokens and rights, as several services have it.
ErrorModel with_one_status(std::string name, int status) {
    return rest_model(std::move(name), {{status}, {"EV1022"}}, Reason{{status}, {"EV1021"}},
                      Reason{{status}, {"EV1020"}});
}

ErrorModel soap_model() {
    ErrorModel soap;
    soap.name = "soap";
    soap.xpath = "string(//*[local-name()='statusMessage']/*[local-name()='statusCode'])";
    soap.success = {"0"};
    soap.not_permitted = {{200}, {"4"}};
    soap.no_token = Reason{{200, 401}, {"2"}};
    soap.invalid_token = Reason{{200, 401}, {"1"}};
    soap.not_onboarded = Reason{{200}, {"5"}};
    soap.invalid_message = Reason{{200, 400, 500}, {"21"}};  // the HTTP status is not published
    soap.unknown_operation = Reason{{200, 400, 500}, {"20"}};
    soap.invalid_number = Reason{{200, 400, 500}, {"4", "22"}};  // 22 of AIM, investment income and PIE alone
    return soap;
}

std::map<std::string, ErrorModel> published_models() {
    const Reason no_such_customer{{400}, {"CST404"}};
    const std::vector<std::string> pir_codes{"EV1023", "EV1024", "EV1025", "EV1026", "EV1027", "EV1028",
                                             "EV1029", "EV1030", "EV1040", "EV1041", "EV1042", "EV1043"};
    const std::vector<std::string> of_suite{"rest", "customer"};
    const std::vector<std::string> with_numbers{"customer", "document", "income"};
    const Reason tds_token{{401}, {"TDS202", "TDS203", "TDS206"}};
    std::vector<ErrorModel> models{
        rest_model("rest", {{403}, {"EV1022"}}, Reason{{400, 401}, {"EV1021"}}, Reason{{400, 401}, {"EV1020"}}),
        rest_model("customer", {{403}, {"EV1022"}}, Reason{{400}, {"EV1021"}}, Reason{{400}, {"EV1020"}}),
        with_one_status("document", 400),
        with_one_status("notifications", 400),
        with_one_status("income", 400),
        with_one_status("bill", 401),
        rest_model("pir", {{401}, pir_codes}, Reason{{401}, pir_codes}, Reason{{401}, pir_codes}),
        rest_model("tds", {{401}, {"TDS200", "TDS201"}}, tds_token, tds_token),
        rest_model("irv", {}, std::nullopt, std::nullopt),
        soap_model(),
    };
    std::map<std::string, ErrorModel> by_name;
    for (ErrorModel& model : models) {
        const auto is_among = [&model](const std::vector<std::string>& names) {
            return std::ranges::find(names, model.name) != names.end();
        };
        if (is_among(of_suite)) {
            model.unknown = no_such_customer;
        }
        if (is_among(with_numbers)) {
            model.invalid_number = Reason{{400}, {"EV2234"}};
            model.invalid_message = Reason{{400}, {"EV1100"}};
        } else if (model.name == "irv") {
            model.invalid_number = Reason{{400}, {"IR001"}};
            model.invalid_message = Reason{{400}, {"EV1100"}};
        } else if (model.name == "tds") {
            model.unwanted_token = Reason{{401}, {"TDS204"}};
        }
        std::string name = model.name;
        by_name.emplace(std::move(name), std::move(model));
    }
    return by_name;
}

}  // namespace

const std::map<std::string, ErrorModel>& documented_errors() {
    static const std::map<std::string, ErrorModel> models = published_models();
    return models;
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
