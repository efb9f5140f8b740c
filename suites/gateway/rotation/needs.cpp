#include "suites/gateway/rotation/needs.hpp"

#include <chrono>
#include <optional>
#include <string>

#include "harness/probe/tls/trust.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {

Need declared_rotation() {
    return need("rotation", "needs a rotation; give rotation in the profile, or use gateproof rotate-check",
                [](const Profile& profile) { return profile.rotation.has_value(); });
}

Need both_certificates() {
    return {
        "both certificates of the rotation", [](const Profile& profile) {
            if (!profile.rotation || profile.rotation->old_role.empty()) {
                return std::string(
                    "needs a rotation of the client certificate; give rotation.old and rotation.new in the profile");
            }
            for (const std::string& role : {profile.rotation->old_role, profile.rotation->new_role}) {
                if (profile.identity(role) == nullptr) {
                    return "needs both certificates of the rotation; give identities." + role + " in the profile";
                }
            }
            return std::string();
        }};
}

namespace {

/// Whoever refuses a certificate before its time is right.
bool new_certificate_is_valid(const Profile& profile) {
    const Identity* const fresh = profile.rotation ? profile.identity(profile.rotation->new_role) : nullptr;
    const std::optional<Validity> period = fresh != nullptr ? validity_of(fresh->leaf) : std::nullopt;
    return !period || profile.rotation->moment != RotationMoment::before ||
           std::chrono::system_clock::now() >= period->not_before;
}

}  // namespace

Need enrolled_new_certificate() {
    return need("new certificate that is enrolled",
                "where each certificate is enrolled, the endpoint does not know the new one yet (rotation.moment is "
                "before), and where names are trusted it must be valid by now; needs moment during or after",
                [](const Profile& profile) {
                    return profile.rotation && new_certificate_is_valid(profile) &&
                           (profile.rotation->moment != RotationMoment::before ||
                            certificate_trust(profile) == CertificateTrust::by_name);
                });
}

Need running_overlap() {
    return need("time in which both certificates are good",
                "concerns the time before the cut-over in which the endpoint knows both certificates; needs "
                "rotation.moment during, or before where names are trusted and the new one is valid by now",
                [](const Profile& profile) {
                    return profile.rotation && new_certificate_is_valid(profile) &&
                           (profile.rotation->moment == RotationMoment::during ||
                            (profile.rotation->moment == RotationMoment::before &&
                             certificate_trust(profile) == CertificateTrust::by_name));
                });
}

}  // namespace gateproof::suites
