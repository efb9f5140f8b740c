#include "suites/gateway/m2m/needs.hpp"

#include "harness/profile/profile.hpp"
#include "suites/shared/machine_token.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {

Need signing_machine() {
    return {"machine that signs JWTs", [](const Profile& profile) {
                if (!profile.machine) {
                    return std::string("needs a machine that signs JWTs; give m2m in the profile");
                }
                if (std::string reason = secret_unmet(profile, profile.endpoint); !reason.empty()) {
                    return reason;
                }
                return machine_token(*profile.machine, TimeSpan::now())
                           ? std::string()
                           : "needs a signing key that RS256, RS384, RS512, ES256, ES384 or ES512 takes; give another "
                             "m2m.signer or m2m.algorithm in the profile";
            }};
}

Need other_environment_signer() {
    return need("signing certificate of another environment",
                "needs a signing certificate of another environment; give m2m.other_environment in the profile",
                [](const Profile& profile) { return profile.machine && profile.machine->other_environment; });
}

Need refused_logon() {
    return need("user without the delegation",
                "needs a myIR user without a delegation for the operation's target; give m2m.refused_logon in the "
                "profile",
                [](const Profile& profile) { return profile.machine && !profile.machine->refused_logon.empty(); });
}

Need desktop_operation() {
    return {"operation on the desktop channel", [](const Profile& profile) {
                const bool given = profile.desktop && profile.machine && !profile.machine->desktop_operation.empty();
                return given ? secret_unmet(profile, profile.desktop->endpoint)
                             : "needs the desktop listener of the same gateway; give desktop.url and "
                               "m2m.desktop_operation in the profile";
            }};
}

}  // namespace gateproof::suites
