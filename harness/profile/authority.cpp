#include "harness/profile/authority.hpp"

#include <fmt/format.h>

#include "harness/profile/profile.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof {

std::string OAuthClient::basic() const {
    return base64(percent_encoded(id) + ':' + percent_encoded(secret));
}

bool Authority::supplies_token(const std::string& role) const {
    return tokens.contains(role) || (automated && users.contains(role));
}

bool must_prove_itself(const Profile& profile, const Endpoint& endpoint) {
    if (profile.environment == Environment::embedded || profile.environment == Environment::sandbox) {
        return false;
    }
    for (const std::string_view address :
         {std::string_view(endpoint.connect_address), std::string_view(endpoint.host)}) {
        if (address.starts_with("127.") || address == "::1") {
            return false;
        }
    }
    return true;
}

std::string secret_unmet(const Profile& profile, const Endpoint& endpoint) {
    const bool knows_a_ca = profile.trust.system || !profile.trust.anchors.empty();
    return knows_a_ca || !must_prove_itself(profile, endpoint)
               ? std::string()
               : fmt::format(
                     "needs a CA that {} proves itself by before a password or token is sent to it; give "
                     "trust.ca or trust.system in the profile",
                     endpoint.host);
}

std::string token_unmet(const Profile& profile, const std::string& role) {
    if (profile.authority && profile.authority->supplies_token(role)) {
        return {};
    }
    return fmt::format(
        "needs an access token of \"{0}\"; give oauth.tokens.{0} (gateproof login fetches one){1} in the profile", role,
        profile.authority && profile.authority->automated ? fmt::format(", or oauth.users.{}", role) : "");
}

}  // namespace gateproof
