// The OAuth 2.0 authority of the embedded gateway: login and consent, codes, tokens, introspection, revocation.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/authority/access_token.hpp"
#include "gateway/authority/clients.hpp"
#include "gateway/authority/form.hpp"
#include "gateway/authority/store.hpp"
#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/message/message.hpp"

namespace gateproof::gateway {

class Authority {
public:
    static constexpr std::chrono::minutes published_code_lifetime{10};  // IA 2.1

    /// All three outlive it. The clock is that of the tokens.
    Authority(const Fixture& fixture, AccessTokens& tokens, const FaultSet& faults,
              std::chrono::milliseconds code_lifetime = published_code_lifetime, bool pages_by_script = false);

    /// Nothing for a path that is none of its own. `asks_consent`: the mock's authority does not, and gives a code to
    /// whoever has logged in.
    [[nodiscard]] std::optional<Response> serve(const Request& request, bool asks_consent = true);

    [[nodiscard]] const Clients& clients() const { return clients_; }

    /// Text behind "embedded:NAME": "client.id", "client.secret", "client.redirect-uri" and so for each role of
    /// Clients.
    [[nodiscard]] std::optional<std::string> reference(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> reference_names() const;

private:
    // authorize.cpp: what the user's browser sees.
    Response authorize(const Request& request, std::string_view query);
    Response log_in(const Request& request);
    Response show_consent(const Request& request, std::string_view query);
    Response decide(const Request& request);
    /// Where a browser with this much done goes on: consent page, or back to the client with a code.
    Response go_on(const Request& request, const std::string& id, const Transaction& transaction);
    Response send_back(const Request& request, const Transaction& transaction, const std::string& parameters) const;
    Response grant_code(const Request& request, const Transaction& transaction);
    Response login_form(const Request& request, const std::string& id, const Transaction& transaction,
                        std::string_view user, std::string_view error, unsigned status) const;
    Response page(const Request& request, unsigned status, const std::string& html,
                  std::string_view redirect_uri) const;
    [[nodiscard]] std::string session_user(const Request& request);
    /// The transaction that the form belongs to, when browser and CSRF token fit; null otherwise.
    Transaction* transaction_of(const Request& request, const Form& form);

    // token_endpoint.cpp: what clients see.
    Response token(const Request& request, std::string_view query);
    Response introspect(const Request& request);
    Response revoke(const Request& request);
    Response exchange_code(const Request& request, const Form& form, const OAuthClient& client);
    Response refresh(const Request& request, const Form& form, const OAuthClient& client);
    Response issue(const Request& request, const OAuthClient& client, const std::string& family_id,
                   const std::string& kept_refresh_token);
    /// Who the client is; null after writing what is wrong into `refusal`.
    const OAuthClient* authenticate(const Request& request, const Form& form, bool may_be_public, Response& refusal);
    Response error(const Request& request, unsigned status, std::string_view code, std::string_view description) const;
    void revoke_family(Family& family);
    /// What introspection says about a token; empty optional: nothing good.
    [[nodiscard]] std::optional<std::string> active_claims(std::string_view token);
    [[nodiscard]] bool gets_refresh_token(const OAuthClient& client, std::string_view scope) const;

    [[nodiscard]] Moment now() const { return tokens_.now(); }

    const Fixture& fixture_;
    AccessTokens& tokens_;
    const FaultSet& faults_;
    bool by_script_;  ///< Options::pages_by_script
    Clients clients_;
    Store store_;
    bool asks_consent_ = true;  ///< of the request that is answered just now
};

/// Value of a cookie of the request; empty: none.
std::string cookie_of(const Request& request, std::string_view name);

}  // namespace gateproof::gateway
