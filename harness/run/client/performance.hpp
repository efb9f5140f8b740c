// One start of client software at a place of its own, with all that belongs to it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/profile/profile.hpp"
#include "harness/run/client/attempt.hpp"
#include "harness/run/client/parts.hpp"
#include "harness/stage/stage.hpp"
#include "harness/stage/test_pki.hpp"

namespace gateproof {

/// What the software is shown at one start.
struct Programme {
    stage::Scene scene;
    /// What the software meets at the OAuth authority, and what the user meets there; empty: there is none.
    struct Authority {
        stage::Scene scene;
        stage::Scene for_user;
    };
    std::optional<Authority> authority = {};
    std::vector<stage::Door> doors = {};  ///< further ports of the place where the software is led to
    ClientAct act = ClientAct::read;
    std::vector<std::string> addresses = {};  ///< of the place; the first is closed. Empty: the usual ones
    /// That the software is told to show; null: the one that the test PKI issued to it.
    std::shared_ptr<const Identity> identity = {};
    std::string name;  ///< for evidence, unique in a run
};

/// Ends the software when it goes, and the place.
class Performance : public std::enable_shared_from_this<Performance> {
public:
    /// Opens the place and starts the software; where there are `visitors`, they are waited for instead.
    Performance(const boost::asio::any_io_executor& executor, const Profile& profile, stage::Stage& stage,
                const stage::TestPki& pki, Trigger& trigger, Visitors* visitors, Play play, Programme programme);
    ~Performance();
    Performance(const Performance&) = delete;
    Performance& operator=(const Performance&) = delete;

    /// Until the software is done, which is told to end after `patience`, or when it comes to nobody in the time that
    /// the profile gives it. Cancellable.
    boost::asio::awaitable<Attempt> to_the_end(std::chrono::milliseconds patience);

    /// The software is waited for behind the caller's back, and told to end after `patience`: has_ended() says so.
    void run_aside(std::chrono::milliseconds patience);
    [[nodiscard]] bool has_ended() const { return claim_.has_value(); }
    /// Tells it to end, and waits until nothing of it is left.
    boost::asio::awaitable<Attempt> end();
    /// Gives up what run_aside waits for; the software ends with this object.
    void abandon();
    /// What has come so far; without a claim as long as it has not ended.
    [[nodiscard]] Attempt so_far() const;
    [[nodiscard]] stage::Place& place() { return *place_; }

private:
    class WorkFolder;

    boost::asio::awaitable<void> watch(std::chrono::milliseconds patience);
    boost::asio::awaitable<void> last_words();
    void forget_when_nobody_comes();

    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    Play play_;
    std::string url_;  ///< that the software was told to call
    std::unique_ptr<WorkFolder> work_;
    std::unique_ptr<stage::Place> place_;
    std::unique_ptr<StartedClient> started_;
    boost::asio::steady_timer never_came_;
    std::shared_ptr<bool> waiting_;  ///< for its first connection; null: no longer
    std::optional<Claim> claim_;
    boost::asio::cancellation_signal stop_;
};

}  // namespace gateproof
