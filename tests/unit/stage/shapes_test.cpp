// How clients come, refuse and go; how answers go out; and that visits stay with their place.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <dirent.h>
#include <chrono>
#include <fstream>

#include "tests/unit/stage/support.hpp"

namespace gateproof::stage::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Shapes : public testing::Test {
protected:
    Theatre theatre;
};

TEST_F(Shapes, ARefusalNeedsNoAlert) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Place& place = theatre.open(conforming());
        Client polite(theatre.port(place), {.min_version = version, .max_version = version});
        ASSERT_TRUE(polite.handshake());
        polite.close_notify();
        polite.fin();
        const Visit visit = theatre.ended_visit(place);
        EXPECT_EQ(visit.reached(), Reached::finished) << "which is no acceptance";
        EXPECT_TRUE(visit.refused());
        EXPECT_TRUE(visit.close_notify);
        EXPECT_THAT(visit.summary(), HasSubstr("closed with close_notify after its handshake"));

        Place& other = theatre.open(conforming());
        Client rude(theatre.port(other), {.min_version = version, .max_version = version});
        ASSERT_TRUE(rude.handshake());
        rude.reset();
        const Visit cut = theatre.ended_visit(other);
        EXPECT_TRUE(cut.refused()) << cut.summary();
        EXPECT_EQ(cut.end, Ending::reset);

        Place& third = theatre.open(conforming());
        Client silent(theatre.port(third), {.min_version = version, .max_version = version});
        ASSERT_TRUE(silent.handshake());
        silent.fin();
        const Visit gone = theatre.ended_visit(third);
        EXPECT_TRUE(gone.refused() && !gone.close_notify) << gone.summary();
    }
}

TEST_F(Shapes, WhoVanishesAfterItsHelloHasRefused) {
    for (const bool hard : {false, true}) {
        Place& place = theatre.open(conforming());
        const int descriptor = connect_to(theatre.port(place));
        say(descriptor, hello_bytes());
        theatre.visits_when(place, [](const std::vector<Visit>& all) { return !all.empty() && all.front().hello; });
        if (hard) {
            const linger now{1, 0};
            ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        } else {
            ::shutdown(descriptor, SHUT_WR);
        }
        ::close(descriptor);
        const Visit visit = theatre.ended_visit(place);
        EXPECT_EQ(visit.reached(), Reached::hello);
        EXPECT_TRUE(visit.refused()) << visit.summary();
    }
}

TEST_F(Shapes, ARequestInTheLastMomentIsAcceptance) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Place& place = theatre.open(conforming());
        Client client(theatre.port(place), {.min_version = version, .max_version = version});
        ASSERT_TRUE(client.handshake());
        ASSERT_TRUE(client.write(get()));
        client.reset();
        const Visit visit = theatre.ended_visit(place);
        EXPECT_EQ(visit.reached() >= Reached::request, !visit.refused()) << visit.summary();
    }
}

TEST_F(Shapes, SilenceIsNoRefusal) {
    Place& place = theatre.open(conforming());
    const int quiet = connect_to(theatre.port(place));
    const int half = connect_to(theatre.port(place));
    say(half, hello_bytes());
    theatre.visits_when(place, [](const std::vector<Visit>& all) { return all.size() == 2 && all.back().hello; });
    theatre.end(place);
    const std::vector<Visit> visits = theatre.visits(place);
    ASSERT_THAT(visits, SizeIs(2));
    EXPECT_EQ(visits[0].reached(), Reached::connection);
    EXPECT_EQ(visits[1].reached(), Reached::hello);
    for (const Visit& visit : visits) {
        EXPECT_TRUE(visit.ended);
        EXPECT_FALSE(visit.refused()) << visit.summary();
        EXPECT_TRUE(visit.by_stage);
        EXPECT_EQ(visit.end, Ending::timeout);
    }
    ::close(quiet);
    ::close(half);
}

TEST_F(Shapes, WhatIsNoTlsIsTold) {
    Place& place = theatre.open(conforming());
    const int clear = connect_to(theatre.port(place));
    say(clear, get("/clear"));
    Visit visit = theatre.ended_visit(place);
    EXPECT_TRUE(visit.in_clear);
    EXPECT_EQ(visit.requests.at(0).path(), "/clear");
    EXPECT_TRUE(visit.requests.at(0).in_clear);
    EXPECT_EQ(visit.end, Ending::not_tls);
    EXPECT_EQ(visit.reached(), Reached::connection);
    ::close(clear);

    Place& other = theatre.open(conforming());
    const int garbage = connect_to(theatre.port(other));
    say(garbage, std::string(20'000, '\x07'));
    visit = theatre.ended_visit(other);
    EXPECT_FALSE(visit.in_clear);
    EXPECT_FALSE(visit.hello);
    EXPECT_GT(visit.first_bytes, 0U);
    ::close(garbage);
}

TEST_F(Shapes, WhatIsNoHttpIsAcceptedAllTheSame) {
    Place& place = theatre.open(conforming());
    Client client(theatre.port(place), {.alpn = true});
    ASSERT_TRUE(client.handshake());
    ASSERT_TRUE(client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    EXPECT_THAT(client.read_all(), HasSubstr(" 400 "));
    const Visit visit = theatre.ended_visit(place);
    EXPECT_TRUE(visit.not_http);
    EXPECT_EQ(visit.reached(), Reached::request) << "its application byte is acceptance";
    EXPECT_THAT(visit.hello->protocols(), testing::Contains("h2"));
}

TEST_F(Shapes, EndsAsTheActsSay) {
    struct Case {
        Farewell farewell;
        Ending end;
        bool notified;  ///< close_notify came
    };
    for (const Case& one : {Case{Farewell::close_notify, Ending::closed, true},
                            Case{Farewell::fin, Ending::closed, false}, Case{Farewell::reset, Ending::reset, false}}) {
        Scene scene = conforming();
        scene.answers = {AnswerAct{.cut_at = 40, .farewell = one.farewell}};
        Place& place = theatre.open(scene);
        Client client(theatre.port(place));
        ASSERT_TRUE(client.handshake());
        ASSERT_TRUE(client.write(get()));
        const std::string read = client.read_all();
        if (one.farewell != Farewell::reset) {
            EXPECT_EQ(read.size(), 40U);
        }
        EXPECT_EQ((SSL_get_shutdown(client.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0, one.notified);
        client.fin();
        const Visit visit = theatre.ended_visit(place);
        EXPECT_EQ(visit.end, one.end);
        EXPECT_TRUE(visit.by_stage);
        EXPECT_FALSE(visit.requests.front().answered) << "it was cut";
        EXPECT_EQ(visit.reached(), Reached::request);
    }
    Scene scene = conforming();
    scene.answers = {AnswerAct{.cut_at = 0, .farewell = Farewell::hang}};
    Place& place = theatre.open(scene);
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    ASSERT_TRUE(client.write(get()));
    EXPECT_THAT(client.read_all(), IsEmpty());
    EXPECT_FALSE(theatre.visits(place).front().ended) << "the stage hangs until the client goes";
    client.close_notify();
    client.fin();
    const Visit visit = theatre.ended_visit(place);
    EXPECT_FALSE(visit.by_stage);
    EXPECT_EQ(visit.requests.front().status, 0);
    EXPECT_EQ(visit.summary(), "asked GET /status and was not answered");
}

/// Whoever has the answer and looks whether its connection has ended is not to be too early.
TEST_F(Shapes, TheEndArrivesWithTheAnswer) {
    for (int time = 0; time < 20; ++time) {
        Scene scene = conforming();
        scene.tickets = 0;  // nothing arrives before the answer
        scene.answers = {AnswerAct{.farewell = time % 2 == 0 ? Farewell::close_notify : Farewell::fin}};
        Place& place = theatre.open(scene);
        Client client(theatre.port(place));
        ASSERT_TRUE(client.handshake());
        ASSERT_TRUE(client.write(get()));
        pollfd came{.fd = SSL_get_fd(client.ssl()), .events = POLLIN | POLLRDHUP, .revents = 0};
        ASSERT_EQ(poll(&came, 1, 10'000), 1);
        EXPECT_TRUE((came.revents & POLLIN) != 0 && (came.revents & POLLRDHUP) != 0) << came.revents;
        EXPECT_THAT(client.read_all(), HasSubstr("200 OK"));
        client.fin();
    }
}

TEST_F(Shapes, AnIdleConnectionLeavesWhenItIsTold) {
    Place& place = theatre.open(conforming());
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    EXPECT_FALSE(client.ask(get()).empty());
    theatre.on_loop([&] { place.end_connections(); });
    EXPECT_THAT(client.read_all(), IsEmpty());
    EXPECT_NE(SSL_get_shutdown(client.ssl()) & SSL_RECEIVED_SHUTDOWN, 0);
    client.fin();
    const Visit visit = theatre.ended_visit(place);
    EXPECT_TRUE(visit.by_stage);
    EXPECT_EQ(visit.end, Ending::closed);
}

TEST_F(Shapes, DoorsKeepStraysApart) {
    PlaceOptions options{.name = "place"};
    Scene other = conforming();
    other.shown = pki().server({.names = {"other.localhost"}});
    options.doors = {Door{.name = "clear"}, Door{.name = "other", .scene = other},
                     Door{.name = "authority", .scene = conforming(), .stray = false}};
    Place& place = theatre.open(conforming(), std::move(options));
    const int clear = connect_to(theatre.port(place, "clear"));
    say(clear, get("/secret"));
    Client elsewhere(theatre.port(place, "other"), {.host = "other.localhost"});
    ASSERT_TRUE(elsewhere.handshake());
    EXPECT_FALSE(elsewhere.ask(get()).empty());
    Client authority(theatre.port(place, "authority"));
    ASSERT_TRUE(authority.handshake());
    EXPECT_FALSE(authority.ask(get()).empty());
    const std::vector<Visit> visits = theatre.visits(place);
    ASSERT_THAT(visits, SizeIs(1));
    EXPECT_EQ(visits.front().door, "authority");
    for (int i = 0; i < 100 && !theatre.strays(place).front().ended; ++i) {
        std::this_thread::sleep_for(20ms);
    }
    const std::vector<Visit> strays = theatre.strays(place);
    ASSERT_THAT(strays, SizeIs(2));
    EXPECT_TRUE(strays[0].in_clear);
    EXPECT_EQ(strays[0].door, "clear");
    EXPECT_EQ(strays[1].door, "other");
    EXPECT_THROW(theatre.port(place, "none"), std::out_of_range);
    ::close(clear);
}

TEST_F(Shapes, BothLoopbackAddressesLeadToAPlace) {
    PlaceOptions options{.name = "both"};
    options.ipv6 = true;
    options.doors = {Door{.name = "clear"}};
    Place& place = theatre.open(conforming(), std::move(options));
    const auto curl = [&](const std::string& address, const std::string& door, const std::string& scheme) {
        const std::string at = fmt::format("localhost:{}", theatre.port(place, door));
        return run_program({"curl", "-sSk", "--resolve", at + ":" + address, fmt::format("{}://{}/read", scheme, at)});
    };
    EXPECT_EQ(curl("127.0.0.1", "", "https").code, 0);
    const Ran second = curl("[::1]", "", "https");
    if (theatre.visits(place).size() == 1) {
        EXPECT_NE(second.code, 0);
        GTEST_SKIP() << "this machine has no ::1, and nothing broke";
    }
    EXPECT_EQ(second.code, 0) << second.output;
    EXPECT_THAT(theatre.visits(place)[1].from, HasSubstr("[::1]:"));
    curl("[::1]", "clear", "http");
    EXPECT_THAT(theatre.strays(place), SizeIs(1)) << "whoever has no business there is seen on either";
}

TEST_F(Shapes, APortThatIsToBeHadAgainIsHadAgain) {
    PlaceOptions options{.name = "first"};
    options.ipv6 = true;
    options.leaves_grave = false;
    Place& first = theatre.open(conforming(), options);
    options.port = theatre.port(first);
    const auto get_served = [&] {
        return run_program({"curl", "-sSk", fmt::format("https://127.0.0.1:{}/read", options.port)}).code;
    };
    EXPECT_EQ(get_served(), 0);
    theatre.close(first);
    for (int i = 0; i < 3; ++i) {
        Place& again = theatre.open(conforming(), options);
        EXPECT_EQ(theatre.port(again), options.port);
        EXPECT_EQ(get_served(), 0);
        theatre.close(again);
    }
}

TEST_F(Shapes, TheFirstOfSeveralAddressesCanBeClosed) {
    PlaceOptions options{.name = "next"};
    options.addresses = {"127.0.0.1", "127.0.0.2"};
    options.first_closed = true;
    Place& place = theatre.open(conforming(), std::move(options));
    const auto curl = [&](const std::string& address) {
        const std::string at = fmt::format("localhost:{}", theatre.port(place));
        return run_program({"curl", "-sSk", "--resolve", at + ":" + address, fmt::format("https://{}/read", at)}).code;
    };
    constexpr int could_not_connect = 7;
    EXPECT_EQ(curl("127.0.0.1"), could_not_connect);
    EXPECT_EQ(curl("127.0.0.2"), 0);
    EXPECT_EQ(curl("127.0.0.1,127.0.0.2"), 0);
    EXPECT_THAT(theatre.visits(place), SizeIs(2));
}

TEST_F(Shapes, AProxyLeadsToItsHostAlone) {
    PlaceOptions options{.name = "proxy"};
    options.proxy = true;
    Place& place = theatre.open(conforming(), std::move(options));
    const std::string proxy = theatre.on_loop([&] { return place.proxy_url(); });
    const auto curl = [&](const std::string& url) {
        return run_program({"curl", "-sSk", "--noproxy", "", "-x", proxy, url});
    };
    const Ran served = curl("https://localhost:4046/read");
    EXPECT_EQ(served.code, 0) << served.output;
    EXPECT_THAT(served.output, HasSubstr("GET /read"));
    const std::vector<Visit> visits = theatre.visits(place);
    ASSERT_THAT(visits, SizeIs(1));
    EXPECT_EQ(visits.front().tunnel, "localhost:4046") << "the declared port";
    EXPECT_TRUE(visits.front().hello);

    EXPECT_NE(curl("https://telemetry.example/").code, 0);
    EXPECT_NE(curl("http://localhost/in-clear").code, -1);
    const std::vector<Visit> strays = theatre.strays(place);
    ASSERT_THAT(strays, SizeIs(2));
    EXPECT_EQ(strays[0].summary(), "asked the proxy for telemetry.example:443");
    EXPECT_TRUE(strays[1].in_clear);
    EXPECT_THAT(strays[1].summary(), HasSubstr("asked in clear for GET http://localhost/in-clear"));
    EXPECT_THAT(theatre.visits(place), SizeIs(1));
}

TEST_F(Shapes, AProxyLeadsToTheDoorsOfItsPlace) {
    PlaceOptions options{.name = "proxy"};
    options.proxy = true;
    options.doors = {Door{.name = "clear"}, Door{.name = "authority", .scene = conforming(), .stray = false},
                     Door{.name = "other", .scene = conforming(), .host = "other.localhost"}};
    Place& place = theatre.open(conforming(), std::move(options));
    const std::string proxy = theatre.on_loop([&] { return place.proxy_url(); });
    const auto curl = [&](const std::string& url) {
        return run_program({"curl", "-sSk", "--noproxy", "", "-x", proxy, url + "/read"});
    };
    EXPECT_EQ(curl(theatre.on_loop([&] { return place.url("authority"); })).code, 0);
    const std::string other = theatre.on_loop([&] { return place.url("other"); });
    EXPECT_EQ(other, fmt::format("https://other.localhost:{}", theatre.port(place, "other")));
    EXPECT_EQ(curl(other).code, 0);
    EXPECT_NE(curl(fmt::format("https://localhost:{}", theatre.port(place, "clear"))).code, 0);
    EXPECT_NE(curl(fmt::format("http://localhost:{}", theatre.port(place, "clear"))).code, -1);
    const std::vector<Visit> visits = theatre.visits(place);
    ASSERT_THAT(visits, SizeIs(1));
    EXPECT_EQ(visits.front().door, "authority");
    const std::vector<Visit> strays = theatre.strays(place);
    ASSERT_THAT(strays, SizeIs(3));
    EXPECT_EQ(strays[0].door, "other");
    EXPECT_THAT(strays[0].requests, SizeIs(1));
    EXPECT_EQ(strays[1].door, "clear");
    EXPECT_TRUE(strays[1].hello);
    EXPECT_EQ(strays[2].door, "clear");
    EXPECT_TRUE(strays[2].in_clear);
}

TEST_F(Shapes, AProxyRefusesATunnel) {
    PlaceOptions options{.name = "proxy"};
    options.proxy = true;
    Scene scene = conforming();
    scene.handshake.kind = HandshakeAct::Kind::refuses_tunnel;
    Place& place = theatre.open(std::move(scene), std::move(options));
    const std::string proxy = theatre.on_loop([&] { return place.proxy_url(); });
    const Ran refused =
        run_program({"curl", "-sSk", "--noproxy", "", "-x", proxy, "-w", "%{http_connect}", "https://localhost:4046/"});
    EXPECT_NE(refused.code, 0);
    EXPECT_THAT(refused.output, HasSubstr("502"));
    const std::vector<Visit> visits = theatre.visits(place);
    ASSERT_THAT(visits, SizeIs(1));
    EXPECT_EQ(visits.front().tunnel, "localhost:4046");
    EXPECT_FALSE(visits.front().hello);
    EXPECT_TRUE(visits.front().by_stage);
}

/// Whoever asks before the loop's own timer has had its turn is told as well.
TEST_F(Shapes, KnowsHowLateTheLoopWas) {
    Place& place = theatre.open(conforming());
    const auto slept = theatre.on_loop([] {
        const auto before = std::chrono::steady_clock::now();
        std::this_thread::sleep_for(200ms);
        return std::pair(before, std::chrono::steady_clock::now());
    });
    const Lateness late = theatre.on_loop([&] { return place.lateness(); });
    EXPECT_GE(late.worst(), 150ms);
    EXPECT_GE(late.at(slept.second), 150ms);
    EXPECT_GE(theatre.on_loop([&] { return theatre.stage().lateness(slept.first).worst(); }), 150ms);
    const auto now = std::chrono::steady_clock::now();
    EXPECT_EQ(theatre.on_loop([&] { return theatre.stage().lateness(now + 1h).worst(); }), 0ms);
}

}  // namespace
}  // namespace gateproof::stage::test
