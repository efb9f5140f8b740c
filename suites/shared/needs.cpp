#include "suites/shared/needs.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "harness/identity/role.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof::suites {
namespace {

/// Only these may have the key of a CA.
bool may_lend_issuer(const Profile& profile) {
    return profile.environment == Environment::embedded || profile.environment == Environment::sandbox;
}

/// An identity of this role; `issuable`: a test CA can make one instead.
Need role(std::string_view name, IdentityRole role, std::string_view what, bool issuable) {
    return {name, [role, what, issuable](const Profile& profile) {
                if (profile.identity(std::string(role.text())) || (issuable && profile.issuer)) {
                    return std::string();
                }
                return fmt::format("needs {}; give identities.{}{} in the profile", what, role.text(),
                                   issuable && may_lend_issuer(profile) ? " or issuer" : "");
            }};
}

}  // namespace

Need need(std::string_view name, std::string_view lack, std::function<bool(const Profile&)> enough) {
    return {name, [lack, enough = std::move(enough)](const Profile& profile) {
                return enough(profile) ? std::string() : std::string(lack);
            }};
}

Need enrolled_identity() {
    return role("enrolled identity", "enrolled", "a client certificate", false);
}

Need second_identity() {
    return role("second identity", "second", "a second enrolled identity", false);
}

Need issuer() {
    return {"issuer", [](const Profile& profile) -> std::string {
                if (profile.issuer) {
                    return {};
                }
                return may_lend_issuer(profile)
                           ? "needs a test CA that issues certificates to be refused; give issuer in the profile"
                           : "needs a test CA that issues certificates to be refused, which a sandbox of one's own "
                             "alone can lend";
            }};
}

Need identity_operation() {
    return need("identity operation",
                "needs an operation that says whom the gateway takes us for; give identity.operation in the profile",
                [](const Profile& profile) { return !profile.identity_operation.empty(); });
}

Need unenrolled_identity() {
    return role("unenrolled identity", "unenrolled", "a good certificate that is not enrolled", true);
}

Need expired_identity() {
    return role("expired identity", "expired", "an expired certificate", true);
}

Need not_yet_valid_identity() {
    return role("not yet valid identity", "not_yet_valid", "a certificate that is not valid yet", true);
}

Need wrong_eku_identity() {
    return role("identity of another key usage", "wrong_eku", "a certificate that is not for TLS clients", true);
}

Need revoked_identity() {
    return role("revoked identity", "revoked", "a revoked certificate", false);
}

Need other_environment_identity() {
    return role("identity of another environment", "other_environment",
                "a certificate that is enrolled in another environment", false);
}

Need not_entitled_operation() {
    return need("operation without entitlement",
                "needs an operation that the enrolled identity is not entitled to; give not_entitled in the profile",
                [](const Profile& profile) { return !profile.not_entitled.empty(); });
}

Need server_trust() {
    return need("trust", "needs a CA to judge the server by; give trust.ca or trust.system in the profile",
                [](const Profile& profile) { return profile.trust.system || !profile.trust.anchors.empty(); });
}

}  // namespace gateproof::suites
