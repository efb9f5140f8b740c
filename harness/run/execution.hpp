// The running of one plan: the scheduler behind run().
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/redact.hpp"
#include "harness/run/check_run.hpp"
#include "harness/run/human/steps.hpp"
#include "harness/run/runner.hpp"
#include "harness/run/target.hpp"

namespace gateproof {

class Execution {
public:
    Execution(const Plan& plan, RunRecord record, JournalWriter& journal, const RunOptions& options,
              RunObserver& observer, std::size_t jobs);

    /// Returns when the last check has ended.
    RunRecord run();

private:
    using Clock = std::chrono::steady_clock;

    /// A check in flight.
    struct Running {
        Running(std::size_t number, std::unique_ptr<CheckRun> begun, const boost::asio::any_io_executor& executor);
        std::size_t index;  ///< in plan and record
        std::unique_ptr<CheckRun> check;
        boost::asio::cancellation_signal cancellation;
        boost::asio::steady_timer watchdog;
        std::chrono::system_clock::time_point started_at = std::chrono::system_clock::now();
        std::optional<Verdict> verdict;
        bool timed_out = false;
    };
    using RunningList = std::list<Running>;

    /// What one target has going on, for exclusive resources and the load phase.
    struct TargetState {
        std::size_t normal_left = 0;  ///< checks below load that have not ended
        std::size_t running = 0;
        std::set<std::string_view> busy;  ///< resources in use
    };

    static boost::asio::awaitable<void> carry_out(Running& running);

    void start_ready();
    [[nodiscard]] bool ready(std::size_t index) const;
    void start(std::size_t index);
    void watch(RunningList::iterator running);
    void finish(RunningList::iterator running, const std::exception_ptr& thrown);
    [[nodiscard]] Verdict verdict_of(const Running& running, const std::exception_ptr& thrown) const;
    void clock_read(std::size_t target, const ClockReading& reading);
    /// `keeps_looking`: checks that need no control go on.
    void cut_off(std::size_t target, CutOff found, bool keeps_looking = false);
    void stop(EndReason reason);
    void end_if_done();
    void tick();
    [[nodiscard]] Progress progress() const;

    const Plan& plan_;
    RunRecord record_;
    JournalWriter& journal_;
    RunObserver& observer_;
    Redactor redactor_;
    std::size_t jobs_;
    std::optional<std::chrono::milliseconds> deadline_;
    std::size_t attestations_written_;  ///< of the record's: what the beginning of the journal holds

    boost::asio::io_context io_{1};
    HttpClient http_;
    Openings openings_;
    HumanSteps human_;
    std::vector<std::unique_ptr<RunTarget>> targets_;
    std::vector<TargetState> states_;
    std::list<std::size_t> queue_;  ///< checks to start, in plan order
    RunningList running_;
    std::size_t total_ = 0;
    std::size_t done_ = 0;
    Clock::time_point started_ = Clock::now();
    boost::asio::signal_set signals_;
    boost::asio::steady_timer deadline_timer_;
    boost::asio::steady_timer tick_timer_;
    std::optional<EndReason> stop_reason_;  ///< given: nothing more is started
};

}  // namespace gateproof
