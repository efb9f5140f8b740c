// What a profile says about who is who: the operation that tells, the one that is denied, the listener's other names.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/read/profile.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

constexpr std::size_t longest_header = 200;
constexpr std::size_t most_headers = 20;

/// RFC 6066, section 3: SNI carries DNS names, no addresses.
bool is_host_name(const std::string& text) {
    const UrlResult url = parse_endpoint_url("https://" + text, "https", false);
    const bool only_host = url.fault.empty() && text.find_first_of(":/") == std::string::npos;
    return only_host && text.find_first_not_of("0123456789.") != std::string::npos;
}

}  // namespace

void report_unknown_operation(const JsonField& field, const std::string& name, Problems& problems,
                              const std::map<std::string, Operation>& known) {
    std::vector<std::string> names;
    for (const auto& [one, operation] : known) {
        names.push_back(one);
    }
    problems.error(Rank::value, field,
                   fmt::format("\"operations\" has no operation {}{}", in_quotes(name), suggestion(name, names)));
}

std::string read_operation_name(const JsonField& field, const JsonField& operations, Problems& problems,
                                const std::map<std::string, Operation>& known) {
    std::optional<std::string> name = read_text(field, problems, "the name of an operation");
    if (!name || !operations || operations.node->children.empty()) {
        return {};
    }
    if (known.count(*name) != 0) {
        return std::move(*name);
    }
    report_unknown_operation(field, *name, problems, known);
    return {};
}

void read_identity_operation(const JsonField& field, const JsonField& operations, Problems& problems,
                             Profile& profile) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"operation\" and \"pointer\"");
    const JsonField operation =
        reader.required("operation", "the name of the operation whose answer says whom the gateway takes you for");
    const JsonField pointer = reader.optional("pointer");
    reader.finish();
    profile.identity_operation = read_operation_name(operation, operations, problems, profile.operations);
    profile.identity_pointer = read_text(pointer, problems, "a JSON pointer").value_or("");
    if (!is_json_pointer(profile.identity_pointer)) {
        problems.error(Rank::value, pointer,
                       fmt::format("expected a JSON pointer (RFC 6901) such as \"/dsp\", or \"\" for the whole body, "
                                   "found {}",
                                   in_quotes(profile.identity_pointer)));
    }
}

void read_other_names(const JsonField& field, Problems& problems, std::vector<std::string>& names) {
    for (const JsonField& item : read_list(field, problems, "a list of host names")) {
        std::optional<std::string> name = read_text(item, problems, "a host name");
        if (!name) {
            continue;
        }
        if (is_host_name(*name)) {
            names.push_back(std::move(*name));
        } else {
            problems.error(Rank::value, item,
                           fmt::format("expected a host name without scheme, port or path, and no address, because it "
                                       "is sent as SNI; found {}",
                                       in_quotes(*name)));
        }
    }
}

void read_identity_headers(const JsonField& field, Problems& problems, Profile& profile) {
    if (!field) {
        return;
    }
    const std::vector<std::string> facts(std::begin(identity_facts), std::end(identity_facts));
    ObjectReader reader(field, problems, "an object of header names and values");
    std::set<std::string> seen;
    for (const JsonField& header : reader.members()) {
        const std::string& name = header.node->key;
        judge_header_name(header, problems, seen);
        std::optional<std::string> value = read_text(header, problems, "a value such as \"CN={common_name}\"");
        if (!value) {
            continue;
        }
        if (value->empty() || value->size() > longest_header || !is_header_value(*value)) {
            problems.error(Rank::value, header,
                           fmt::format("a value has 1 to {} characters, none of them a line break or another control "
                                       "character",
                                       longest_header));
        }
        if (same_ignoring_case(name, profile.endpoint.correlation_header)) {
            problems.error(Rank::value, header,
                           "endpoint.correlation_header is sent in this header instead; name another one there");
        }
        for (const std::string& fact : placeholders_in(*value)) {
            if (std::ranges::find(facts, fact) == facts.end()) {
                problems.error(
                    Rank::value, header,
                    fmt::format("{{{}}} is nothing that a certificate says{}", fact, suggestion(fact, facts)));
            }
        }
        profile.identity_headers.emplace_back(name, std::move(*value));
    }
    reader.finish();
    if (profile.identity_headers.size() > most_headers) {
        problems.error(Rank::value, field, fmt::format("at most {} headers", most_headers));
    }
}

}  // namespace gateproof
