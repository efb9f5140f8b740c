// Access tokens that need no login, for profiles: good ones of each user, and each kind that must be refused.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/authority/access_token.hpp"
#include "gateway/authority/clients.hpp"
#include "gateway/fixture/fixture.hpp"

namespace gateproof::gateway {

/// Made at start and never changed: references are asked for on other threads than the gateway's own.
class TokenTexts {
public:
    TokenTexts(const Fixture& fixture, const Clients& clients, AccessTokens& tokens);

    /// "cloud-user.token", "desktop-second-user.token", "cloud-expired.token", "cloud-revoked.token",
    /// "cloud-other-environment.token", "cloud-other-audience.token" ...
    [[nodiscard]] std::optional<std::string> reference(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> reference_names() const;

private:
    void add(const std::string& client, const std::string& prefix, const Fixture& fixture, AccessTokens& tokens);

    std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace gateproof::gateway
