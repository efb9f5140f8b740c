// The gateway's services for customers, accounts and returns, asked as the build packs have it. Every request to them
// is authenticated, and answered within the delegations of the user on whose behalf it comes.
#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/authority/access_token.hpp"
#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/message/message.hpp"
#include "gateway/services/slow_writes.hpp"
#include "gateway/services/subject.hpp"

namespace gateproof::gateway {

/// A request to a service, its path split.
struct ServiceRequest {
    const Request& request;
    const Caller& caller;
    std::string_view operation;  ///< path behind "/gateway/" or "/gateway2/"
    std::string_view query;
    bool native = false;  ///< the path began with "/gateway2/", where SOAP alone is offered
};

struct SoapCall;
enum class SoapService;

/// Lives on the gateway's own thread.
class Services {
public:
    /// All of them must outlive this.
    Services(const Fixture& fixture, const Pki& pki, const Clients& clients, const AccessTokens& tokens,
             const FaultSet& faults);

    /// Nothing when the operation is none of ours.
    std::optional<Response> serve(const ServiceRequest& call);
    /// How long the answer just made is to be held back; zero but for a fault.
    std::chrono::milliseconds take_pause() { return std::exchange(pause_, std::chrono::milliseconds(0)); }
    /// What was carried out by the request just answered: "return", "contact" ... Empty: nothing was.
    std::string_view take_carried_out() { return std::exchange(carried_out_, {}); }
    [[nodiscard]] SlowWrites& slow_writes() { return slow_writes_; }
    [[nodiscard]] const SlowWrites& slow_writes() const { return slow_writes_; }

private:
    Response read_customer(const ServiceRequest& call, const nlohmann::json& asked);
    Response list_accounts(const ServiceRequest& call, const nlohmann::json& asked);
    Response read_account(const ServiceRequest& call, const nlohmann::json& asked);
    Response list_periods(const ServiceRequest& call, const nlohmann::json& asked);
    Response add_contact(const ServiceRequest& call, const nlohmann::json& asked);
    Response set_bank_account(const ServiceRequest& call, const nlohmann::json& asked);
    Response read_accounts(const ServiceRequest& call, const nlohmann::json& asked);
    Response file_document(const ServiceRequest& call, const nlohmann::json& asked);
    /// POST with a JSON body, of somebody who is known; nothing where the operation is none of these services.
    std::optional<Response> rest(const ServiceRequest& call);
    Response soap(const ServiceRequest& call, SoapService service);
    Response answer_soap(const ServiceRequest& call, SoapService service);
    /// What is no SOAP envelope at all: an error that is no XML.
    [[nodiscard]] Response unreadable(const ServiceRequest& call, SoapService service) const;

    /// By whichever number it is asked for; null: nobody has it.
    [[nodiscard]] const Customer* customer_asked_for(const nlohmann::json& asked) const;
    /// What is wrong with what is asked of an account; nothing: this user may see it, and it is there.
    [[nodiscard]] std::optional<Response> refuse_account(const ServiceRequest& call, const nlohmann::json& asked);
    [[nodiscard]] Response refuse(const ServiceRequest& call, Denial denial) const;
    /// "No such customer" and "not yours" alike (DELEG-ERROR), unless a fault tells them apart.
    [[nodiscard]] Response not_permitted(const ServiceRequest& call, const std::string& ird);
    [[nodiscard]] Authentication authenticate(const ServiceRequest& call);
    /// As a client meets a lax node of three behind one balancer: with every third of its tries.
    [[nodiscard]] bool met_lax_node(const ServiceRequest& call);
    [[nodiscard]] const Account* account_asked_for(const ServiceRequest& call, const SoapCall& asked) const;

    const Fixture& fixture_;
    const FaultSet& faults_;
    Authenticator authenticator_;
    Permissions permissions_;
    Subject subject_;                                           ///< whose request is answered just now
    std::map<std::string, std::string, std::less<>> contacts_;  ///< secondary ones, added since, by IRD number
    std::map<std::string, unsigned, std::less<>> refused_;  ///< how often, by Authorization header; for a fault alone
    std::chrono::milliseconds pause_{0};
    std::string_view carried_out_;
    SlowWrites slow_writes_;
};

}  // namespace gateproof::gateway
