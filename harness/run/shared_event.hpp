// Several that wait for one thing, such as a control or a login that they share.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>

namespace gateproof {

/// Like a condition variable: who waits looks afterwards whether what it waited for is there. It outlives its waiters.
class SharedEvent {
public:
    /// Returns when somebody wakes all, or at `latest`. Cancellable: throws operation_aborted.
    boost::asio::awaitable<void> wait(
        std::chrono::steady_clock::time_point latest = std::chrono::steady_clock::time_point::max());

    void wake_all();

private:
    std::list<boost::asio::steady_timer> waiting_;
};

}  // namespace gateproof
