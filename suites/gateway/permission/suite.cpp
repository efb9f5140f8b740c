#include "suites/gateway/permission/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateproof::suites {

CaseList token_cases(const Profile& profile) {
    CaseList chosen;
    for (const PermissionCase& one : profile.permissions.cases) {
        const bool first =
            std::ranges::none_of(chosen, [&one](const auto* other) { return other->error == one.error; });
        if (one.kind == PermissionCase::Kind::own && one.of_user() && first) {
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

CaseList token_cases_with(const Profile& profile, bool (*fits)(const Operation&, const ErrorModel&)) {
    CaseList chosen = token_cases(profile);
    std::erase_if(chosen, [&](const PermissionCase* one) {
        const Operation* const operation = operation_of_case(profile, *one);
        const ErrorModel* const model = profile.permissions.model_of(*one);
        return operation == nullptr || model == nullptr || !fits(*operation, *model);
    });
    return chosen;
}

const Operation* operation_of_case(const Profile& profile, const PermissionCase& one) {
    const auto found = profile.operations.find(one.operation);
    return found == profile.operations.end() ? nullptr : &found->second;
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
        const Operation* const operation = operation_of_case(profile, *one);
        const std::string request = operation == nullptr ? one->operation : operation->method + " " + operation->path;
        // The path as the profile writes it: what stands for {ird} may be a secret.
        out.push_back({one->name, fmt::format("{}: {} ({})", one->subject, request, one->name)});
        if (one->of_user()) {
            out.back().unmet = token_unmet(profile, one->subject);
        } else if (one->subject == "tds" && profile.identity("tds") == nullptr) {
            out.back().unmet = "needs the certificate for summary and batch requests of TDS; give identities.tds";
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

Verdict judge_refused_for(const Answer& good, const Tries& tries, const Answer& shape, const RefusedFor& wanted) {
    Verdict verdict = judge_refused_case(good, tries, wanted.what, wanted.remedy);
    if (verdict.outcome() != Outcome::pass || matches(shape, wanted.reason)) {
        return verdict;
    }
    if (!shape.refused()) {
        return Verdict::inconclusive("{} was refused, and then: {}", wanted.what, shape.summary);
    }
    return Verdict::warning("{} is refused with {}; documented is {}", wanted.what, shape.summary,
                            describe(wanted.reason))
        .remedy(std::string(wanted.remedy_of_another));
}

ErrorModel expecting(ErrorModel model, const ErrorModel::Reason& reason) {
    const auto join = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
    join(model.not_permitted.status, reason.status);
    join(model.not_permitted.codes, reason.codes);
    return model;
}

Suite permission_suite() {
    Suite suite{"permission", "Tokens and delegations", {}};
    for (const auto& part : {permission_token_checks(), permission_binding_checks(), permission_scope_checks(),
                             permission_error_checks(), permission_oracle_checks(), permission_message_checks(),
                             permission_schema_checks(), permission_contract_checks(), permission_number_checks(),
                             permission_service_checks(), permission_document_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
