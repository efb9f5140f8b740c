#include "suites/gateway/permission/needs.hpp"

#include <fmt/format.h>

#include <string>

#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

/// An access token of this role; the name and the role are literals.
Need token(std::string_view name, std::string_view role) {
    return {name, [role](const Profile& profile) { return token_unmet(profile, std::string(role)); }};
}

bool can_revoke(const Profile& profile) {
    return profile.authority && !profile.authority->revoke_path.empty() &&
           profile.authority->supplies_token("revocable") && !profile.authority->tokens.contains("revocable");
}

}  // namespace

Need case_of_kind(PermissionCase::Kind kind) {
    return {"permission case", [kind](const Profile& profile) {
                return cases_of(profile, kind).empty()
                           ? fmt::format("needs a case of kind {}; give one in permissions.cases of the profile",
                                         to_string(kind))
                           : std::string();
            }};
}

Need token_case() {
    return need("request that a token opens",
                "needs a request that a user's token opens; give permissions.cases one of kind own in the profile",
                [](const Profile& profile) { return !token_cases(profile).empty(); });
}

Need token_of_first_case() {
    return {"token of a case's user", [](const Profile& profile) {
                const CaseList cases = token_cases(profile);
                return cases.empty() ? std::string() : token_unmet(profile, cases.front()->subject);
            }};
}

Need expired_token() {
    return token("expired token", "expired");
}

Need other_environment_token() {
    return token("token of another environment", "other_environment");
}

Need other_audience_token() {
    return token("token for another service", "other_audience");
}

Need revoked_token() {
    return need("revoked token",
                "needs a revoked token, or one that may be revoked; give oauth.tokens.revoked, or "
                "oauth.users.revocable (a user with a delegation for the first case) in the profile",
                [](const Profile& profile) { return can_revoke(profile) || token_unmet(profile, "revoked").empty(); });
}

}  // namespace gateproof::suites
