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

std::string token_unmet(const Profile& profile, const std::string& role) {
    if (profile.authority && profile.authority->supplies_token(role)) {
        return {};
    }
    return fmt::format(
        "needs an access token of \"{0}\"; give oauth.tokens.{0} (gateproof login fetches one){1} in the profile", role,
        profile.authority && profile.authority->automated ? fmt::format(", or oauth.users.{}", role) : "");
}

}  // namespace gateproof
