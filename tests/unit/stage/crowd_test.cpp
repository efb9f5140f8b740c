// What bounds the stage: bodies that are kept, ports of places that ended, and crowds.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <dirent.h>
#include <algorithm>
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

/// Raises the soft limit, 1,024 in most shells, where the hard one lets it; false: it does not.
bool may_open(rlim_t descriptors) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < descriptors) {
        return false;
    }
    limit.rlim_cur = std::max(limit.rlim_cur, descriptors);
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

TEST(Crowd, AThousandPlacesEndWhateverComes) {
    constexpr int count = 1000;
    if (!may_open(4 * count)) {
        GTEST_SKIP() << "needs leave to open 4000 files";
    }
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
