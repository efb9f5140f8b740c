// How long a client waits, and when it gives up.
#include <gtest/gtest.h>
#include <poll.h>

#include <future>

#include "tests/unit/client/calling.hpp"

namespace gateproof::client::test::call_test {
namespace {

milliseconds time_of_a_read(const std::vector<std::string>& faults, const std::string& first, milliseconds own_wait) {
    Server server(Scene{.answers = {first, read_served}});
    Options options = calling(server, faults);
    options.retries.first = own_wait;
    const auto began = Clock::now();
    EXPECT_EQ(read_once(options).outcome, Outcome::success);
    return std::chrono::duration_cast<milliseconds>(Clock::now() - began);
}

TEST(Wait, IsAsLongAsToldAndShorterWithTheFault) {
    EXPECT_GE(time_of_a_read({}, busy_for("1"), milliseconds(5)), milliseconds(1000));
    EXPECT_LT(time_of_a_read({"halves-it"}, busy_for("4"), milliseconds(5)), milliseconds(4000));
    EXPECT_LT(time_of_a_read({"ignores-retry-after"}, busy_for("30"), milliseconds(5)), milliseconds(30'000));
    EXPECT_LT(time_of_a_read({"ignores-date"}, busy_for("Fri, 31 Dec 2100 00:00:00 GMT"), milliseconds(5)),
              milliseconds(30'000));
    EXPECT_LT(time_of_a_read({"retries-at-once"}, busy, milliseconds(4000)), milliseconds(3000));
    EXPECT_LT(time_of_a_read({"loops-on-negative"}, busy_for("-1"), milliseconds(4000)), milliseconds(3000));
}

/// Whether a read has ended by itself some time after it should have.
bool ends_by_itself(const std::vector<std::string>& faults, Scene scene) {
    Server server(std::move(scene));
    Options options = calling(server, faults);
    options.answer_limit = milliseconds(50);
    options.connect_limit = milliseconds(300);
    Client client(options);
    std::future<Result> read = std::async(std::launch::async, [&client] { return client.act(Act::read); });
    const bool slow = faults.empty();  // a conforming client has all the time that a loaded machine needs
    const bool ended =
        read.wait_for(slow ? std::chrono::seconds(10) : std::chrono::seconds(1)) == std::future_status::ready;
    client.stop();
    EXPECT_EQ(read.get().outcome, Outcome::failure);
    return ended;
}

TEST(Wait, EndsByItselfButForTheFault) {
    Scene silent;
    silent.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\n"};
    EXPECT_TRUE(ends_by_itself({}, silent));
    EXPECT_FALSE(ends_by_itself({"waits-for-ever"}, silent));
    Scene deaf;
    deaf.raw = [](tcp::socket& socket) { gateproof::test::drain(socket); };
    EXPECT_TRUE(ends_by_itself({}, deaf));
    EXPECT_FALSE(ends_by_itself({"waits-for-ever-in-handshake"}, deaf));
    Scene busy_for_a_day;
    busy_for_a_day.answers = {busy_for("86400")};
    EXPECT_TRUE(ends_by_itself({}, busy_for_a_day));
    EXPECT_FALSE(ends_by_itself({"sleeps-a-day-silently"}, busy_for_a_day));
}

TEST(Wait, ADripIsNoProgress) {
    for (const bool faulty : {false, true}) {
        Scene scene;
        scene.raw = [](tcp::socket& socket) {
            ServerTls tls(socket, gateproof::test::pki().server);
            if (!tls.handshake() || tls.read().empty()) {
                return;
            }
            for (const char byte : read_served) {  // twenty times the limit in all, and a fifth of it each
                pollfd watched{socket.native_handle(), POLLRDHUP, 0};
                if (poll(&watched, 1, 40) != 0) {
                    return;
                }
                tls.write(std::string(1, byte));
            }
        };
        Server server(std::move(scene));
        Options options =
            calling(server, faulty ? std::vector<std::string>{"drip-keeps-alive"} : std::vector<std::string>{});
        options.answer_limit = milliseconds(faulty ? 2000 : 400);
        EXPECT_EQ(read_once(options).outcome == Outcome::success, faulty);
    }
}

TEST(Wait, AConnectionThatIsGivenUpIsClosed) {
    for (const bool faulty : {false, true}) {
        std::promise<void> closed;
        std::future<void> seen = closed.get_future();
        Scene scene;
        scene.raw = [&closed](tcp::socket& socket) {
            ServerTls tls(socket, gateproof::test::pki().server);
            if (tls.handshake() && !tls.read().empty() && tls.read().empty()) {
                closed.set_value();
            }
        };
        Server server(std::move(scene));
        Client client(
            calling(server, faulty ? std::vector<std::string>{"leaves-connection-open"} : std::vector<std::string>{}));
        EXPECT_EQ(client.act(Act::read).outcome, Outcome::failure);
        EXPECT_EQ(
            seen.wait_for(faulty ? std::chrono::seconds(1) : std::chrono::seconds(10)) == std::future_status::ready,
            !faulty);
    }
}

}  // namespace
}  // namespace gateproof::client::test::call_test
