// `client_certificate`: the rules that the enrolled certificate is judged by, where they are not the published ones.
#include <fmt/format.h>

#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {
namespace {

/// The word that turns one rule off.
constexpr std::string_view any_word = "any";

bool is_any(const JsonField& field) {
    return field.node->kind == JsonNode::Kind::string && field.node->text == any_word;
}

}  // namespace

std::vector<std::string> read_organisations(const JsonField& field, References& references) {
    std::vector<std::string> names;
    for (const JsonField& item : read_list(field, references.problems(), "a list of organisations")) {
        if (const auto name = references.literal_or_follow(item, "the name of a certificate authority")) {
            names.push_back(without_line_end(name->text));
            if (names.back().empty()) {
                references.problems().error(Problems::Rank::value, item,
                                            "expected the name of a certificate authority, found \"\"");
            }
        }
    }
    return names;
}

void read_client_certificate(const JsonField& field, References& references, Profile& profile) {
    ClientCertificateRules& rules = profile.client_certificate;
    rules = published_rules(profile.environment);
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems,
                        "an object with \"common_name\", \"approved_authorities\", \"curves\" or \"tds\"");
    const JsonField common_name = reader.optional("common_name");
    const JsonField authorities = reader.optional("approved_authorities");
    const JsonField curves = reader.optional("curves");
    const JsonField tds = reader.optional("tds");
    reader.finish();
    if (common_name) {
        const std::optional<ResolvedText> text = references.literal_or_follow(common_name, "a common name");
        rules.common_name = text ? without_line_end(text->text) : "";
        if (text && rules.common_name.empty()) {
            problems.error(Problems::Rank::value, common_name,
                           "expected a common name, or \"any\" to judge none, found \"\"");
        } else if (rules.common_name == any_word) {
            rules.common_name.clear();
        } else if (const std::string fault = pattern_fault(rules.common_name); !fault.empty()) {
            problems.error(Problems::Rank::value, common_name, fault);
        }
    }
    if (authorities) {
        rules.approved_authorities =
            is_any(authorities) ? std::vector<std::string>() : read_organisations(authorities, references);
    }
    if (read_choice(tds, problems, {"required", "recommended"}) == "recommended") {
        rules.tds = TdsCertificate::recommended;
    }
    if (curves) {
        rules.curves.clear();
    }
    if (curves && !is_any(curves)) {
        for (const JsonField& item : read_list(curves, problems, "a list of curves such as P-384")) {
            if (std::optional<std::string> curve = read_choice(item, problems, known_curves())) {
                rules.curves.push_back(std::move(*curve));
            }
        }
    }
}

}  // namespace gateproof
