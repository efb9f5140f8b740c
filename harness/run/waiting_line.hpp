// Those who wait for a place, first come, first served.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>

namespace gateproof {

/// What was waited for; given back when the last copy dies.
using Place = std::shared_ptr<void>;

/// Who gives places serves the first of the line, whenever there is one to give. The line outlives its waiters.
class WaitingLine {
public:
    enum class At { back, front };

    explicit WaitingLine(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    [[nodiscard]] bool empty() const { return waiters_.empty(); }
    /// The first of the line goes on with this place. Precondition: not empty.
    void serve(Place place);

    /// One in the line, from its making on.
    class Waiter {
    public:
        explicit Waiter(WaitingLine& line, At at = At::back);
        ~Waiter();
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;

        /// At once if served by now. Cancellable: throws operation_aborted unless served before.
        boost::asio::awaitable<Place> place();

    private:
        friend class WaitingLine;
        WaitingLine& line_;
        boost::asio::steady_timer wake_;
        Place place_;
    };

private:
    boost::asio::any_io_executor executor_;
    std::deque<Waiter*> waiters_;
};

}  // namespace gateproof
