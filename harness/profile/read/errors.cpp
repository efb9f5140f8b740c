// The error models of `permissions.errors`, and values inside answers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/json/near_match.hpp"
#include "harness/profile/read/permission_case.hpp"
#include "harness/profile/xpath.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

constexpr std::size_t longest_expression = 512;

ErrorModel::Reason read_reason(const JsonField& field, Problems& problems) {
    ErrorModel::Reason reason;
    if (!field) {
        return reason;
    }
    ObjectReader reader(field, problems, "an object with \"status\" and \"codes\"");
    const JsonField status = reader.required("status", "the HTTP statuses of this error, such as [403]");
    const JsonField codes = reader.required("codes", "the codes of this error, such as [\"EV1022\"]");
    reader.finish();
    reason.status = read_statuses(status, problems);
    reason.codes = codes ? read_texts(codes, problems, "a list of error codes") : std::vector<std::string>{};
    return reason;
}

}  // namespace

std::vector<std::string> read_texts(const JsonField& field, Problems& problems, std::string_view expected) {
    std::vector<std::string> texts;
    for (const JsonField& item : read_list(field, problems, expected)) {
        const std::optional<std::string> text = read_text(item, problems);
        if (text && text->empty()) {
            problems.error(Rank::value, item, "expected a text that is not empty");
        }
        texts.push_back(text.value_or(""));
    }
    return texts;
}

std::vector<int> read_statuses(const JsonField& field, Problems& problems) {
    std::vector<int> statuses;
    if (field) {
        for (const JsonField& item : read_list(field, problems, "a list of HTTP status codes such as [403]")) {
            statuses.push_back(static_cast<int>(read_integer(item, problems, 100, 599).value_or(0)));
        }
    }
    return statuses;
}

std::string read_pointer(const JsonField& field, Problems& problems) {
    const std::optional<std::string> text = read_text(field, problems, "a JSON pointer");
    if (text && (text->empty() || text->size() > longest_expression || !is_json_pointer(*text))) {
        problems.error(
            Rank::value, field,
            fmt::format("expected a JSON pointer (RFC 6901) such as /errors/0/code, found {}", in_quotes(*text)));
    }
    return text.value_or("");
}

std::string read_xpath(const JsonField& field, Problems& problems) {
    const std::optional<std::string> text = read_text(field, problems, "an XPath expression");
    if (!text) {
        return {};
    }
    const std::string fault = text->empty()                       ? "it is empty"
                              : text->size() > longest_expression ? "it is longer than 512 characters"
                                                                  : xpath_fault(*text);
    if (!fault.empty()) {
        problems.error(Rank::value, field, fmt::format("expected an XPath 1.0 expression: {}", fault));
    }
    return *text;
}

void read_place(ObjectReader& reader, Problems& problems, std::string& pointer, std::string& xpath) {
    const JsonField at_pointer = reader.optional("pointer");
    const JsonField at_xpath = reader.optional("xpath");
    pointer = read_pointer(at_pointer, problems);
    xpath = read_xpath(at_xpath, problems);
    if (reader.usable() && static_cast<bool>(at_pointer) == static_cast<bool>(at_xpath)) {
        problems.error(Rank::value, reader.field(),
                       "expected one of \"pointer\" (for JSON) and \"xpath\" (for XML): where the value stands");
    }
}

std::optional<AnswerValue> read_answer_value(const JsonField& field, Problems& problems) {
    if (!field) {
        return std::nullopt;
    }
    AnswerValue value;
    ObjectReader reader(field, problems, "an object with \"pointer\" or \"xpath\", and \"equals\"");
    read_place(reader, problems, value.pointer, value.xpath);
    const JsonField equals = reader.required("equals", "the texts that the value may have");
    reader.finish();
    value.equals = equals ? read_texts(equals, problems, "a list of texts") : std::vector<std::string>{};
    return value;
}

std::string read_error_name(const JsonField& field, Problems& problems, const Permissions& permissions) {
    std::optional<std::string> name = read_text(field, problems, "the name of an error model");
    if (!name || permissions.model(*name) != nullptr) {
        return name.value_or("rest");
    }
    std::vector<std::string> names;
    for (const auto* const models : {&permissions.errors, &documented_errors()}) {
        for (const auto& [model, described] : *models) {
            names.push_back(model);
        }
    }
    problems.error(Rank::value, field,
                   fmt::format("there is no error model {}{}", in_quotes(*name), suggestion(*name, names)));
    return "rest";
}

void read_errors(const JsonField& field, Problems& problems, std::map<std::string, ErrorModel>& errors) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object of error models by name");
    for (const JsonField& member : reader.members()) {
        const std::string& name = member.node->key;
        if (!is_case_name(name)) {
            problems.error(Rank::value, member.node->key_at, member.pointer,
                           fmt::format("{} is no name of an error model; expected lower-case letters, digits and '-'",
                                       in_quotes(name)));
        }
        ErrorModel model;
        model.name = name;
        ObjectReader one(member, problems, "an object with \"pointer\" or \"xpath\", and \"not_permitted\"");
        read_place(one, problems, model.pointer, model.xpath);
        const JsonField success = one.optional("success");
        const JsonField not_permitted = one.required("not_permitted", "status and codes of the delegation error");
        constexpr std::array<std::pair<const char*, std::optional<ErrorModel::Reason> ErrorModel::*>, 8> reasons{
            {{"unknown", &ErrorModel::unknown},
             {"not_onboarded", &ErrorModel::not_onboarded},
             {"no_token", &ErrorModel::no_token},
             {"invalid_token", &ErrorModel::invalid_token},
             {"unwanted_token", &ErrorModel::unwanted_token},
             {"invalid_number", &ErrorModel::invalid_number},
             {"invalid_message", &ErrorModel::invalid_message},
             {"unknown_operation", &ErrorModel::unknown_operation}}};
        for (const auto& [key, reason] : reasons) {
            if (const JsonField given = one.optional(key)) {
                model.*reason = read_reason(given, problems);
            }
        }
        one.finish();
        if (success) {
            model.success = read_texts(success, problems, "a list of codes that a served answer has");
        }
        model.not_permitted = read_reason(not_permitted, problems);
        errors[name] = std::move(model);
    }
    reader.finish();
}

void read_causes(const JsonField& field, Problems& problems, CausesByCode& causes) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object of lists by error code");
    for (const JsonField& member : reader.members()) {
        causes[member.node->key] = read_texts(member, problems, "a list of causes");
    }
    reader.finish();
}

}  // namespace gateproof
