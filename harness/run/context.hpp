// What a check may touch: the profile, the probes, the controls and the evidence sink.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/role.hpp"
#include "harness/model/check.hpp"
#include "harness/model/clock.hpp"
#include "harness/model/evidence.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/probe/http/patience.hpp"
#include "harness/probe/oauth/authorization.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/probe/tls/session.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/plan.hpp"

namespace gateproof {

class TargetRun;     // harness/run/target.hpp
struct AccessToken;  // harness/run/tokens.hpp
struct LoggedIn;

/// Every probe below waits for the target's politeness caps first, has its own timeout, and leaves an observation in
/// the evidence. None of them throws for what a peer does. A check may also end early: when its deadline passes the
/// runner cancels the pending await and judges the check inconclusive.
class Context {
public:
    Context(TargetRun& target, const PlannedCheck& planned, std::uint64_t seed);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    [[nodiscard]] const Profile& profile() const;
    [[nodiscard]] const Check& check() const { return *planned_.check; }
    /// What is run: the check, and the case of it where it has cases.
    [[nodiscard]] const PlannedCheck& planned() const { return planned_; }
    /// Which of the check's cases this is (Check::cases); 0 for a check without.
    [[nodiscard]] std::size_t case_index() const { return planned_.case_index; }
    [[nodiscard]] Evidence& evidence() { return evidence_; }
    [[nodiscard]] std::chrono::milliseconds deadline() const;
    /// Random numbers that depend on --seed, target and check alone.
    [[nodiscard]] std::mt19937_64& random() { return random_; }
    /// Null when the profile does not fill the role.
    [[nodiscard]] std::shared_ptr<const Identity> identity(IdentityRole role) const;
    /// The same of a role that the profile itself names (RotationExpectations::old_role).
    [[nodiscard]] std::shared_ptr<const Identity> identity_named(std::string_view role) const;
    /// The identity that makes this channel serve: enrolled on cloud, none on desktop and mock.
    [[nodiscard]] std::shared_ptr<const Identity> serving_identity() const;

    /// A ClientHello with the endpoint's server_name and this check's random bytes. See ClientHello::offering.
    [[nodiscard]] ClientHello offering(TlsVersion newest) { return offering(newest, newest); }
    [[nodiscard]] ClientHello offering(TlsVersion newest, TlsVersion oldest);

    boost::asio::awaitable<ServerAnswer> client_hello(
        ClientHello hello, ServerAnswerParser::Until until = ServerAnswerParser::Until::server_hello);
    boost::asio::awaitable<ServerAnswer> client_hello(Ssl2ClientHello hello);
    /// The same at one address of the endpoint, until its ServerHello.
    boost::asio::awaitable<ServerAnswer> client_hello_at(std::string address, ClientHello hello);
    /// Every address of the endpoint, or the first where --addresses says so; nothing is sent but to the name service.
    boost::asio::awaitable<Addresses> addresses();
    boost::asio::awaitable<TcpExchange> tcp(Endpoint endpoint, std::string bytes, std::size_t max_bytes);
    /// A request to the profile's endpoint with its operation's method, path, headers and body.
    /// It tells who it is where the profile says so (endpoint.correlation_header).
    [[nodiscard]] HttpRequest request_of(const Operation& operation);
    /// Fills timeouts from the profile and sends. What carries a secret goes only to a server that proves itself where
    /// it must (must_prove_itself), or not at all: withheld().
    boost::asio::awaitable<HttpOutcome> http(HttpRequest request);
    /// A request to the authority (probe/oauth/oauth.hpp). Codes, tokens and cookies that come back are kept out of
    /// every output, and the evidence holds no value of them.
    boost::asio::awaitable<HttpOutcome> oauth_http(HttpRequest request);
    /// What came of an authorization in the browser of a human (Authority::by_human). The wait is not the check's time.
    boost::asio::awaitable<oauth::Authorization> ask_human(oauth::AuthorizationRequest request,
                                                           oauth::Decision decision);
    /// By what the peer at `endpoint` has to prove who it is before a token is sent to it (HttpRequest::trust).
    [[nodiscard]] std::shared_ptr<const Trust> trust_for(const Endpoint& endpoint, bool by_proxy = false) const;
    /// For a connection of its own that a check writes `operation` to: where that carries a secret the server proves
    /// itself before the first byte is written, or the connection fails (Ending::unproven). What else is written to it
    /// waits as well: nobody has to tell the bytes apart.
    [[nodiscard]] TlsOptions guarded(TlsOptions options, const Operation& operation) const;
    /// The same for a secret that is no operation's.
    [[nodiscard]] TlsOptions guarded(TlsOptions options, std::string secret) const;
    /// What was kept back from a server that had not proved itself, as a sentence; empty: nothing so far. The check
    /// cannot pass then.
    [[nodiscard]] const std::string& withheld() const { return withheld_; }
    /// How endpoint.proxy stood in the way of this check, or may have, as a sentence; empty: it did not. Nothing that a
    /// check then says of the endpoint holds, but a service that was seen.
    [[nodiscard]] const std::string& proxy_failure() const { return proxy_failure_; }
    /// Of a connection of this check: whether it ended at the proxy.
    void note_ending(Ending end, std::string_view detail);
    /// Of one that was open: whether the proxy may have cut it, where a verdict follows from the cut alone.
    void note_cut(const TlsStep& end);
    /// For a sender of the check's own.
    void note_withheld(const Endpoint& endpoint, std::string_view lack_of_proof, std::string_view secret);
    /// A valid access token of the profile's user of this role: from oauth.tokens, or by one login that all checks of
    /// the target share (harness/run/tokens.hpp). For a Need: token_unmet(profile, role).
    boost::asio::awaitable<AccessToken> access_token(std::string role);
    /// Cookies of a browser in which that user is logged in and has consented for the profile's client.
    boost::asio::awaitable<LoggedIn> login(std::string role);
    /// The beginning of what a peer sent, as evidence shows it.
    [[nodiscard]] std::string excerpt(std::string_view bytes) const;
    /// A secret that this check has come to hold; it is replaced in everything that is written or shown.
    void keep_secret(std::string_view value);
    /// Options with endpoint, server_name and the serving identity filled in.
    [[nodiscard]] TlsOptions tls_options() const;
    using TlsConnection = gateproof::TlsConnection;
    /// `held`: the connection will be idle for long, see Politeness::acquire_idle.
    enum class Stay { brief, held };
    boost::asio::awaitable<TlsConnection> tls(TlsOptions options, Stay stay = Stay::brief);
    /// Connections that are open side by side: none is made, and idles, before there is a slot for each of them.
    boost::asio::awaitable<std::vector<TlsConnection>> tls_together(std::vector<TlsOptions> all);
    /// A connection of its own, kept waiting without TLS ever being finished on it.
    boost::asio::awaitable<Held> hold_tcp(Hold hold);

    /// Proves now, on a fresh connection, that the endpoint serves us; the runner does this around every check whose
    /// Check::control says so. False: not served, with the reason in the evidence.
    boost::asio::awaitable<bool> control();
    /// What its last control came to, for a sentence: "connection refused".
    [[nodiscard]] const std::string& control_summary() const { return control_summary_; }
    /// The error code that it was answered with where it was not served; empty: none.
    [[nodiscard]] const std::string& control_code() const { return control_code_; }
    /// A control of this check was served only after a failed attempt.
    [[nodiscard]] bool control_retried() const { return control_retried_; }

    /// Controls of this target's run whose connection was reset, or closed without a word.
    [[nodiscard]] std::size_t control_resets() const;
    /// A connection of this check that is to be served, and then was, had been reset before: as telling as a control.
    void note_service_reset();

    /// How this machine's clock stands to the endpoint's: read once for all checks of the target
    /// (harness/run/clock.hpp). For what is judged by the clock; see at_both_clocks in suites/shared/by_clock.hpp.
    boost::asio::awaitable<ClockReading> clock();
    /// The moments that it may be now, for what is sent with a time in it, and made to hold by both clocks. What fails
    /// in a check that asks is taken back where the clocks are apart, and the verdict names them.
    boost::asio::awaitable<TimeSpan> times();
    /// The check has asked for times().
    [[nodiscard]] bool sends_times() const { return sends_times_; }

    /// Waits until then, and a little longer where others load the endpoint at that moment: they may, as nothing is
    /// sent meanwhile and no connection is kept. What is longer than `until` is not the check's time.
    boost::asio::awaitable<void> wait_quietly(std::chrono::steady_clock::time_point until);
    /// For waits that are no probes (timers).
    [[nodiscard]] boost::asio::any_io_executor executor() const;

private:
    friend class GatewayCheckRun;  ///< the runner's side of a check

    /// A control that began at `moment` or later, noted in the evidence under `phase` ("before", "after", "during").
    boost::asio::awaitable<bool> control_since(std::chrono::steady_clock::time_point moment, std::string_view phase);
    /// What kept the target from one.
    void note_no_token();
    /// Demands proof of the server where the request carries a secret. Throws std::logic_error for one in clear.
    void guard(HttpRequest& request) const;
    boost::asio::awaitable<std::shared_ptr<void>> permit(Stay stay = Stay::brief);
    /// What dies when the wait is over; that time is not the check's (see CheckRun::waited).
    [[nodiscard]] std::shared_ptr<void> count_wait();
    /// The same of a control: what it held everything back for is not the check's time.
    [[nodiscard]] std::shared_ptr<void> count_hold();
    boost::asio::awaitable<TlsConnection> tls_with(TlsOptions options, std::shared_ptr<void> permit);
    [[nodiscard]] TcpTimeouts timeouts() const;

    TargetRun& target_;
    const PlannedCheck& planned_;
    Evidence evidence_;
    std::mt19937_64 random_;
    std::string control_summary_;
    std::string control_code_;
    std::string withheld_;
    std::string proxy_failure_;
    std::size_t requests_ = 0;  ///< for the correlation of each
    std::string unsent_;        ///< the correlation of the last request_of that http() has not seen yet
    bool control_retried_ = false;
    bool clock_noted_ = false;
    bool sends_times_ = false;
    int in_control_ = 0;                                   ///< controls that this check waits for now
    std::chrono::steady_clock::duration held_by_then_{0};  ///< ControlService::held() when the first of them began
    int waiting_ = 0;                                      ///< probes of this check that wait for a permit now
    std::chrono::steady_clock::time_point waiting_since_;
    std::chrono::steady_clock::duration waited_{0};
};

}  // namespace gateproof
