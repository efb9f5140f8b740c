#include "gateway/services/token_texts.hpp"

namespace gateproof::gateway {
namespace {

constexpr const char* granted_scope = "MYIR.Services";
constexpr std::int64_t hour = 3600;

}  // namespace

TokenTexts::TokenTexts(const Fixture& fixture, const Clients& clients, AccessTokens& tokens) {
    add(clients.of_role("client")->id, "cloud-", fixture, tokens);
    add(clients.of_role("registered-native-client")->id, "desktop-", fixture, tokens);
}

void TokenTexts::add(const std::string& client, const std::string& prefix, const Fixture& fixture,
                     AccessTokens& tokens) {
    for (const char* const role : {"user", "second-user", "idle-user", "agent", "unregistered-user"}) {
        const AccessClaims claims = tokens.claims_for(fixture.user_of_role(role).name, client, granted_scope);
        texts_.emplace(prefix + role + ".token", tokens.sign(claims));
    }
    // Each bad one differs from a good one in exactly the thing that it is named after.
    const std::string user = fixture.user_of_role("user").name;
    AccessClaims claims = tokens.claims_for(user, client, granted_scope);
    claims.issued_at -= 10 * hour;
    claims.not_before -= 10 * hour;
    claims.expires_at = claims.issued_at + 8 * hour;
    texts_.emplace(prefix + "expired.token", tokens.sign(claims));
    claims = tokens.claims_for(user, client, granted_scope);
    claims.environment = "another";
    texts_.emplace(prefix + "other-environment.token", tokens.sign(claims));
    claims = tokens.claims_for(user, client, granted_scope);
    claims.audience = "urn:gateproof:embedded:another-service";
    texts_.emplace(prefix + "other-audience.token", tokens.sign(claims));
    claims = tokens.claims_for(user, client, granted_scope);
    texts_.emplace(prefix + "revoked.token", tokens.sign(claims));
    tokens.revoke(claims.id);
}

std::optional<std::string> TokenTexts::reference(std::string_view name) const {
    const auto found = texts_.find(name);
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> TokenTexts::reference_names() const {
    std::vector<std::string> names;
    for (const auto& [name, text] : texts_) {
        names.push_back(name);
    }
    return names;
}

}  // namespace gateproof::gateway
