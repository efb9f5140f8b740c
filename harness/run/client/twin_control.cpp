#include "harness/run/client/twin_control.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace gateproof {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

asio::awaitable<void> TwinControl::run() {
    TwinControlResult result = co_await perform_();
    last_ = std::move(result);
}

asio::awaitable<TwinControlResult> TwinControl::since(SteadyClock::time_point moment) {
    while (!last_ || last_->begun < moment) {
        if (!running_) {
            running_ = true;
            const auto ended = [this](const std::exception_ptr& thrown) {
                running_ = false;
                if (thrown) {
                    last_ = TwinControlResult{.summary = "could not be made", .begun = SteadyClock::now()};
                }
                changed_.wake_all();
            };
            asio::co_spawn(executor_, run(), asio::bind_cancellation_slot(cancellation_.slot(), ended));
        }
        co_await changed_.wait();
    }
    co_return *last_;
}

void TwinControl::working(int change) {
    working_ += change;
    if (working_ == 0) {
        changed_.wake_all();
    }
}

asio::awaitable<void> TwinControl::settle() {
    const SteadyClock::time_point latest = SteadyClock::now() + settle_time;
    while (working_ > 0 && SteadyClock::now() < latest) {
        co_await changed_.wait(latest);
    }
}

}  // namespace gateproof
