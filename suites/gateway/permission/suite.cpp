#include "suites/gateway/permission/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateproof::suites {

CaseList token_cases(const Profile& profile) {
    CaseList chosen;
    for (const PermissionCase& one : profile.permissions.cases) {
        const bool has_token = one.subject != "m2m" && one.subject != "certificate";
        const bool first =
            std::ranges::none_of(chosen, [&one](const auto* other) { return other->error == one.error; });
        if (one.kind == PermissionCase::Kind::own && has_token && first) {
            chosen.push_back(&one);
        }
    }
    return chosen;
}

CaseList cases_of(const Profile& profile, PermissionCase::Kind kind) {
    CaseList chosen;
    for (const PermissionCase& one : profile.permissions.cases) {
        if (one.kind == kind) {
            chosen.push_back(&one);
        }
    }
    return chosen;
}

CaseList refused_cases(const Profile& profile) {
    CaseList chosen;
    for (const PermissionCase& one : profile.permissions.cases) {
        if (one.refuses()) {
            chosen.push_back(&one);
        }
    }
    return chosen;
}

std::vector<CheckCase> described(const CaseList& cases, const Profile& profile) {
    std::vector<CheckCase> out;
    for (const PermissionCase* one : cases) {
        const auto found = profile.operations.find(one->operation);
        const std::string request =
            found == profile.operations.end() ? one->operation : found->second.method + " " + found->second.path;
        // The path as the profile writes it: what stands for {ird} may be a secret.
        out.push_back({one->name, fmt::format("{}: {} ({})", one->subject, request, one->name)});
        if (one->subject != "m2m" && one->subject != "certificate") {
            out.back().unmet = token_unmet(profile, one->subject);
        }
        // Without a token too: what stands for {ird} may be a secret.
        if (out.back().unmet.empty()) {
            out.back().unmet = secret_unmet(profile, profile.endpoint);
        }
    }
    return out;
}

std::vector<CheckCase> on_each_model(const Profile& profile) {
    return described(token_cases(profile), profile);
}

Verdict judge_bad_credential(const Answer& good, const Tries& bad, std::string_view what, std::string_view remedy) {
    const std::vector<Trial> trials{{std::string(what), bad}};
    const Words words{"the request", "the one with a good token"};
    return judge_refused(good, trials, words, remedy, Reading::documented);
}

Verdict judge_refused_case(const Answer& control, const Tries& tries, std::string_view what, std::string_view remedy) {
    const std::vector<Trial> trials{{std::string(what), tries}};
    const Words words{"", "the subject's own case"};
    return judge_refused(control, trials, words, remedy, Reading::documented);
}

Suite permission_suite() {
    Suite suite{"permission", "Tokens and delegations", {}};
    for (const auto& part : {permission_token_checks(), permission_binding_checks(), permission_scope_checks(),
                             permission_error_checks(), permission_oracle_checks(), permission_message_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
