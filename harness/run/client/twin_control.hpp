// Positive controls of client software: the proof that it is served by a conforming scene, shared by all checks that
// need it at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "harness/run/shared_event.hpp"

namespace gateproof {

struct TwinControlResult {
    bool served = false;
    int attempts = 1;            ///< more than one: the first failed, the verdict that leans on it is marked flaky
    std::string summary;         ///< Attempt::summary of the last
    std::string advice = {};     ///< what to do where it was not served
    bool lacks_version = false;  ///< the client came, and offers no version that this twin speaks
    std::chrono::steady_clock::time_point begun;  ///< of the attempt that decided
};

class TwinControl {
public:
    static constexpr std::chrono::milliseconds settle_time{100};
    using Perform = std::function<boost::asio::awaitable<TwinControlResult>()>;

    TwinControl(boost::asio::any_io_executor executor, Perform perform)
        : executor_(std::move(executor)), perform_(std::move(perform)) {}

    /// The newest control that began at `moment` or later; starts one if there is none. Cancellable.
    boost::asio::awaitable<TwinControlResult> since(std::chrono::steady_clock::time_point moment);

    /// A check is looking at the client from now on (1), or no longer (-1).
    void working(int change);
    /// Returns when no check is at work, or after settle_time: one control then vouches for every check that ended.
    boost::asio::awaitable<void> settle();

    /// Ends a control in flight: the run is over.
    void cancel() { cancellation_.emit(boost::asio::cancellation_type::terminal); }

private:
    boost::asio::awaitable<void> run();

    boost::asio::any_io_executor executor_;
    Perform perform_;
    std::optional<TwinControlResult> last_;
    bool running_ = false;
    int working_ = 0;
    SharedEvent changed_;  ///< a control ended, or the last check at work did
    boost::asio::cancellation_signal cancellation_;
};

}  // namespace gateproof
