// The `permissions` key: cases in which somebody asks for something and must get it, or not.
#include "harness/profile/read/permission_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;
using Kind = PermissionCase::Kind;

/// A case and the fields whose sense depends on other cases.
struct CaseFields {
    JsonField whole;
    JsonField control;
    JsonField shown_by;
};

std::string read_case_name(const JsonField& field, Problems& problems) {
    const std::optional<std::string> name = read_text(field, problems, "a name");
    if (name && !is_case_name(*name)) {
        problems.error(Rank::value, field,
                       fmt::format("{} is no name of a case; expected lower-case letters, digits and '-', at most 63, "
                                   "because reports file the case by it",
                                   in_quotes(*name)));
    }
    return name.value_or("");
}

Kind read_kind(const JsonField& field, Problems& problems) {
    const std::optional<std::string> word =
        read_choice(field, problems, {"own", "customer", "account", "write", "batch"});
    for (const Kind kind : {Kind::customer, Kind::account, Kind::write, Kind::batch}) {
        if (word == to_string(kind)) {
            return kind;
        }
    }
    return Kind::own;
}

std::optional<KnownRecord> read_record(const JsonField& field, References& references, CaseFields& fields) {
    if (!field) {
        return std::nullopt;
    }
    Problems& problems = references.problems();
    KnownRecord record;
    ObjectReader reader(field, problems, "an object with \"shown_by\" and \"fields\", or with \"values\"");
    fields.shown_by = reader.optional("shown_by");
    const JsonField places = reader.optional("fields");
    const JsonField values = reader.optional("values");
    reader.finish();
    record.shown_by = read_text(fields.shown_by, problems, "the name of a case").value_or("");
    if (places) {
        for (const JsonField& item : read_list(places, problems, "a list of JSON pointers or XPath expressions")) {
            record.fields.push_back(read_text(item, problems).value_or(""));
        }
    }
    if (values) {
        for (const JsonField& item : read_list(values, problems, "a list of values")) {
            const std::optional<ResolvedText> text = references.literal_or_follow(item, "a value of the record");
            if (text && !text->source.empty()) {
                references.keep_secret(without_line_end(text->text));
            }
            record.values.push_back(text ? without_line_end(text->text) : "");
        }
    }
    const bool paired = static_cast<bool>(fields.shown_by) == static_cast<bool>(places);
    if (reader.usable() && (!paired || (!places && !values))) {
        problems.error(Rank::value, field,
                       "expected \"shown_by\" with \"fields\" (a served case, and where its answer holds what must not "
                       "leak), or \"values\"");
    }
    return record;
}

void check_parts(const PermissionCase& one, const CaseFields& fields, Problems& problems) {
    const bool batch = one.kind == Kind::batch;
    if (one.kind != Kind::own && !fields.control) {
        problems.error(Rank::value, fields.whole,
                       "a case that must be refused needs \"control\": the name of a served case of the same subject, "
                       "because a refusal proves nothing while the subject is served nothing at all");
    }
    if (batch != (one.allowed && one.refused)) {
        problems.error(Rank::value, fields.whole,
                       "\"allowed\" and \"refused\" say how a batch answers for each item; expected both in a case of "
                       "kind \"batch\", and neither in another");
    }
    if (one.unknown && !one.refuses()) {
        problems.error(Rank::value, fields.whole,
                       "\"unknown\" belongs to a case that must be refused: both must be answered alike");
    }
}

PermissionCase read_case(const JsonField& field, const Profile& profile, References& references, CaseFields& fields) {
    Problems& problems = references.problems();
    PermissionCase one;
    ObjectReader reader(field, problems, "an object that describes a case");
    const JsonField name = reader.required("name", "a short name for the case");
    const JsonField kind = reader.required("kind", "own, customer, account, write or batch");
    const JsonField subject =
        reader.required("subject", "who asks: a role of \"oauth\", \"m2m\", \"certificate\" or \"tds\"");
    const JsonField operation = reader.required("operation", "the name of an operation");
    const JsonField with = reader.optional("with");
    const JsonField unknown = reader.optional("unknown");
    const JsonField error = reader.optional("error");
    const JsonField record = reader.optional("record");
    const JsonField allowed = reader.optional("allowed");
    const JsonField refused = reader.optional("refused");
    fields.whole = field;
    fields.control = reader.optional("control");
    reader.finish();
    one.name = read_case_name(name, problems);
    one.kind = read_kind(kind, problems);
    one.subject = read_text(subject, problems, "a role").value_or("");
    check_subject(subject, profile, problems, one.subject);
    one.operation = read_known_operation(operation, problems, profile.operations);
    one.with = read_placeholders(with, references);
    one.control = read_text(fields.control, problems, "the name of a case").value_or("");
    one.error = read_error_name(error, problems, profile.permissions);
    one.record = read_record(record, references, fields);
    one.allowed = read_answer_value(allowed, problems);
    one.refused = read_answer_value(refused, problems);
    if (unknown) {
        one.unknown = one.with;
        for (auto& [placeholder, value] : read_placeholders(unknown, references)) {
            one.unknown->insert_or_assign(placeholder, value);
        }
    }
    const auto known = profile.operations.find(one.operation);
    if (reader.usable() && known != profile.operations.end()) {
        match_placeholders(field, one.unknown.value_or(one.with), known->second, problems);
    }
    const ErrorModel* const model = profile.permissions.model_of(one);
    if (one.refuses() && model != nullptr && model->not_permitted.codes.empty()) {
        problems.error(Rank::value, error,
                       fmt::format("the error model {} has no error of a missing delegation, because the service knows "
                                   "none; expected another in a case that must be refused",
                                   in_quotes(one.error)));
    }
    check_parts(one, fields, problems);
    return one;
}

/// A name that must be that of a served case.
void check_served(const JsonField& field, const std::string& name, const Permissions& permissions, Problems& problems) {
    if (!field || name.empty()) {
        return;
    }
    const PermissionCase* const found = permissions.find(name);
    if (found == nullptr || found->kind != Kind::own) {
        problems.error(Rank::value, field,
                       fmt::format("expected the name of a case of kind \"own\", found {}", in_quotes(name)));
    }
}

}  // namespace

void check_subject(const JsonField& field, const Profile& profile, Problems& problems, const std::string& subject) {
    if (subject == "m2m" && !profile.machine) {
        problems.error(Rank::value, field, "the subject \"m2m\" needs the key \"m2m\": which machine it is");
    }
    if ((subject == "certificate" || subject == "tds") && profile.channel != Channel::cloud) {
        problems.error(Rank::value, field, "only on the cloud channel does a certificate say who asks");
    }
}

bool is_case_name(std::string_view name) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= 63 && name.front() != '-' && std::ranges::all_of(name, good);
}

void read_permission_errors(const JsonField& field, Problems& problems, Permissions& permissions) {
    if (!field || field.node->kind != JsonNode::Kind::object) {
        return;
    }
    for (const JsonNode& member : field.node->children) {
        if (member.key == "errors") {
            const JsonField errors{&member, pointer_join(field.pointer, member.key)};
            read_errors(errors, problems, permissions.errors);
            return;
        }
    }
}

void read_permission_case(const JsonField& field, References& references, Profile& profile) {
    Permissions& permissions = profile.permissions;
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"cases\"");
    const JsonField errors = reader.optional("errors");
    const JsonField causes = reader.optional("causes");
    const JsonField cases = reader.required("cases", "a list of permission cases");
    reader.finish();
    read_causes(causes, problems, permissions.causes);
    static_cast<void>(errors);  // read before, because machines refer to them
    std::vector<CaseFields> fields;
    std::set<std::string> names;
    for (const JsonField& item : cases ? read_list(cases, problems, "a list of cases") : std::vector<JsonField>{}) {
        PermissionCase one = read_case(item, profile, references, fields.emplace_back());
        if (!one.name.empty() && !names.insert(one.name).second) {
            problems.error(Rank::value, item, fmt::format("another case is called {} too", in_quotes(one.name)));
        }
        permissions.cases.push_back(std::move(one));
    }
    for (std::size_t at = 0; at < fields.size(); ++at) {
        const PermissionCase& one = permissions.cases[at];
        check_served(fields[at].control, one.control, permissions, problems);
        // Without "control" its name is empty, and so is that of a case without "name".
        const PermissionCase* const control = fields[at].control ? permissions.find(one.control) : nullptr;
        if (control != nullptr && control->subject != one.subject) {
            problems.error(Rank::value, fields[at].control,
                           fmt::format("the control {} is a case of the subject {}; expected one of {}, whose refusal "
                                       "is looked at",
                                       in_quotes(one.control), in_quotes(control->subject), in_quotes(one.subject)));
        }
        if (one.record) {
            check_served(fields[at].shown_by, one.record->shown_by, permissions, problems);
        }
    }
}

}  // namespace gateproof
