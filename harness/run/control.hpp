// Positive controls: the proof that an endpoint is alive and serves us, shared by all checks that need it at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/cut_off.hpp"
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
    std::string proxy_failure = {};  ///< how endpoint.proxy stood in the way, as a sentence; empty: it did not
    std::string correlation =
        {};                 ///< by which the other side finds it (harness/probe/http/correlation.hpp); empty: nothing
    std::string code = {};  ///< of an answer that is no service, as the published error models have it; empty: none
    std::chrono::steady_clock::time_point begun;        ///< of the attempt that decided
    std::chrono::steady_clock::time_point first_begun;  ///< of the first attempt
};

/// Runs the profile's control operation over a fresh connection. A control that began late enough for several checks
/// is run once for all of them. Failed attempts are repeated with backoff, because what a control looks for may fail
/// now and then; except after a timeout, which has been patience enough.
///
/// Where the endpoint served before and a control fails, everything else is held back until it is known whether that
/// was chance: see CutOffWatch. Whoever waits for a control waits for that too.
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

    /// The endpoint serves us no more; `told` is called once, before anybody hears of the control, and nothing else is
    /// sent after it.
    void on_cut_off(std::function<void(const CutOff&)> told) { cut_off_ = std::move(told); }
    /// Called when the endpoint serves again after a hold: what failed meanwhile is worth another try.
    void on_recovery(std::function<void()> told) { recovered_ = std::move(told); }
    /// A check that proves a refusal opens a connection.
    void note_sent(std::string_view check) { watch_.sent(check, std::chrono::steady_clock::now()); }
    /// A control of this run was served.
    [[nodiscard]] bool has_served() const { return watch_.has_served(); }
    /// How often everything was held back so far, until more than one control had been asked.
    [[nodiscard]] std::size_t holds() const { return holds_; }
    /// For how long in all.
    [[nodiscard]] std::chrono::steady_clock::duration held() const;

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
    /// A control of at most so many attempts.
    boost::asio::awaitable<ControlResult> ask(int most, int most_cut);
    boost::asio::awaitable<ControlResult> ask_until_known(ControlResult failed);
    void work_done();
    /// Ends a hold.
    void let_go();

    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    HttpClient& http_;
    Openings& openings_;
    Politeness& politeness_;
    std::shared_ptr<const Trust> trust_;  ///< null: the endpoint need not prove itself
    std::optional<ControlResult> last_;
    std::size_t sent_ = 0;  ///< for the correlation of each
    bool running_ = false;
    std::size_t working_ = 0;
    std::size_t resets_ = 0;
    CutOffWatch watch_;
    std::shared_ptr<void> hold_;  ///< since a control failed; kept for good once we are cut off
    bool ended_ = false;          ///< we are
    std::size_t holds_ = 0;
    std::chrono::steady_clock::time_point held_since_;
    std::chrono::steady_clock::duration held_before_{0};
    std::function<void(const CutOff&)> cut_off_ = [](const CutOff&) {};
    std::function<void()> recovered_ = [] {};
    SharedEvent changed_;  ///< a control ended, or the last check at work did
    boost::asio::cancellation_signal cancellation_;
};

}  // namespace gateproof
