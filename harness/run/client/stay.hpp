// Client software that is looked at while it goes on: while what it meets changes (ClientAct::stay), or while it waits.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "harness/run/client/attempt.hpp"
#include "harness/run/client/performance.hpp"
#include "harness/run/waiting_line.hpp"
#include "harness/stage/scene.hpp"

namespace gateproof {

/// What a stay needs of the check that it belongs to, which outlives it.
struct StayParts {
    std::function<std::string(const stage::Scene&)> apart;  ///< ClientContext::difference
    std::function<void(const std::string& scenes, const Attempt&)> note;
};

/// Ends the software when it goes.
class Stay {
public:
    /// `apart`: what the first scene differs in.
    Stay(std::shared_ptr<Performance> performance, Place turn, StayParts parts, std::string apart);
    ~Stay();
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

    /// For the connections that come from now on; idle ones are closed, the others as soon as they are answered. Throws
    /// std::logic_error for a scene that differs from the twin in more than one thing.
    void change(stage::Scene scene);
    /// What has come since the last change (or from the beginning), when this holds of it, when the software has ended,
    /// or after `patience`. Connections that came before a change do not count behind it. Cancellable.
    boost::asio::awaitable<Attempt> until(std::function<bool(const Attempt&)> holds,
                                          std::chrono::milliseconds patience);
    /// All that has come from the beginning.
    [[nodiscard]] Attempt so_far() const { return performance_->so_far(); }
    /// It ended by itself, or since its time was over.
    [[nodiscard]] bool has_ended() const { return performance_->has_ended(); }
    /// Lets it go on to its end, for as long as the profile lets it; all that came of it. Cancellable.
    boost::asio::awaitable<Attempt> to_its_end();
    /// Tells it to end; all that came of it, from the beginning.
    boost::asio::awaitable<Attempt> end();

private:
    std::shared_ptr<Performance> performance_;
    Place turn_;
    StayParts parts_;
    std::string scenes_;  ///< what they differed in, in order, without the twin at first
    stage::Time changed_{};
};

}  // namespace gateproof
