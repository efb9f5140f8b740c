// What answers behind the stage: the services of the embedded gateway, by value. The stage and the checks know an
// interface alone, so that they and the gateway share no code.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/tls/server.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/client/parts.hpp"

namespace gateproof::selfproof {

/// A world of its own: customers, users and the tokens of an authority, minted when it is made.
class EmbeddedApplications {
public:
    EmbeddedApplications();
    ~EmbeddedApplications();
    EmbeddedApplications(const EmbeddedApplications&) = delete;
    EmbeddedApplications& operator=(const EmbeddedApplications&) = delete;

    /// Services that nobody has called yet, of that world, with an access token of their own. For a login: its
    /// authority too, and a client of it that any loopback address is registered for.
    [[nodiscard]] Play play(const Profile& profile, ClientAct act) const;

    /// One listener of a gateway of that world, which shares its services with the others: on the cloud it serves none
    /// but enrolled certificates, and refuses others with HTTP 403.
    [[nodiscard]] std::shared_ptr<stage::Application> listener(gateway::ListenerRole role) const;
    /// DER of the names of the authorities that its client certificates come from, for Asked::authorities.
    [[nodiscard]] std::vector<std::string> client_authorities() const;
    /// Text behind a gateway profile's "embedded:NAME", whatever says nothing of addresses and of what the server
    /// shows.
    [[nodiscard]] std::optional<std::string> reference(std::string_view name) const;

    struct World;

private:
    std::shared_ptr<World> world_;
};

}  // namespace gateproof::selfproof
