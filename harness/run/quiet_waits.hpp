// Checks of one target that only wait for a moment to come: the load of others would not disturb them, nor they it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <utility>

#include "harness/run/shared_event.hpp"

namespace gateproof {

class QuietWaits {
public:
    /// Called when one more waits: what it held up may begin.
    void on_wait(std::function<void()> told) { told_ = std::move(told); }

    /// Returns at `until`, or when the load that is on at that moment has ended; what `held_up` gives lives for that
    /// time. Cancellable: throws operation_aborted.
    boost::asio::awaitable<void> wait(std::chrono::steady_clock::time_point until,
                                      std::function<std::shared_ptr<void>()> held_up);

    /// How many wait. One whose moment has come waits until no load is on.
    [[nodiscard]] std::size_t count() const { return waiters_.size(); }

    void load_begins() { load_ = true; }
    /// Those whose moment has come do not wait any more, and go on.
    void load_ended();

private:
    class Waiter;

    std::list<Waiter*> waiters_;
    bool load_ = false;
    SharedEvent load_ended_;
    std::function<void()> told_ = [] {};
};

}  // namespace gateproof
