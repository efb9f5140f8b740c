// What a client is made of, for the files that it is written in.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "client/base/io.hpp"
#include "client/client.hpp"
#include "client/faults/fault_set.hpp"
#include "client/http/http.hpp"
#include "client/oauth.hpp"
#include "client/operations.hpp"
#include "client/tokens.hpp"

namespace gateproof::client {

enum class Credential { none, token, jwt };

/// How often a call has been made again already, and why.
struct Progress {
    int repetition = 0;  ///< it was put off
    int evasions = 0;
    int refreshes = 0;
    int repeats = 0;
};

/// One call, with its repetitions.
struct Call {
    Result result;
    bool hopeless = false;  ///< the same call would end the same way
    bool in_doubt = false;  ///< a submission that may have been carried out
};

inline Call failed(std::string text, bool hopeless = false) {
    return {{Outcome::failure, std::move(text)}, hopeless};
}

struct Client::State {
    explicit State(Options given);

    Result act(Act act, const std::string& nonce);
    Result read();
    Result write(const std::string& nonce);
    Result stay();
    Result log_in();
    Result log_out();
    Result machine();

    Call perform(const Operation& operation, Credential credential);
    /// The credential's field; false: `problem` says why there is none.
    bool authorize(Request& request, Credential credential, std::string& problem);
    /// Replaces the access token that did not serve. Empty: there is a new one.
    std::string refresh(const std::string& old_access);
    bool refresh_when_due(std::string& problem);
    std::string jwt();
    bool wait_for_service(const Answer& answer, Progress& progress, std::string& problem);
    bool repeats_lost(const Operation& operation, const Exchange& exchange, Progress& progress);
    bool repeats_refused(const Answer& answer, const Reading& reading, Credential credential, Progress& progress);
    [[nodiscard]] Call served() const;
    Call unanswered(const Operation& operation, const Exchange& exchange);
    void reload_identity();
    [[nodiscard]] HttpSettings gateway_settings() const;
    [[nodiscard]] HttpSettings authority_settings() const;
    [[nodiscard]] const IdentitySource& own_identity() const;
    [[nodiscard]] bool has_tokens() const { return !store.load().empty(); }
    [[nodiscard]] Operation query() const;
    TokenEndpoint token_endpoint() { return {*authority, options.oauth, options.retries, faults, stop}; }

    Options options;
    FaultSet faults;
    Stop stop;
    TokenStore store;
    std::string kept_jwt;       ///< which a fault uses for ever
    std::string customer_name;  ///< as it was read last
    bool dead = false;          ///< a fault has ended it
    std::string identity_stamp;
    std::unique_ptr<Http> replaced;  ///< what a fault goes back to
    std::shared_ptr<KeptSession> kept_session = std::make_shared<KeptSession>();
    std::unique_ptr<Http> gateway;
    std::unique_ptr<Http> authority;  ///< null: none was named
};

}  // namespace gateproof::client
