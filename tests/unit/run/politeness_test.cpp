#include "harness/run/politeness.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace gateproof {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

struct Seen {
    std::vector<int> order;
    int open = 0;
    int most_open = 0;
    int refused = 0;
};

asio::awaitable<void> use_slot(Politeness& politeness, Politeness::Priority priority, int number,
                               std::chrono::milliseconds hold, Seen& seen) {
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

Limits unlimited() {
    Limits limits;
    limits.connections_per_second = 0;
    limits.concurrent_connections = 0;
    limits.requests = 0;
    return limits;
}

TEST(Politeness, CapsConnectionsAtOnceAndServesInOrder) {
    asio::io_context io;
    Limits limits = unlimited();
    limits.concurrent_connections = 2;
    Politeness politeness(io.get_executor(), limits);
    Seen seen;
    for (int i = 0; i < 6; ++i) {
        asio::co_spawn(io, use_slot(politeness, Politeness::Priority::check, i, std::chrono::milliseconds(2), seen),
                       asio::detached);
    }
    io.run();
    EXPECT_EQ(seen.most_open, 2);
    EXPECT_EQ(seen.order, (std::vector{0, 1, 2, 3, 4, 5}));
}

TEST(Politeness, ControlsGoFirst) {
    asio::io_context io;
    Limits limits = unlimited();
    limits.concurrent_connections = 1;
    Politeness politeness(io.get_executor(), limits);
    Seen seen;
    for (int i = 0; i < 3; ++i) {
        asio::co_spawn(io, use_slot(politeness, Politeness::Priority::check, i, std::chrono::milliseconds(2), seen),
                       asio::detached);
    }
    asio::co_spawn(io, use_slot(politeness, Politeness::Priority::control, 99, std::chrono::milliseconds(0), seen),
                   asio::detached);
    io.run();
    EXPECT_EQ(seen.order, (std::vector{0, 99, 1, 2}));
}

TEST(Politeness, HoldsTheRateAfterTheFirstSecondsWorth) {
    asio::io_context io;
    Limits limits = unlimited();
    limits.connections_per_second = 50;
    Politeness politeness(io.get_executor(), limits);
    Seen seen;
    for (int i = 0; i < 60; ++i) {  // a burst of 50, then ten at 50 a second
        asio::co_spawn(io, use_slot(politeness, Politeness::Priority::check, i, std::chrono::milliseconds(0), seen),
                       asio::detached);
    }
    const auto begun = Clock::now();
    io.run();
    EXPECT_EQ(seen.order.size(), 60U);
    EXPECT_GE(Clock::now() - begun, std::chrono::milliseconds(190));
}

TEST(Politeness, ThrowsWhenTheBudgetIsSpent) {
    asio::io_context io;
    Limits limits = unlimited();
    limits.requests = 2;
    Politeness politeness(io.get_executor(), limits);
    Seen seen;
    for (int i = 0; i < 5; ++i) {
        asio::co_spawn(io, use_slot(politeness, Politeness::Priority::check, i, std::chrono::milliseconds(0), seen),
                       asio::detached);
    }
    io.run();
    EXPECT_EQ(seen.order.size(), 2U);
    EXPECT_EQ(seen.refused, 3);
}

TEST(Politeness, ACancelledWaiterLeavesNoTrace) {
    asio::io_context io;
    Limits limits = unlimited();
    limits.concurrent_connections = 1;
    Politeness politeness(io.get_executor(), limits);
    Seen seen;
    asio::cancellation_signal cancel;
    bool cancelled = false;
    asio::co_spawn(io, use_slot(politeness, Politeness::Priority::check, 0, std::chrono::milliseconds(20), seen),
                   asio::detached);
    asio::co_spawn(io, use_slot(politeness, Politeness::Priority::check, 1, std::chrono::milliseconds(0), seen),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](const std::exception_ptr& thrown) { cancelled = thrown != nullptr; }));
    asio::co_spawn(io, use_slot(politeness, Politeness::Priority::check, 2, std::chrono::milliseconds(0), seen),
                   asio::detached);
    asio::steady_timer soon(io, std::chrono::milliseconds(5));
    soon.async_wait([&](const auto&) { cancel.emit(asio::cancellation_type::terminal); });
    io.run();
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(seen.order, (std::vector{0, 2}));
}

}  // namespace
}  // namespace gateproof
