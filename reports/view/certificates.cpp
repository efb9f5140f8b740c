#include "reports/view/certificates.hpp"

#include <algorithm>
#include <set>

#include "harness/journal/codec.hpp"
#include "reports/view/tally.hpp"

namespace gateproof::reports {
namespace {

/// A server may show another certificate every time; what a target is told of is bounded.
constexpr std::size_t max_shown = 20;

const FieldValue* field(const Observation& observation, std::string_view name) {
    const auto found = std::ranges::find(observation.fields, name, &std::pair<std::string, FieldValue>::first);
    return found == observation.fields.end() ? nullptr : &found->second;
}

std::string text_or_empty(const Observation& observation, std::string_view name) {
    const std::string* text = text_field(observation, name);
    return text == nullptr ? std::string() : *text;
}

/// Leaves that a server showed; what is above them expires with the CA's own care.
void add_shown(std::vector<CertificateFact>& facts, const CheckRecord& check, std::set<std::string>& seen) {
    for (const Observation& observation : check.result->evidence) {
        // Other roles are our own certificates, which `identities` of the target tells of.
        if (observation.kind != "certificate" || text_or_empty(observation, "role") != "server" ||
            number_field(observation, "depth", 0) != 0) {
            continue;
        }
        const auto not_after = parse_iso_time(text_or_empty(observation, "not_after"));
        const std::string sha256 = text_or_empty(observation, "sha256");
        if (not_after && seen.size() < max_shown && seen.insert(sha256).second) {
            facts.push_back({check.target, "server", text_or_empty(observation, "subject"),
                             text_or_empty(observation, "issuer"), sha256, *not_after});
        }
    }
}

}  // namespace

const std::string* text_field(const Observation& observation, std::string_view name) {
    const FieldValue* value = field(observation, name);
    return value == nullptr ? nullptr : std::get_if<std::string>(value);
}

std::int64_t number_field(const Observation& observation, std::string_view name, std::int64_t fallback) {
    const FieldValue* value = field(observation, name);
    const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
    return number == nullptr ? fallback : *number;
}

bool CertificateFact::in_use() const {
    return role == "server" || role == "enrolled" || role == "second";
}

std::vector<CertificateFact> certificates_of(const RunRecord& run) {
    std::map<std::string, std::vector<const CheckRecord*>> checks;
    for (const CheckRecord& check : run.checks) {
        if (check.result) {
            checks[check.target].push_back(&check);
        }
    }
    std::vector<CertificateFact> facts;
    for (const TargetRecord& target : run.targets) {
        std::set<std::string> seen;
        for (const CheckRecord* check : checks[target.name]) {
            add_shown(facts, *check, seen);
        }
        for (const CertificateRecord& identity : target.identities) {
            if (identity.not_after) {
                facts.push_back({target.name, identity.role, identity.subject, identity.issuer, identity.sha256,
                                 *identity.not_after});
            }
        }
    }
    const auto now = std::chrono::floor<std::chrono::milliseconds>(end_of(run));
    for (CertificateFact& fact : facts) {
        fact.days_left = std::chrono::floor<std::chrono::days>(fact.not_after - now).count();
    }
    return facts;
}

}  // namespace gateproof::reports
