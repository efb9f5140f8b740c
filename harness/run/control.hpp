// Positive controls: the proof that an endpoint is alive and serves us, shared by all checks that need it at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <optional>
#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/openings.hpp"
#include "harness/run/politeness.hpp"
#include "harness/run/shared_event.hpp"

namespace gateproof {

struct ControlResult {
    bool served = false;
    int attempts = 1;     ///< more than one: the first failed, the verdict that leans on it is marked flaky
    std::string summary;  ///< "HTTP 200", "connection refused"
    /// Set: it carries a secret and was not sent, since the server did not prove itself (see withheld()).
    std::string withheld = {};
    std::string code = {};  ///< of an answer that is no service, as the published error models have it; empty: none
    std::chrono::steady_clock::time_point begun;  ///< of the attempt that decided
};

/// Runs the profile's control operation over a fresh connection. A control that began late enough for several checks
/// is run once for all of them. Failed attempts are repeated with backoff, because what a control looks for may fail
/// now and then; except after a timeout, which has been patience enough.
class ControlService {
public:
    static constexpr int max_attempts = 3;
    static constexpr int max_attempts_cut = 5;  ///< while each was cut: a reset now and then is no loss of service
    static constexpr std::chrono::milliseconds settle_time{100};

    ControlService(boost::asio::any_io_executor executor, const Profile& profile, HttpClient& http, Openings& openings,
                   Politeness& politeness);

    /// The newest control that began at `moment` or later; starts one if there is none. Cancellable.
    boost::asio::awaitable<ControlResult> since(std::chrono::steady_clock::time_point moment);

    /// Attempts of this run whose connection was reset, or closed without a word.
    [[nodiscard]] std::size_t resets() const { return resets_; }
    /// A check's own connection, of somebody who is served, was reset: it counts like a control's.
    void note_reset() { ++resets_; }

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
    void work_done();

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
    SharedEvent changed_;  ///< a control ended, or the last check at work did
    boost::asio::cancellation_signal cancellation_;
};

}  // namespace gateproof
