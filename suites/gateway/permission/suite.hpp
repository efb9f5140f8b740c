// Tokens, delegations and their errors.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite permission_suite();

/// The parts of permission_suite(), in the order that reports show.
std::vector<Check> permission_token_checks();    ///< TOKEN-CHECKED
std::vector<Check> permission_binding_checks();  ///< CLOUD-MTLS-IDENTIFIES: whose token under whose certificate
std::vector<Check> permission_scope_checks();    ///< DELEG-SCOPE
std::vector<Check> permission_error_checks();    ///< DELEG-ERROR: shape and content
std::vector<Check> permission_oracle_checks();   ///< DELEG-ERROR: existence
std::vector<Check> permission_message_checks();  ///< SOAP-ORDER, SOAP-ACTION, REST-METHOD, STATUS-ALL

/// Those of the profile's cases that a check runs, in the profile's order.
using CaseList = std::vector<const PermissionCase*>;
/// Served cases of users, the first of each error model: what TOKEN-CHECKED is tried on.
CaseList token_cases(const Profile& profile);
CaseList cases_of(const Profile& profile, PermissionCase::Kind kind);
/// Cases that must be refused.
CaseList refused_cases(const Profile& profile);

/// What reports show of each: "user: GET /gateway/customer/{ird} (other-customer)"; unmet without a token of its
/// subject.
std::vector<CheckCase> described(const CaseList& cases, const Profile& profile);
/// token_cases() as the cases of a check.
std::vector<CheckCase> on_each_model(const Profile& profile);

/// A request that must not be served, and how the same one with the right credential is answered.
Verdict judge_bad_credential(const Answer& good, const Tries& bad, std::string_view what, std::string_view remedy);

/// How a case that must be refused was answered, beside its control.
Verdict judge_refused_case(const Answer& control, const Tries& tries, std::string_view what, std::string_view remedy);

/// A batch: each item for itself, and nothing of the refused one's record.
struct BatchAnswer {
    Answer reading;
    std::string allowed;  ///< value at the place of the allowed item; empty: none
    std::string refused;
    std::vector<std::string> leaked;  ///< names of what leaked
};
Verdict judge_batch(const PermissionCase& one, const BatchAnswer& batch);

}  // namespace gateproof::suites
