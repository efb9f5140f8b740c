// On whose behalf a request comes, and what that user may do.
#pragma once

#include <string>
#include <string_view>

#include "gateway/authority/access_token.hpp"
#include "gateway/authority/clients.hpp"
#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/message/message.hpp"

namespace gateproof::gateway {

/// A user, or everybody at once where a fault lets somebody in without asking who.
struct Subject {
    std::string user;
    bool everybody = false;
};

/// Why nobody is behind a request.
enum class Denial {
    none,
    no_token,
    invalid_token,
    out_of_scope,  ///< a good token, not for these services
    other_vendor,  ///< the token of another software provider than the certificate's
};

struct Authentication {
    Denial denial = Denial::no_token;
    Subject subject;
};

class Authenticator {
public:
    Authenticator(const Fixture& fixture, const Pki& pki, const Clients& clients, const AccessTokens& tokens,
                  const FaultSet& faults)
        : fixture_(fixture), pki_(pki), clients_(clients), tokens_(tokens), faults_(faults) {}

    /// By `Authorization: Bearer TOKEN`; on the cloud also by a machine's JWT, bare, where the service takes one. The
    /// mock looks at tokens, but knows no delegations: whoever has one is everybody.
    [[nodiscard]] Authentication judge(const Request& request, const Caller& caller, std::string_view query,
                                       bool takes_machines) const;

private:
    [[nodiscard]] Authentication judge_header(const Request& request, const Caller& caller, std::string_view query,
                                              bool takes_machines) const;
    [[nodiscard]] Authentication bearer(std::string_view token, const Caller& caller) const;
    [[nodiscard]] Authentication machine(std::string_view token, const Caller& caller) const;

    /// Whether the client calls with the client certificate of this enrolled name.
    [[nodiscard]] bool calls_as(const OAuthClient& client, std::string_view dsp) const;

    const Fixture& fixture_;
    const Pki& pki_;
    const Clients& clients_;
    const AccessTokens& tokens_;
    const FaultSet& faults_;
};

/// DELEG-SCOPE: what the delegations of the fixture let a subject do.
class Permissions {
public:
    Permissions(const Fixture& fixture, const FaultSet& faults) : fixture_(fixture), faults_(faults) {}

    [[nodiscard]] bool may_read(const Subject& subject, std::string_view ird) const;
    [[nodiscard]] bool may_write(const Subject& subject, std::string_view ird) const;
    [[nodiscard]] bool may_read(const Subject& subject, std::string_view ird, std::string_view account_type) const;
    [[nodiscard]] bool may_write(const Subject& subject, std::string_view ird, std::string_view account_type) const;

private:
    const Fixture& fixture_;
    const FaultSet& faults_;
};

}  // namespace gateproof::gateway
