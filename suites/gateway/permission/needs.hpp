// What the permission checks need of a profile.
#pragma once

#include "harness/model/check.hpp"
#include "harness/profile/permission_case.hpp"

namespace gateproof::suites {

/// permissions.cases: one of this kind
Need case_of_kind(PermissionCase::Kind kind);
/// One of kind own whose subject is a user: a request that a token opens
Need token_case();
/// A good token of that user
Need token_of_first_case();
/// oauth.tokens.expired, .other_environment and .other_audience: tokens that must be refused
Need expired_token();
Need other_environment_token();
Need other_audience_token();
/// oauth.tokens.revoked, or a user whose token may be revoked
Need revoked_token();

}  // namespace gateproof::suites
