#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {

bool is_header_name(std::string_view name) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || marks.find(c) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return c == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

void judge_header_name(const JsonField& header, Problems& problems, std::set<std::string>& seen) {
    const std::string& name = header.node->key;
    if (!is_header_name(name)) {
        problems.error(Problems::Rank::value, header.node->key_at, header.pointer,
                       fmt::format("{} is no HTTP header name (letters, digits and hyphens)", in_quotes(name)));
    } else if (!seen.insert(lower_case(name)).second) {
        problems.error(Problems::Rank::value, header.node->key_at, header.pointer,
                       fmt::format("the header {} is given twice (names are compared without case)", name));
    }
}

namespace {

using Rank = Problems::Rank;

bool is_operation_name(std::string_view name) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), good) && name[0] != '-' &&
           name[0] != '_';
}

void read_method(const JsonField& field, Problems& problems, Operation& operation) {
    const std::optional<std::string> method = read_text(field, problems, "an HTTP method");
    if (!method) {
        return;
    }
    const bool good = !method->empty() && method->size() <= 20 &&
                      std::all_of(method->begin(), method->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (good) {
        operation.method = *method;
    } else {
        problems.error(Rank::value, field,
                       fmt::format("expected an HTTP method in capitals such as GET, found {}", in_quotes(*method)));
    }
}

/// Whether it is read or not: the plan is the same without the secrets.
bool refers(const JsonField& field) {
    return field && field.node->kind == JsonNode::Kind::string && is_reference(field.node->text);
}

/// What a template says in place of a path or body, which may name the placeholders that belong there; empty: nothing.
std::string still_to_fill_in(const JsonField& field) {
    return field && is_placeholder(*field.node) ? field.node->text : std::string();
}

void read_path(const JsonField& field, Problems& problems, Operation& operation) {
    const std::optional<std::string> path = read_text(field, problems, "a path");
    if (!path) {
        operation.path = still_to_fill_in(field);
        return;
    }
    const bool printable =
        std::all_of(path->begin(), path->end(), [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
    if (path->empty() || path->front() != '/') {
        problems.error(Rank::value, field,
                       fmt::format("expected a path that begins with '/', found {}", in_quotes(*path)));
    } else if (!printable) {
        problems.error(
            Rank::value, field,
            fmt::format("the path {} has a space, control character, '#' or non-ASCII character; percent-encode it",
                        in_quotes(*path)));
    } else {
        operation.path = *path;
    }
}

void read_headers(const JsonField& field, References& references, Operation& operation) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object of header names and values");
    std::set<std::string> seen;
    for (const JsonField& header : reader.members()) {
        const std::string& name = header.node->key;
        judge_header_name(header, problems, seen);
        operation.refers = operation.refers || refers(header);
        std::optional<ResolvedText> value = references.literal_or_follow(header, "a header value");
        if (!value) {
            continue;
        }
        const bool referred = !value->source.empty();
        std::string text = referred ? without_line_end(std::move(value->text)) : std::move(value->text);
        if (referred || is_credential(name)) {
            references.keep_secret(text);
        }
        if (!referred && is_credential(name)) {
            problems.warning(
                header,
                fmt::format("the value of {} stands in the profile itself; write env:NAME or file:PATH instead", name));
        }
        if (!is_header_value(text)) {
            problems.error(Rank::value, header, "a header value must not hold line breaks or other control characters");
        }
        operation.headers[name] = std::move(text);
    }
    reader.finish();
}

void read_expect(const JsonField& field, Problems& problems, Operation& operation) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems);
    const JsonField status = reader.optional("status");
    const JsonField contains = reader.optional("body_contains");
    reader.finish();
    if (status) {
        operation.expect_status.clear();
        for (const JsonField& item : read_list(status, problems, "a list of HTTP status codes such as [200]")) {
            if (const auto code = read_integer(item, problems, 100, 599)) {
                operation.expect_status.push_back(static_cast<int>(*code));
            }
        }
    }
    operation.expect_body_contains = read_text(contains, problems).value_or("");
}

void read_status_query(const JsonField& field, Problems& problems, Operation& operation) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"operation\", \"carried_out\" and \"not_carried_out\"");
    const JsonField name = reader.required("operation", "the operation that asks whether the write was carried out");
    const JsonField done = reader.required("carried_out", "a text in the answer where it was");
    const JsonField left = reader.required("not_carried_out", "a text in the answer where it was not");
    reader.finish();
    StatusQuery query;
    query.operation = read_text(name, problems, "the name of an operation").value_or("");
    query.carried_out = read_text(done, problems, "a text").value_or("");
    query.not_carried_out = read_text(left, problems, "a text").value_or("");
    for (const JsonField& text : {done, left}) {
        if (text && text.node->kind == JsonNode::Kind::string && text.node->text.empty()) {
            problems.error(Rank::value, text, "an empty text stands in every answer");
        }
    }
    operation.status = std::move(query);
}

/// A member that is known to be there.
JsonField member_of(const JsonField& field, std::string_view key) {
    const auto found = std::ranges::find(field.node->children, key, &JsonNode::key);
    return {&*found, fmt::format("{}/{}", field.pointer, key)};
}

bool writes(const Operation& operation) {
    return !operation.reads && operation.method != "GET" && operation.method != "HEAD";
}

/// Once every operation is known: a write has a status query, and that query only reads.
void judge_status_query(const JsonField& field, const std::map<std::string, Operation>& operations,
                        Problems& problems) {
    const Operation& operation = operations.at(field.node->key);
    if (!operation.status) {
        return;
    }
    const JsonField status = member_of(field, "status");
    if (!writes(operation)) {
        problems.error(Rank::value, status, "an operation that only reads leaves nothing to ask after");
    }
    const auto asked = operations.find(operation.status->operation);
    if (asked == operations.end()) {
        if (!operation.status->operation.empty()) {
            report_unknown_operation(member_of(status, "operation"), operation.status->operation, problems, operations);
        }
    } else if (writes(asked->second)) {
        problems.error(
            Rank::value, member_of(status, "operation"),
            fmt::format("the operation {} writes; give it \"reads\": true if it only asks", in_quotes(asked->first)));
    }
}

Operation read_operation(const JsonField& field, References& references) {
    Operation operation;
    operation.name = field.node->key;
    Problems& problems = references.problems();
    ObjectReader reader(field, problems);
    const JsonField method = reader.optional("method");
    const JsonField path = reader.required("path", "the path of the request, such as /gateway/customer/status");
    const JsonField headers = reader.optional("headers");
    const JsonField body = reader.optional("body");
    const JsonField expect = reader.optional("expect");
    const JsonField reads = reader.optional("reads");
    const JsonField status = reader.optional("status");
    const JsonField document = reader.optional("most_document_bytes");
    const JsonField schema = reader.optional("schema");
    reader.finish();
    constexpr std::int64_t most = 100'000'000;
    operation.most_document_bytes = read_integer(document, problems, 1, most).value_or(operation.most_document_bytes);
    read_status_query(status, problems, operation);
    operation.reads = read_bool(reads, problems).value_or(false);
    read_method(method, problems, operation);
    read_path(path, problems, operation);
    operation.schema = read_message_schema(schema, references, operation);
    read_headers(headers, references, operation);
    operation.refers = operation.refers || refers(body);
    operation.body = still_to_fill_in(body);
    if (std::optional<ResolvedText> text = references.literal_or_follow(body, "the body of the request")) {
        // A body kept in the environment is kept there because it is nobody's business.
        if (text->source.compare(0, 4, "env:") == 0) {
            references.keep_secret(text->text);
        }
        operation.body = std::move(text->text);
    }
    read_expect(expect, problems, operation);
    return operation;
}

}  // namespace

void read_operations(const JsonField& field, References& references, std::map<std::string, Operation>& operations) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object of operations");
    if (reader.usable() && field.node->children.empty()) {
        problems.error(Rank::value, field, "expected at least one operation, such as \"status\"");
    }
    for (const JsonField& member : reader.members()) {
        if (!is_operation_name(member.node->key)) {
            problems.error(
                Rank::value, member.node->key_at, member.pointer,
                fmt::format("{} is no operation name; expected lower-case letters, digits, '-' and '_', at most 63",
                            in_quotes(member.node->key)));
        }
        operations[member.node->key] = read_operation(member, references);
    }
    for (const JsonField& member : reader.members()) {
        judge_status_query(member, operations, problems);
    }
    reader.finish();
}

}  // namespace gateproof
