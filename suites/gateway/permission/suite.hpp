// Tokens, delegations and their errors.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite permission_suite();

/// The parts of permission_suite(), in the order that reports show.
std::vector<Check> permission_token_checks();     ///< TOKEN-CHECKED
std::vector<Check> permission_binding_checks();   ///< CLOUD-MTLS-IDENTIFIES: whose token under whose certificate
std::vector<Check> permission_scope_checks();     ///< DELEG-SCOPE
std::vector<Check> permission_error_checks();     ///< DELEG-ERROR: shape and content
std::vector<Check> permission_oracle_checks();    ///< DELEG-ERROR: existence
std::vector<Check> permission_message_checks();   ///< SOAP-ORDER, SOAP-ACTION, REST-METHOD, STATUS-ALL
std::vector<Check> permission_schema_checks();    ///< SOAP-SCHEMA
std::vector<Check> permission_contract_checks();  ///< REST-SCHEMA, SOAP-XSD, SOAP-WSDL
std::vector<Check> permission_document_checks();  ///< DOCUMENT-LIMITS
std::vector<Check> permission_number_checks();    ///< IRD-NUMBER, IRD-FORMAT
std::vector<Check> permission_service_checks();   ///< TDS-NO-TOKEN, CERT-TDS-SEPARATE

/// Those of the profile's cases that a check runs, in the profile's order.
using CaseList = std::vector<const PermissionCase*>;
/// Served cases of users, the first of each error model: what TOKEN-CHECKED is tried on.
CaseList token_cases(const Profile& profile);
/// Those of token_cases() whose request is of a kind.
CaseList token_cases_with(const Profile& profile, bool (*fits)(const Operation&, const ErrorModel&));
CaseList cases_of(const Profile& profile, PermissionCase::Kind kind);
/// The operation of a case; null: the profile has none of this name.
const Operation* operation_of_case(const Profile& profile, const PermissionCase& one);
/// Cases that must be refused.
CaseList refused_cases(const Profile& profile);

/// What reports show of each: "user: GET /gateway/customer/{ird} (other-customer)"; unmet without a token of its
/// subject.
std::vector<CheckCase> described(const CaseList& cases, const Profile& profile);
/// token_cases() as the cases of a check.
std::vector<CheckCase> on_each_model(const Profile& profile);

/// What a check has of Choose(profile): its cases, and the need of one.
template <CaseList (*Choose)(const Profile&)>
std::vector<CheckCase> cases_as_described(const Profile& profile) {
    return described(Choose(profile), profile);
}
template <CaseList (*Choose)(const Profile&)>
Need case_among(std::string_view name, std::string_view lack) {
    return need(name, lack, [](const Profile& profile) { return !Choose(profile).empty(); });
}

/// A request that must not be served, and how the same one with the right credential is answered.
Verdict judge_bad_credential(const Answer& good, const Tries& bad, std::string_view what, std::string_view remedy);

/// How a case that must be refused was answered, beside its control.
Verdict judge_refused_case(const Answer& control, const Tries& tries, std::string_view what, std::string_view remedy);

/// What must be refused for a reason of its own, and the words of the verdict.
struct RefusedFor {
    std::string_view what;               ///< "a request of software that was not onboarded"
    const ErrorModel::Reason& reason;    ///< as which it is documented
    std::string_view remedy;             ///< where it is served
    std::string_view remedy_of_another;  ///< where it is refused for another reason, which is a warning
};
/// `shape`: the refusal once more, by itself.
Verdict judge_refused_for(const Answer& good, const Tries& tries, const Answer& shape, const RefusedFor& wanted);
/// The model, in which this reason is a word about the request that is sent (Reading::documented).
ErrorModel expecting(ErrorModel model, const ErrorModel::Reason& reason);

/// A batch: each item for itself, and nothing of the refused one's record.
struct BatchAnswer {
    Answer reading;
    std::string allowed;  ///< value at the place of the allowed item; empty: none
    std::string refused;
    std::vector<std::string> leaked;  ///< names of what leaked
};
Verdict judge_batch(const PermissionCase& one, const BatchAnswer& batch);

}  // namespace gateproof::suites
