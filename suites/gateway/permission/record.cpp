#include "suites/gateway/permission/record.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

#include "harness/probe/http/answer_value.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "harness/run/context.hpp"
#include "harness/text/ascii.hpp"
#include "harness/text/encoding.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

namespace {

std::string xml_spelling(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&apos;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string json_spelling(const std::string& text, bool ascii) {
    const std::string quoted = nlohmann::json(text).dump(-1, ' ', ascii, nlohmann::json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

std::vector<std::string> spellings(const std::string& value) {
    std::vector<std::string> all{value,
                                 json_spelling(value, false),
                                 json_spelling(value, true),
                                 xml_spelling(value),
                                 percent_encoded(value),
                                 base64(value)};
    std::ranges::transform(all, all.begin(), [](const std::string& text) { return lower_case(text); });
    return all;
}

/// What the request itself says may come back in the answer.
bool was_sent(const std::string& value, const PermissionCase& one) {
    return std::ranges::any_of(one.with, [&value](const auto& placeholder) { return placeholder.second == value; });
}

}  // namespace

awaitable<Record> known_record(Context& ctx, const PermissionCase& one) {
    Record record;
    const KnownRecord& known = *one.record;
    for (const std::string& value : known.values) {
        record.fields.push_back({fmt::format("value {}", record.fields.size() + 1), value});
    }
    if (!known.shown_by.empty()) {
        const PermissionCase& shown = *ctx.profile().permissions.find(known.shown_by);
        const ErrorModel& model = *ctx.profile().permissions.model_of(shown);
        const CaseAnswer answer = co_await ask_case(ctx, shown);
        if (!answer.problem.empty() || !answer.reading.served()) {
            record.problem = fmt::format("the case {} does not show the record: {}", shown.name,
                                         answer.problem.empty() ? answer.reading.summary : answer.problem);
            co_return record;
        }
        const std::string& body = answer.outcome.response->body;
        for (const std::string& place : known.fields) {
            const auto value = model.pointer.empty() ? xml_value(body, place) : json_value(body, place);
            if (!value) {
                record.problem = fmt::format("the answer of {} has nothing at {}", shown.name, place);
                co_return record;
            }
            record.fields.push_back({place, *value});
        }
    }
    std::erase_if(record.fields, [&one](const RecordField& field) {
        return field.value.size() < shortest_telling_value || was_sent(field.value, one);
    });
    for (const RecordField& field : record.fields) {
        ctx.keep_secret(field.value);
    }
    if (record.fields.empty()) {
        record.problem = fmt::format("no value of the record has {} characters or more, and was not in the request",
                                     shortest_telling_value);
    }
    co_return record;
}

std::vector<std::string> leaked_in(std::string_view text, const std::vector<RecordField>& fields) {
    const std::string where = lower_case(text);
    std::vector<std::string> places;
    for (const RecordField& field : fields) {
        const std::vector<std::string> all = spellings(field.value);
        if (std::ranges::any_of(all,
                                [&where](const std::string& one) { return where.find(one) != std::string::npos; })) {
            places.push_back(field.place);
        }
    }
    return places;
}

std::vector<std::string> leaked_in(const HttpOutcome& outcome, const std::vector<RecordField>& fields) {
    if (!outcome.response) {
        return {};
    }
    std::string text = outcome.response->body;
    for (const auto& [name, value] : outcome.response->headers) {
        text += '\n' + value;
    }
    return leaked_in(text, fields);
}

}  // namespace gateproof::suites
