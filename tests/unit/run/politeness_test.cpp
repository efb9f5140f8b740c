#include "harness/run/politeness.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace gateproof::politeness_test {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Priority = Politeness::Priority;
using namespace std::chrono_literals;

struct Seen {
    std::vector<int> order;
    int open = 0;
    int most_open = 0;
    int refused = 0;
};

asio::awaitable<void> use_slot(Politeness& politeness, Priority priority, int number, std::chrono::milliseconds hold,
                               Seen& seen) {
    try {
        const Permit permit = co_await politeness.acquire(priority);
        seen.order.push_back(number);
        seen.most_open = std::max(seen.most_open, ++seen.open);
        asio::steady_timer timer(co_await asio::this_coro::executor, hold);
        co_await timer.async_wait(asio::use_awaitable);
        --seen.open;
    } catch (const RequestBudgetSpent&) {
        ++seen.refused;
    }
}

/// Coroutines that want a slot, under whatever limits the test sets first.
class PolitenessTest : public ::testing::Test {
protected:
    PolitenessTest() {
        limits.connections_per_second = 0;
        limits.concurrent_connections = 0;
        limits.requests = 0;
    }

    template <typename Token = asio::detached_t>
    void want(int number, std::chrono::milliseconds hold, Priority priority = Priority::check, Token token = {}) {
        if (!politeness) {
            politeness.emplace(io.get_executor(), limits);
        }
        asio::co_spawn(io, use_slot(*politeness, priority, number, hold, seen), std::move(token));
    }

    asio::io_context io;
    Limits limits;
    std::optional<Politeness> politeness;
    Seen seen;
};

TEST_F(PolitenessTest, CapsConnectionsAtOnceAndServesInOrder) {
    limits.concurrent_connections = 2;
    for (int i = 0; i < 6; ++i) {
        want(i, 2ms);
    }
    io.run();
    EXPECT_EQ(seen.most_open, 2);
    EXPECT_EQ(seen.order, (std::vector{0, 1, 2, 3, 4, 5}));
}

TEST_F(PolitenessTest, ControlsGoFirst) {
    limits.concurrent_connections = 1;
    for (int i = 0; i < 3; ++i) {
        want(i, 2ms);
    }
    want(99, 0ms, Priority::control);
    io.run();
    EXPECT_EQ(seen.order, (std::vector{0, 99, 1, 2}));
}

TEST_F(PolitenessTest, AHoldLetsNobodyThroughButWhoAsksPastIt) {
    limits.concurrent_connections = 1;
    want(0, 2ms);
    std::shared_ptr<void> hold = politeness->hold();
    for (int i = 1; i < 4; ++i) {
        want(i, 0ms, i == 1 ? Priority::control : Priority::check);
    }
    want(99, 0ms, Priority::past_hold);
    io.run_for(50ms);
    EXPECT_EQ(seen.order, (std::vector{99})) << "nor who came before it, if he had no slot yet";
    hold.reset();
    io.run();
    EXPECT_EQ(seen.order.size(), 5U);
    EXPECT_EQ(seen.order[1], 1) << "controls first still";
}

TEST_F(PolitenessTest, HoldsTheRateAfterTheFirstSecondsWorth) {
    limits.connections_per_second = 50;
    for (int i = 0; i < 60; ++i) {  // a burst of 50, then ten at 50 a second
        want(i, 0ms);
    }
    const auto begun = Clock::now();
    io.run();
    EXPECT_EQ(seen.order.size(), 60U);
    EXPECT_GE(Clock::now() - begun, 190ms);
}

TEST_F(PolitenessTest, ThrowsWhenTheBudgetIsSpent) {
    limits.requests = 2;
    for (int i = 0; i < 5; ++i) {
        want(i, 0ms);
    }
    io.run();
    EXPECT_EQ(seen.order.size(), 2U);
    EXPECT_EQ(seen.refused, 3);
}

TEST_F(PolitenessTest, ACancelledWaiterLeavesNoTrace) {
    limits.concurrent_connections = 1;
    asio::cancellation_signal cancel;
    bool cancelled = false;
    want(0, 20ms);
    want(1, 0ms, Priority::check, asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown) {
             cancelled = thrown != nullptr;
         }));
    want(2, 0ms);
    asio::steady_timer soon(io, 5ms);
    soon.async_wait([&](const auto&) { cancel.emit(asio::cancellation_type::terminal); });
    io.run();
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(seen.order, (std::vector{0, 2}));
}

TEST_F(PolitenessTest, IdleConnectionsHaveACapOfTheirOwnAndHoldNoSlot) {
    limits.concurrent_connections = 1;
    limits.idle_connections = 2;
    int idle = 0;
    int most_idle = 0;
    politeness.emplace(io.get_executor(), limits);
    for (int i = 0; i < 5; ++i) {
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                const Permit permit = co_await politeness->acquire_idle();
                most_idle = std::max(most_idle, ++idle);
                asio::steady_timer timer(io, 2ms);
                co_await timer.async_wait(asio::use_awaitable);
                --idle;
                seen.order.push_back(-1);
            },
            asio::detached);
    }
    want(7, 0ms);
    io.run();
    EXPECT_EQ(most_idle, 2);
    EXPECT_EQ(seen.order, (std::vector{7, -1, -1, -1, -1, -1})) << "the slot is free while two idle";
}

}  // namespace
}  // namespace gateproof::politeness_test
