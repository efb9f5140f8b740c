// One stream of a load while it runs.
#pragma once

#include <deque>
#include <vector>

#include "harness/probe/load/connection.hpp"
#include "harness/probe/load/generator.hpp"

namespace gateproof::load {

class StreamRun final : public Connection::Owner {
public:
    using Clock = std::chrono::steady_clock;

    /// What the run of all streams is told.
    class Run {
    public:
        virtual ~Run() = default;
        virtual Budget& budget() = 0;
        [[nodiscard]] virtual bool stopped() const = 0;
        virtual void stop(LoadEnd end, std::string detail) = 0;
        virtual void progressed() = 0;  ///< a request ended
    };

    StreamRun(Stream stream, Run& run, Clock::time_point begun);

    /// Sends what is due and allowed, as far as connections are free.
    void dispatch(Clock::time_point now);
    /// When dispatch() is next worth calling, apart from what answers bring.
    [[nodiscard]] Clock::time_point next_due(Clock::time_point now) const;
    /// Fails what has waited for its answer since before `latest`.
    void expire(Clock::time_point latest);
    /// Closes what is in flight; what was never answered is no sample.
    void abandon();

    /// Nothing is left to be sent or answered; a control goes on as long as others do.
    [[nodiscard]] bool finished() const {
        return stream_.is_control || (sent_ == stream_.schedule.size() && retry_.empty() && busy_.empty());
    }
    [[nodiscard]] StreamResult take_result();

    void answered(Connection& connection) override;
    void failed(Connection& connection, std::string_view why, bool stale) override;

private:
    std::shared_ptr<Connection> take_busy(Connection& connection);
    void begin(std::size_t number, bool fresh, Clock::time_point now);
    [[nodiscard]] Outcome outcome_of(const ResponseReader& response) const;
    void ended(std::size_t number, Outcome outcome, unsigned status);
    void keep_first(const ResponseReader& response);
    void watch(Outcome outcome, unsigned status);

    Stream stream_;
    Run& run_;
    Clock::time_point begun_;
    std::size_t sent_ = 0;
    std::deque<std::size_t> retry_;                  ///< numbers whose kept connection turned out closed
    std::vector<std::shared_ptr<Connection>> busy_;  ///< each knows its place, Connection::place
    std::size_t refused_ = 0;
    std::size_t unserved_in_turn_ = 0;
    StreamResult result_;
};

}  // namespace gateproof::load
