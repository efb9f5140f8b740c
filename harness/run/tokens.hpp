// Access tokens and logins of one target: each user is logged in at most once in a run, for whichever check asks first.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <map>
#include <memory>
#include <string>

#include "harness/journal/redact.hpp"
#include "harness/probe/oauth/authorization.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/human/steps.hpp"
#include "harness/run/politeness.hpp"
#include "harness/run/shared_event.hpp"

namespace gateproof {

struct AccessToken {
    std::string value;    ///< empty: there is none, see `problem`
    std::string problem;  ///< why, as a sentence can say it; never holds a secret

    [[nodiscard]] bool ok() const { return !value.empty(); }
};

/// A browser in which the user is logged in and has consented for the first client.
struct LoggedIn {
    CookieJar cookies;
    AccessToken token;  ///< of that login
    [[nodiscard]] bool ok() const { return token.ok(); }
};

class TokenService {
public:
    TokenService(boost::asio::any_io_executor executor, const Profile& profile, HttpClient& http, Redactor& redactor,
                 Politeness& politeness, HumanSteps& human);

    /// The profile's token of this role, or one by logging the user of this role in. Cancellable; the login goes on for
    /// others who wait. A failed login is not tried again (see forget_failures): accounts get locked.
    boost::asio::awaitable<AccessToken> access_token(std::string role);
    /// The same by login alone.
    boost::asio::awaitable<LoggedIn> login(std::string role);

    /// By what the peer at `endpoint` has to prove who it is before a secret is sent to it; null: not at all. The same
    /// object each time, so that such requests may share connections.
    [[nodiscard]] std::shared_ptr<const Trust> trust_for(const Endpoint& endpoint, bool by_proxy = false) const;

    /// What was kept back from an authority that had not proved itself, as a sentence; empty: nothing.
    [[nodiscard]] const std::string& withheld() const { return withheld_; }
    /// How endpoint.proxy stood in the way of a login; empty: it did not.
    [[nodiscard]] const std::string& proxy_failure() const { return proxy_failure_; }

    /// Ends logins in flight: the run is over.
    void cancel();
    /// Logins that came to nothing are made again when they are asked for: the endpoint turned us away meanwhile.
    void forget_failures();

private:
    struct Entry {
        std::shared_ptr<const LoggedIn> done;
        SharedEvent ended;
        boost::asio::cancellation_signal cancellation;
        bool running = false;
    };
    class PlainSender;

    /// The login of this role, waited for: what stands in its entry.
    boost::asio::awaitable<std::shared_ptr<const LoggedIn>> await_login(std::string role);
    boost::asio::awaitable<void> perform(std::string role, Entry& entry);
    [[nodiscard]] boost::asio::awaitable<LoggedIn> log_in(std::string role);
    void start(const std::string& role, Entry& entry);

    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    HttpClient& http_;
    Redactor& redactor_;
    Politeness& politeness_;
    HumanSteps& human_;
    std::shared_ptr<const Trust> trust_;
    std::string withheld_;
    std::string proxy_failure_;
    std::map<std::string, Entry> entries_;  ///< by role; nodes stay where they are
};

}  // namespace gateproof
