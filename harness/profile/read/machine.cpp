// The `m2m` key: the machine that signs JWTs, and what it may do.
#include <fmt/format.h>

#include <algorithm>

#include "harness/json/reader.hpp"
#include "harness/profile/read/permission_case.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

/// Text for a claim, literal or by reference.
std::string read_claim(const JsonField& field, References& references, std::string_view expected) {
    const std::optional<ResolvedText> text = references.literal_or_follow(field, expected);
    if (!text) {
        return {};
    }
    std::string value = text->source.empty() ? text->text : without_line_end(text->text);
    const bool good = !value.empty() && value.size() <= 256 &&
                      std::ranges::all_of(value, [](char c) { return c >= ' ' && c != 0x7f; });
    if (!good) {
        references.problems().error(Rank::value, field,
                                    fmt::format("expected {} of 1 to 256 printable characters", expected));
    }
    return value;
}

/// A user, or one of the forms in which nobody is named.
void read_start_logon(const JsonField& field, References& references, Machine& machine) {
    if (field && field.node->kind == JsonNode::Kind::null) {
        machine.no_logon = Machine::NoLogon::null;
    } else if (field && field.node->kind == JsonNode::Kind::string && field.node->text.empty()) {
        machine.no_logon = Machine::NoLogon::empty;
    } else {
        machine.start_logon = read_claim(field, references, "a myIR user");
    }
}

void read_subject(const JsonField& field, Problems& problems, Machine& machine) {
    const std::optional<std::string> form = read_choice(field, problems, {"sha256-upper", "sha1-lower", "sha1-upper"});
    if (form) {
        machine.subject = *form == "sha1-lower"   ? Machine::Subject::sha1_lower
                          : *form == "sha1-upper" ? Machine::Subject::sha1_upper
                                                  : Machine::Subject::sha256_upper;
    }
}

}  // namespace

void read_machine(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    if (profile.channel != Channel::cloud) {
        problems.error(Rank::value, field, "machines call the cloud channel alone; remove \"m2m\"");
    }
    ObjectReader reader(field, problems, "an object with \"signer\", \"issuer\" and \"operation\"");
    if (!reader.usable()) {
        return;
    }
    const JsonField signer = reader.required("signer", "the registered signing certificate and its key");
    const JsonField elsewhere = reader.optional("other_environment");
    const JsonField issuer = reader.required("issuer", "the agreed issuer of the JWT (claim iss)");
    const JsonField subject = reader.optional("subject");
    const JsonField logon = reader.optional("start_logon");
    const JsonField refused = reader.optional("refused_logon");
    const JsonField algorithm = reader.optional("algorithm");
    const JsonField operation = reader.required("operation", "the name of an operation that the machine may use");
    const JsonField with = reader.optional("with");
    const JsonField error = reader.optional("error");
    const JsonField desktop = reader.optional("desktop_operation");
    const JsonField desktop_error = reader.optional("desktop_error");
    reader.finish();
    Machine machine;
    machine.signer = signer ? read_identity("m2m", signer, references) : nullptr;
    machine.other_environment =
        elsewhere ? read_identity("m2m of another environment", elsewhere, references) : nullptr;
    machine.issuer = read_claim(issuer, references, "an issuer");
    read_subject(subject, problems, machine);
    read_start_logon(logon, references, machine);
    machine.refused_logon = read_claim(refused, references, "a myIR user");
    machine.algorithm =
        read_choice(algorithm, problems, {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}).value_or("");
    machine.operation = read_known_operation(operation, problems, profile.operations);
    machine.with = read_placeholders(with, references);
    machine.error = read_error_name(error, problems, profile.permissions);
    machine.desktop_operation = read_known_operation(desktop, problems, profile.operations);
    machine.desktop_error =
        desktop_error ? read_error_name(desktop_error, problems, profile.permissions) : machine.error;
    for (const std::string& name : {machine.operation, machine.desktop_operation}) {
        if (const auto known = profile.operations.find(name); known != profile.operations.end()) {
            match_placeholders(field, machine.with, known->second, problems);
        }
    }
    profile.machine = std::move(machine);
}

}  // namespace gateproof
