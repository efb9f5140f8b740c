// How clients come, refuse and go; how answers go out; and that visits stay with their place.
#include <fmt/format.h>
#include <gmock/gmock.h>
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

/// Of this process, in MiB.
std::size_t resident_memory() {
    std::ifstream in("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* folder = ::opendir("/proc/self/fd");
    while (folder != nullptr && ::readdir(folder) != nullptr) {
        ++count;
    }
    ::closedir(folder);
    return count;
}

void say(int descriptor, const std::string& bytes) {
    EXPECT_EQ(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
}

std::string hello_bytes() {
    const std::vector<std::uint8_t> bytes = ClientHello::offering(TlsVersion::tls_1_3, "localhost").encode();
    return {bytes.begin(), bytes.end()};
}

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
    const auto [begun, ended] = theatre.on_loop([] {
        const auto before = std::chrono::steady_clock::now();
        std::this_thread::sleep_for(200ms);
        return std::pair(before, std::chrono::steady_clock::now());
    });
    const Lateness late = theatre.on_loop([&] { return place.lateness(); });
    EXPECT_GE(late.worst(), 150ms);
    EXPECT_GE(late.at(ended), 150ms);
    EXPECT_GE(theatre.on_loop([&] { return theatre.stage().lateness(begun).worst(); }), 150ms);
    const auto now = std::chrono::steady_clock::now();
    EXPECT_EQ(theatre.on_loop([&] { return theatre.stage().lateness(now + 1h).worst(); }), 0ms);
}

TEST(Bounds, KeepsABudgetOfBodiesAndShowsThemAllToTheApplication) {
    Theatre theatre({.kept = 5});
    const auto application = std::make_shared<Echo>();
    Place& place = theatre.open(conforming(), {.application = application});
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    for (const std::string body : {"abc", "def"}) {
        EXPECT_THAT(client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n" + body), HasSubstr(body));
    }
    const Visit visit = theatre.visits(place).front();
    EXPECT_EQ(visit.requests[0].raw->body, "abc");
    EXPECT_THAT(visit.requests[1].raw->body, IsEmpty());
    EXPECT_EQ(visit.requests[1].body_size, 3U);
    EXPECT_THAT(application->booked(), SizeIs(2));
}

TEST(Bounds, APortThatIsGivenIsToBeHadAgain) {
    Theatre theatre;
    std::uint16_t port = 0;
    {
        Theatre other({.graves = 0});
        Place& place = other.open(conforming());
        port = other.port(place);
        other.close(place);
    }
    for (int i = 0; i < 3; ++i) {
        PlaceOptions options;
        options.port = port;
        Place& place = theatre.open(conforming(), std::move(options));
        Client client(port);
        ASSERT_TRUE(client.handshake());
        EXPECT_FALSE(client.ask(get()).empty());
        theatre.close(place);
    }
}

TEST(Graves, LateVisitorsAreKnownAndResetAndReachNobodyElse) {
    Theatre theatre({.graves = 2, .grave = 200ms});
    Place& place = theatre.open(conforming(), {.name = "first/1"});
    const std::uint16_t port = theatre.port(place);
    theatre.close(place);
    Place& next = theatre.open(conforming(), {.name = "second/1"});
    EXPECT_NE(theatre.port(next), port) << "the port of a grave is nobody else's";
    Client late(port);
    EXPECT_FALSE(late.handshake());
    const std::vector<LateVisit> seen = theatre.on_loop([&] { return theatre.stage().late(); });
    ASSERT_THAT(seen, SizeIs(1));
    EXPECT_EQ(seen.front().place, "first/1");
    EXPECT_THAT(theatre.visits(next), IsEmpty());
    for (int i = 0; i < 200; ++i) {
        const int descriptor = connect_to(port);
        if (descriptor < 0) {
            return;
        }
        ::close(descriptor);
        std::this_thread::sleep_for(20ms);
    }
    FAIL() << "the grave stays open";
}

TEST(Crowd, AThousandPlacesEndWhateverComes) {
    constexpr int count = 1000;
    StageLimits limits;
    limits.client_turn = 500ms;
    limits.idle = 700ms;
    limits.graves = 10;
    Theatre theatre(limits);
    const std::size_t before = open_descriptors();
    const std::size_t memory = resident_memory();
    std::vector<Place*> places;
    std::vector<std::uint16_t> ports;
    for (int i = 0; i < count; ++i) {
        places.push_back(&theatre.open(conforming(), {.name = std::to_string(i)}));
        ports.push_back(theatre.port(*places.back()));
    }
    std::vector<int> open;
    const std::string hello = hello_bytes();
    for (int i = 0; i < count; ++i) {
        const int descriptor = connect_to(ports[static_cast<std::size_t>(i)]);
        ASSERT_GE(descriptor, 0);
        open.push_back(descriptor);
        switch (i % 5) {
            case 0: break;                                           // says nothing
            case 1: say(descriptor, hello.substr(0, 50)); break;     // half a hello
            case 2: say(descriptor, hello); break;                   // a handshake that stops
            case 3: say(descriptor, std::string(5000, 'A')); break;  // a head that never ends, in clear
            default: say(descriptor, std::string("\x16\x03\x01\x40\x00", 5) + std::string(4000, '\x01'));
        }
    }
    const auto began = std::chrono::steady_clock::now();
    std::size_t left = 1;
    while (left > 0 && std::chrono::steady_clock::now() - began < 20s) {
        std::this_thread::sleep_for(50ms);
        left = theatre.on_loop([&] { return theatre.stage().open_connections(); });
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which keep shadows of all memory
    constexpr std::size_t most_for_each = 200;  // KiB: a context of OpenSSL's, a connection, what was kept of it
    EXPECT_LE(resident_memory(), memory + count * most_for_each / 1024);
#else
    static_cast<void>(memory);
#endif
    EXPECT_EQ(left, 0U) << "each ends in its deadline, and the two seconds for last words";
    for (int i = 0; i < count; ++i) {
        const std::vector<Visit> visits = theatre.visits(*places[static_cast<std::size_t>(i)]);
        ASSERT_THAT(visits, SizeIs(1)) << i;
        EXPECT_EQ(visits.front().place, std::to_string(i)) << "a visit stays with its place";
        EXPECT_EQ(visits.front().hello.has_value(), i % 5 == 2) << i << visits.front().summary();
        EXPECT_FALSE(visits.front().refused()) << i << visits.front().summary();
    }
    for (const int descriptor : open) {
        ::close(descriptor);
    }
    for (Place* place : places) {
        theatre.close(*place);
    }
    EXPECT_LE(open_descriptors(), before + limits.graves) << "no descriptor outlives its place";
}

TEST(Crowd, APlaceTurnsAwayWhatIsTooMuch) {
    Theatre theatre({.connections_of_place = 3});
    Place& place = theatre.open(conforming());
    const std::uint16_t port = theatre.port(place);
    std::vector<int> open;
    for (int i = 0; i < 8; ++i) {
        open.push_back(connect_to(port));
    }
    for (int i = 0; i < 200 && theatre.on_loop([&] { return place.turned_away(); }) < 5; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(theatre.on_loop([&] { return place.turned_away(); }), 5U);
    EXPECT_THAT(theatre.visits(place), SizeIs(3));
    EXPECT_TRUE(theatre.on_loop([&] { return place.busy(); }));
    for (const int descriptor : open) {
        ::close(descriptor);
    }
}

TEST(Crowd, ABodyBeyondTheBoundIsNotKept) {
    Theatre theatre({.head = 4096, .body = 10'000});
    Place& place = theatre.open(conforming());
    for (const std::string& request :
         {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'x'),
          "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(10'000, 'x')}) {
        Client client(theatre.port(place));
        ASSERT_TRUE(client.handshake());
        client.write(request);
        client.read_all();
    }
    const std::vector<Visit> visits =
        theatre.visits_when(place, [](const std::vector<Visit>& all) { return all.size() == 2 && all.back().ended; });
    for (const Visit& visit : visits) {
        EXPECT_TRUE(visit.not_http) << visit.summary();
        EXPECT_THAT(visit.requests, IsEmpty());
    }
}

}  // namespace
}  // namespace gateproof::stage::test
