// The clients that are registered with the authority.
#pragma once

#include <cstdint>
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
    std::vector<std::uint16_t> other_ports = {};  ///< of the same loopback address that are registered too

    [[nodiscard]] bool native() const { return secret.empty(); }
};

class Clients {
public:
    /// Secrets are minted at random.
    Clients();

    /// Null: nobody.
    [[nodiscard]] const OAuthClient* find(std::string_view id) const;
    /// By role: client, second-client, native-client, second-native-client, registered-native-client. Null for another.
    [[nodiscard]] const OAuthClient* of_role(std::string_view role) const;
    [[nodiscard]] static const std::vector<std::string_view>& roles();

private:
    std::vector<OAuthClient> clients_;  ///< in the order of roles()
};

/// Exactly the registered one (RFC 6749 3.1.2.3). A loopback one that is registered without a port is good with any
/// (RFC 8252 7.3), one with a port with the registered ports alone (IA 2.1).
bool redirect_uri_allowed(const OAuthClient& client, std::string_view uri, const FaultSet& faults);

}  // namespace gateproof::gateway
