// What a human does in a browser of his own while a run goes on: one step at a time, each ended by the redirect.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "harness/probe/oauth/authorization.hpp"
#include "harness/profile/authority.hpp"

namespace gateproof {

struct Profile;

/// One visit of the authority.
struct HumanStep {
    std::string target;      ///< name of the profile
    std::string check;       ///< id of the check that asks for it
    std::size_t number = 0;  ///< of the check, among those that have asked
    std::size_t of = 0;      ///< HumanRules::checks
    oauth::Decision decision = oauth::Decision::agree;
    std::string url;                  ///< what the browser is to show; it holds no secret
    std::chrono::seconds patience{};  ///< how long it is waited for
};

/// Where the steps are told. Called on the run's own thread; must not block.
class HumanConsole {
public:
    virtual ~HumanConsole() = default;
    virtual void asked(const HumanStep& step) = 0;
    /// Every second of the wait.
    virtual void waits(const HumanStep& step, std::chrono::seconds left) = 0;
    /// `done`: the browser came back; otherwise the time was up.
    virtual void ended(const HumanStep& step, bool done) = 0;
};

struct HumanRules {
    HumanConsole* console = nullptr;     ///< null: nobody is there
    std::chrono::seconds patience{300};  ///< for each step
    std::size_t checks = 0;              ///< that ask for steps, as far as the plan tells
};

/// Why no human can do the steps of this profile, and what to do; empty: he can.
std::string human_unmet(const Profile& profile);

class HumanSteps {
public:
    HumanSteps(boost::asio::any_io_executor executor, HumanRules rules);

    /// Waits for its turn, then for the browser. The result holds what came back, or why nothing did. After two steps
    /// in a row that nobody did no other is asked for: nobody is there.
    boost::asio::awaitable<oauth::Authorization> perform(const Profile& profile, oauth::AuthorizationRequest request,
                                                         oauth::Decision decision, std::string check);

private:
    class Turn;
    boost::asio::awaitable<oauth::Authorization> take_step(oauth::AuthorizationRequest request, HumanStep step);

    boost::asio::any_io_executor executor_;
    HumanRules rules_;
    bool busy_ = false;
    boost::asio::steady_timer freed_;                                     ///< cancelled whenever a step has ended
    std::size_t missed_ = 0;                                              ///< steps in a row that nobody did
    std::map<std::pair<std::string, std::string>, std::size_t> numbers_;  ///< by target and check
};

/// How Authorization::problem begins where a step was not done.
inline constexpr std::string_view missed_problem = "nobody did this in the browser";

}  // namespace gateproof
