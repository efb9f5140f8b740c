// Positive controls: the proof that an endpoint is alive and serves us, shared by all checks that need it at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>
#include <optional>
#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/openings.hpp"
#include "harness/run/politeness.hpp"

namespace gateproof {

struct ControlResult {
    bool served = false;
    int attempts = 1;     ///< more than one: the first failed, the verdict that leans on it is marked flaky
    std::string summary;  ///< "HTTP 200", "connection refused"
    /// Set: it carries a secret and was not sent, since the server did not prove itself (see withheld()).
    std::string withheld = {};
    std::chrono::steady_clock::time_point begun;  ///< of the attempt that decided
};

/// Runs the profile's control operation over a fresh connection. A control that began late enough for several checks
/// is run once for all of them. Failed attempts are repeated with backoff, because what a control looks for may fail
/// now and then; except after a timeout, which has been patience enough.
class ControlService {
public:
    static constexpr int max_attempts = 3;
    static constexpr std::chrono::milliseconds settle_time{100};

    ControlService(boost::asio::any_io_executor executor, const Profile& profile, HttpClient& http, Openings& openings,
                   Politeness& politeness);

    /// The newest control that began at `moment` or later; starts one if there is none. Cancellable.
    boost::asio::awaitable<ControlResult> since(std::chrono::steady_clock::time_point moment);

    /// Attempts of this run whose connection was reset, or closed without a word.
    [[nodiscard]] std::size_t resets() const { return resets_; }

    /// A check that is looking at the endpoint now, so that controls after checks can be shared (see settle()).
    class Work {
    public:
        explicit Work(ControlService& service) : service_(service) { ++service_.working_; }
        ~Work() { service_.work_done(); }
        Work(const Work&) = delete;
        Work& operator=(const Work&) = delete;

    private:
        ControlService& service_;
    };
    /// Returns when no check is at work, or after settle_time: one control then vouches for every check that ended.
    boost::asio::awaitable<void> settle();

    /// Ends a control in flight: the run is over.
    void cancel();

private:
    boost::asio::awaitable<void> perform();
    boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point latest);
    void work_done();
    void wake();

    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    HttpClient& http_;
    Openings& openings_;
    Politeness& politeness_;
    std::shared_ptr<const Trust> trust_;  ///< null: the endpoint need not prove itself
    std::optional<ControlResult> last_;
    bool running_ = false;
    std::size_t working_ = 0;
    std::size_t resets_ = 0;
    std::list<boost::asio::steady_timer> waiting_;
    boost::asio::cancellation_signal cancellation_;
};

/// The identity that makes the profile's channel serve: enrolled on cloud with mutual TLS, none on desktop and mock.
std::shared_ptr<const Identity> serving_identity(const Profile& profile);

/// A request to the profile's endpoint with the operation's method, path, headers, body and the profile's timeouts.
HttpRequest make_request(const Profile& profile, const Operation& operation);

/// "the secret of operation 'status'": HttpRequest::secret; empty: it carries none.
std::string secret_of(const Operation& operation);
/// The sentence for a `secret` that was kept from the server at `endpoint`, and for what there is to be done.
std::string withheld(const Endpoint& endpoint, std::string_view lack_of_proof, std::string_view secret);
constexpr std::string_view withheld_remedy =
    "see server.chain-valid, server.hostname, server.validity and server.eku; let the server send its whole chain, or "
    "give the CA that issued its certificate as trust.ca in the profile";

}  // namespace gateproof
