#include "harness/run/openings.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <vector>

namespace gateproof {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Seen {
    std::vector<int> order;
    int open = 0;
    int most_open = 0;
};

asio::awaitable<void> open(Openings& openings, int number, std::chrono::milliseconds takes, Seen& seen) {
    const std::shared_ptr<void> place = co_await openings.enter();
    seen.order.push_back(number);
    seen.most_open = std::max(seen.most_open, ++seen.open);
    asio::steady_timer timer(co_await asio::this_coro::executor, takes);
    co_await timer.async_wait(asio::use_awaitable);
    --seen.open;
}

TEST(Openings, SoManyAtOnceInTheOrderOfTheirComing) {
    asio::io_context io;
    Openings openings(io.get_executor(), 2, 1h);
    Seen seen;
    for (int i = 0; i < 6; ++i) {
        asio::co_spawn(io, open(openings, i, 2ms, seen), asio::detached);
    }
    io.run();
    EXPECT_EQ(seen.most_open, 2);
    EXPECT_EQ(seen.order, (std::vector{0, 1, 2, 3, 4, 5}));
}

TEST(Openings, NobodyWaitsForASlowPeer) {
    asio::io_context io;
    Openings openings(io.get_executor(), 1, 20ms);
    Seen seen;
    for (int i = 0; i < 4; ++i) {
        asio::co_spawn(io, open(openings, i, 1s, seen), asio::detached);
    }
    io.run();
    EXPECT_EQ(seen.most_open, 4) << "each place counts for 20 ms, whatever its owner does";
}

TEST(Openings, WhoIsCancelledTakesNoPlace) {
    asio::io_context io;
    Openings openings(io.get_executor(), 1, 1h);
    Seen seen;
    asio::cancellation_signal cancel;
    bool cancelled = false;
    asio::co_spawn(io, open(openings, 0, 5ms, seen), asio::detached);
    asio::co_spawn(
        io, open(openings, 1, 1ms, seen),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown) { cancelled = thrown != nullptr; }));
    asio::co_spawn(io, open(openings, 2, 1ms, seen), asio::detached);
    asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
    io.run();
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(seen.order, (std::vector{0, 2}));
}

}  // namespace
}  // namespace gateproof
