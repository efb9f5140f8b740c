#include "harness/run/quiet_waits.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateproof {

namespace asio = boost::asio;

class QuietWaits::Waiter {
public:
    explicit Waiter(QuietWaits& waits) : waits_(waits) { waits_.waiters_.push_back(this); }
    ~Waiter() { leave(); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    void leave() { std::erase(waits_.waiters_, this); }

    bool due = false;

private:
    QuietWaits& waits_;
};

asio::awaitable<void> QuietWaits::wait(std::chrono::steady_clock::time_point until,
                                       std::function<std::shared_ptr<void>()> held_up) {
    Waiter waiter(*this);
    told_();
    asio::steady_timer timer(co_await asio::this_coro::executor, until);
    co_await timer.async_wait(asio::use_awaitable);
    waiter.due = true;
    const std::shared_ptr<void> wait_of_others = load_ ? held_up() : nullptr;
    while (load_) {
        co_await load_ended_.wait();
    }
    waiter.leave();
}

void QuietWaits::load_ended() {
    load_ = false;
    std::erase_if(waiters_, [](const Waiter* waiter) { return waiter->due; });
    load_ended_.wake_all();
}

}  // namespace gateproof
