// The `scenarios` key: rows of test report templates, and how those are asked that need nobody.
#include <fmt/format.h>

#include <utility>

#include "harness/json/near_match.hpp"
#include "harness/profile/read/permission_case.hpp"
#include "harness/profile/read/profile.hpp"
#include "harness/profile/read/scenario_table.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

/// A call, and the field that names the row beside which it counts.
struct ReadCall {
    ScenarioCall call;
    std::size_t table = 0;
    std::string row;  ///< its key
    JsonField beside;
};

AnswerValue read_body_value(const JsonField& field, Problems& problems) {
    AnswerValue value;
    ObjectReader reader(field, problems, "an object with \"pointer\" or \"xpath\"");
    read_place(reader, problems, value.pointer, value.xpath);
    const JsonField equals = reader.optional("equals");
    reader.finish();
    if (equals) {
        value.equals = read_texts(equals, problems, "a list of texts");
    }
    return value;
}

ScenarioCall::Further read_further(const JsonField& field, References& references, const Profile& profile) {
    Problems& problems = references.problems();
    ScenarioCall::Further request;
    ObjectReader reader(field, problems, "an object with \"operation\" and \"with\"");
    const JsonField operation = reader.required("operation", "the name of an operation");
    const JsonField with = reader.optional("with");
    reader.finish();
    request.operation = read_known_operation(operation, problems, profile.operations);
    request.with = read_placeholders(with, references);
    const auto known = profile.operations.find(request.operation);
    if (reader.usable() && known != profile.operations.end()) {
        match_placeholders(field, request.with, known->second, problems);
    }
    return request;
}

ScenarioCall::Order read_order(const JsonField& field, Problems& problems) {
    ScenarioCall::Order order;
    ObjectReader reader(field, problems, "an object with \"pointer\" and \"by\"");
    const JsonField list = reader.required("pointer", "the JSON pointer of a list in the answer");
    const JsonField by = reader.required("by", "the JSON pointer, in each item, of what they are in order by");
    reader.finish();
    order.pointer = read_pointer(list, problems);
    order.by = read_pointer(by, problems);
    return order;
}

ReadCall read_call(const JsonField& field, const ScenarioRow& row, References& references, const Profile& profile) {
    Problems& problems = references.problems();
    ReadCall read;
    ScenarioCall& call = read.call;
    ObjectReader reader(field, problems, "an object that says how the scenario is asked");
    const JsonField operation = reader.required("operation", "the name of an operation");
    const JsonField subject = reader.required(
        "subject",
        "who asks: a role of \"oauth\", \"m2m\", \"certificate\", \"tds\", \"nobody\", \"invalid\" or \"expired\"");
    const JsonField with = reader.optional("with");
    const JsonField error = reader.required("error", "the name of an error model, such as \"soap\"");
    const JsonField code = reader.optional("code");
    const JsonField status = reader.optional("status");
    const JsonField body = reader.optional("body");
    const JsonField ascending = reader.optional("ascending");
    const JsonField also = reader.optional("also");
    read.beside = reader.optional("beside");
    reader.finish();
    call.operation = read_known_operation(operation, problems, profile.operations);
    call.subject = read_text(subject, problems, "who asks").value_or("");
    check_subject(subject, profile, problems, call.subject);
    call.with = read_placeholders(with, references);
    call.error = read_error_name(error, problems, profile.permissions);
    if (code) {
        call.code = read_texts(code, problems, "a list of codes");
    }
    call.status = read_statuses(status, problems);
    if (body) {
        for (const JsonField& item : read_list(body, problems, "a list of values that the answer has")) {
            call.body.push_back(read_body_value(item, problems));
        }
    }
    if (ascending) {
        call.ascending = read_order(ascending, problems);
    }
    if (also) {
        for (const JsonField& item : read_list(also, problems, "a list of further requests")) {
            call.also.push_back(read_further(item, references, profile));
        }
    }
    call.beside = read_text(read.beside, problems, "the id of a row").value_or("");
    const auto known = profile.operations.find(call.operation);
    if (reader.usable() && known != profile.operations.end()) {
        match_placeholders(field, call.with, known->second, problems);
    }
    if (reader.usable() && row.type == "Failure" && !code) {
        problems.error(Rank::value, field,
                       "a scenario of the type Failure needs \"code\": the error that it must be answered with");
    }
    if (read.beside && !code) {
        problems.error(Rank::value, read.beside, "only what must be refused counts beside a row that is served");
    }
    return read;
}

/// Each row beside which a refusal counts is there, is asked, and must be served.
void check_beside(const ReadCall& read, const Scenarios& scenarios, Problems& problems) {
    if (!read.beside || read.call.beside.empty()) {
        return;
    }
    const ScenarioCall* const beside = scenarios.find(read.call.beside);
    if (beside == nullptr || beside->refuses()) {
        problems.error(
            Rank::value, read.beside,
            fmt::format("expected the id of a row of this template that is asked and must be served, found {}",
                        in_quotes(read.call.beside)));
    }
}

}  // namespace

void read_scenarios(const JsonField& field, References& references, Profile& profile) {
    std::vector<ReadCall> calls;
    const auto read_ask = [&](const JsonField& ask, std::size_t table, const ScenarioRow& row) {
        ReadCall read = read_call(ask, row, references, profile);
        read.table = table;
        read.row = row.key;
        calls.push_back(std::move(read));
    };
    for (ScenarioTable& table : read_scenario_tables(field, references.problems(), TemplatesOf::profile, read_ask)) {
        Scenarios& one = profile.scenarios.emplace_back();
        one.calls.resize(table.rows.size());
        one.table = std::move(table);
    }
    for (const ReadCall& read : calls) {
        Scenarios& one = profile.scenarios[read.table];
        for (std::size_t at = 0; at < one.calls.size(); ++at) {
            if (one.table.rows[at].key == read.row) {
                one.calls[at] = read.call;
            }
        }
    }
    for (const ReadCall& read : calls) {
        check_beside(read, profile.scenarios[read.table], references.problems());
    }
}

}  // namespace gateproof
