// Several that wait for one event: woken together, each at its own latest, each cancelled for itself.
#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

#include "harness/run/shared_event.hpp"

namespace gateproof::shared_event_test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct SharedEventTest : testing::Test {
    void wait_until(std::chrono::steady_clock::time_point latest) {
        asio::co_spawn(io_, event_.wait(latest),
                       asio::bind_cancellation_slot(signal_.slot(),
                                                    [this](const auto& thrown) { ++(thrown ? cancelled_ : woken_); }));
    }
    asio::io_context io_;
    SharedEvent event_;
    asio::cancellation_signal signal_;
    int woken_ = 0;
    int cancelled_ = 0;
};

TEST_F(SharedEventTest, WakesAllThatWait) {
    wait_until(std::chrono::steady_clock::time_point::max());
    wait_until(std::chrono::steady_clock::time_point::max());
    io_.poll();
    EXPECT_EQ(woken_, 0);
    event_.wake_all();
    io_.run();
    EXPECT_EQ(woken_, 2);
}

TEST_F(SharedEventTest, NobodyWaitsLongerThanItsLatest) {
    wait_until(std::chrono::steady_clock::now() + 1ms);
    io_.run();
    EXPECT_EQ(woken_, 1);
}

TEST_F(SharedEventTest, OneIsCancelledAndTheOthersWaitOn) {
    wait_until(std::chrono::steady_clock::time_point::max());
    asio::co_spawn(io_, event_.wait(), [this](const std::exception_ptr& thrown) { woken_ += thrown ? 0 : 1; });
    io_.poll();
    signal_.emit(asio::cancellation_type::terminal);
    io_.poll();
    EXPECT_EQ(cancelled_, 1);
    EXPECT_EQ(woken_, 0);
    event_.wake_all();
    io_.run();
    EXPECT_EQ(woken_, 1);
}

}  // namespace
}  // namespace gateproof::shared_event_test
