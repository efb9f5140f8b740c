// The clients that are registered with the authority.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/faults/fault_set.hpp"

namespace gateproof::gateway {

struct OAuthClient {
    std::string id;
    std::string name;    ///< for the consent page
    std::string secret;  ///< empty: a public, native client (RFC 8252)
    std::string redirect_uri;

    [[nodiscard]] bool native() const { return secret.empty(); }
};

class Clients {
public:
    /// Secrets are minted at random.
    Clients();

    /// Null: nobody.
    [[nodiscard]] const OAuthClient* find(std::string_view id) const;
    /// By role: client, second-client, native-client, second-native-client. Null for another.
    [[nodiscard]] const OAuthClient* of_role(std::string_view role) const;
    [[nodiscard]] static const std::vector<std::string_view>& roles();

private:
    std::vector<OAuthClient> clients_;  ///< in the order of roles()
};

/// Exactly the registered one (RFC 6749 3.1.2.3); a loopback one of a native client with any port (RFC 8252 7.3).
bool redirect_uri_allowed(const OAuthClient& client, std::string_view uri, const FaultSet& faults);

}  // namespace gateproof::gateway
