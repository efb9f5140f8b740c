#include "harness/profile/authority.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

#include "harness/profile/profile.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof {

std::string OAuthClient::basic() const {
    return base64(percent_encoded(id) + ':' + percent_encoded(secret));
}

bool Authority::supplies_token(const std::string& role) const {
    return tokens.contains(role) || (by_human && role == "user") || (!by_human && automated && users.contains(role));
}

namespace {

/// However the address is written. What is none is a name, "127.0.0.1.example" too, and "127.1": only resolvers know.
bool is_loopback_address(const std::string& text) {
    namespace ip = boost::asio::ip;
    boost::system::error_code error;
    const ip::address address = ip::make_address(text, error);
    if (error) {
        return false;
    }
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6()).is_loopback();
    }
    return address.is_loopback();
}

bool is_on_this_machine(const Endpoint& endpoint) {
    return endpoint.proxy == nullptr && is_loopback_address(endpoint.host) &&
           (endpoint.connect_address.empty() || is_loopback_address(endpoint.connect_address));
}

std::string lacks_a_ca(const Profile& profile, const Endpoint& endpoint, std::string_view secret) {
    const bool knows_a_ca = profile.trust.system || !profile.trust.anchors.empty();
    return knows_a_ca || !must_prove_itself(profile, endpoint)
               ? std::string()
               : fmt::format(
                     "needs a CA that {} proves itself by before {} is sent to it; give trust.ca or trust.system in "
                     "the profile",
                     endpoint.host, secret);
}

}  // namespace

bool must_prove_itself(const Profile& profile, const Endpoint& endpoint, bool by_proxy) {
    if (profile.trust.given) {
        return true;
    }
    const bool ones_own = profile.environment == Environment::embedded || profile.environment == Environment::sandbox;
    return !ones_own && (by_proxy || !is_on_this_machine(endpoint));
}

std::string secret_unmet(const Profile& profile, const Endpoint& endpoint) {
    return lacks_a_ca(profile, endpoint, "a password or token");
}

std::string secret_unmet(const Profile& profile, const Endpoint& endpoint, const Operation& operation) {
    return operation.carries_secret()
               ? lacks_a_ca(profile, endpoint, fmt::format("the secret of operation '{}'", operation.name))
               : std::string();
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
