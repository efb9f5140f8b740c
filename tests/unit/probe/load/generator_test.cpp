// The load generator against servers on loopback: when it sends, what it counts, and what ends it.
#include "harness/probe/load/generator.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <thread>

#include "tests/unit/probe/peer.hpp"

namespace gateproof::load {
namespace {

using namespace std::chrono_literals;
using test::Peer;
using test::ServerTls;
using test::tcp;
using testing::HasSubstr;

std::string answer(int status, std::string_view body = "OK", std::string_view headers = {}) {
    return fmt::format("HTTP/1.1 {} Status\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body);
}

/// The peers make a context for each connection; with keys of their own none could read another's tickets.
void share_tickets(SSL_CTX* context) {
    std::string keys(80, 'k');
    SSL_CTX_set_tlsext_ticket_keys(context, keys.data(), static_cast<long>(keys.size()));
}

/// Answers request after request on each connection with what `reply` says for it (counted from 0 over all
/// connections); an empty reply closes the connection, without a word.
Peer server(std::function<std::string(int)> reply) {
    const test::Minted certificate = test::mint({});
    auto served = std::make_shared<int>(0);
    return Peer([certificate, served, reply = std::move(reply)](tcp::socket& socket) {
        ServerTls tls(socket, certificate, share_tickets);
        if (!tls.handshake()) {
            return;
        }
        while (!tls.read().empty()) {
            const std::string bytes = reply((*served)++);
            if (bytes.empty()) {
                return;
            }
            tls.write(bytes);
        }
    });
}

/// A client and the stream that most tests begin with.
struct Fixture {
    boost::asio::io_context loop{1};
    Client client;
    Budget budget;

    explicit Fixture(const Endpoint& endpoint, Caps caps = {})
        : client(loop.get_executor(), {.endpoint = endpoint}), budget(caps) {}

    Stream stream(Schedule schedule) {
        HttpRequest request;
        request.endpoint.host = "localhost";
        request.path = "/status";
        Stream stream;
        stream.name = "stream";
        stream.client = &client;
        stream.requests = {request_bytes(request, false)};
        stream.schedule = std::move(schedule);
        stream.max_connections = 1;
        return stream;
    }
    LoadResult run(std::vector<Stream> streams, LoadOptions options = {}) {
        return test::run(loop, run_load(loop.get_executor(), std::move(streams), budget, options));
    }
    LoadResult run(Stream stream, LoadOptions options = {}) {
        std::vector<Stream> one;
        one.push_back(std::move(stream));
        return run(std::move(one), options);
    }
};

TEST(Load, SendsOnScheduleOverOneKeptConnection) {
    Peer peer = server([](int) { return answer(200); });
    Fixture fixture(peer.endpoint());
    const LoadResult result = fixture.run(fixture.stream(Schedule::constant(200, 500ms)));
    EXPECT_EQ(result.end, LoadEnd::complete);
    ASSERT_EQ(result.streams.size(), 1U);
    const StreamResult& stream = result.streams[0];
    EXPECT_EQ(count(stream.samples).served, 100U) << stream.first_failure;
    EXPECT_EQ(stream.connections, 1U);
    EXPECT_EQ(peer.connections(), 1);
    EXPECT_GE(result.duration, 495ms);
    for (const Sample& sample : stream.samples) {
        EXPECT_GE(sample.sent, sample.scheduled);
        EXPECT_GE(sample.ended(), sample.sent);
        EXPECT_EQ(sample.status, 200U);
    }
}

TEST(Load, ConnectionsAreKeptFromOneRunToTheNext) {
    Peer peer = server([](int) { return answer(200); });
    Fixture fixture(peer.endpoint());
    EXPECT_EQ(fixture.run(fixture.stream(Schedule::burst(5))).streams[0].connections, 1U);
    EXPECT_EQ(fixture.run(fixture.stream(Schedule::burst(5))).streams[0].connections, 0U);
    EXPECT_EQ(peer.connections(), 1);
}

TEST(Load, WhatASlowAnswerDelaysCountsFromItsScheduledTime) {
    Peer peer = server([](int number) {
        if (number == 3) {
            std::this_thread::sleep_for(300ms);
        }
        return answer(200);
    });
    Fixture fixture(peer.endpoint());
    const LoadResult result = fixture.run(fixture.stream(Schedule::constant(100, 200ms)));
    const std::vector<Sample>& samples = result.streams[0].samples;
    ASSERT_EQ(samples.size(), 20U);
    // A closed loop would count one slow request, and send the rest when it suits the server.
    for (std::size_t index = 3; index < 20; ++index) {
        const auto waited = 330ms - std::chrono::milliseconds(10 * static_cast<int>(index));
        EXPECT_GE(samples[index].latency, waited - 1ms) << index;
        EXPECT_EQ(samples[index].scheduled, std::chrono::milliseconds(10 * static_cast<int>(index)));
    }
}

TEST(Load, NewConnectionsHandshakeInFullAndResumedOnesDoNot) {
    Peer peer = server([](int) { return answer(200); });
    Fixture fixture(peer.endpoint());
    Stream fresh = fixture.stream(Schedule::burst(6));
    fresh.connections = Connections::fresh;
    const StreamResult first = fixture.run(std::move(fresh)).streams[0];
    EXPECT_EQ(count(first.samples).served, 6U) << first.first_failure;
    EXPECT_EQ(first.connections, 6U);
    EXPECT_EQ(first.resumed, 0U);
    EXPECT_TRUE(fixture.client.has_session());
    Stream resumed = fixture.stream(Schedule::burst(6));
    resumed.connections = Connections::resumed;
    const StreamResult second = fixture.run(std::move(resumed)).streams[0];
    EXPECT_EQ(count(second.samples).served, 6U) << second.first_failure;
    EXPECT_EQ(second.connections, 6U);
    EXPECT_EQ(second.resumed, 6U);
}

TEST(Load, AKeptConnectionThatWasClosedIsReplacedAndNotAFailure) {
    Peer peer = server([](int number) { return number % 2 == 0 ? answer(200) : std::string(); });
    Fixture fixture(peer.endpoint());
    const LoadResult result = fixture.run(fixture.stream(Schedule::constant(100, 50ms)));
    const StreamResult& stream = result.streams[0];
    EXPECT_EQ(count(stream.samples).served, 5U) << stream.first_failure;
    EXPECT_EQ(count(stream.samples).failed, 0U);
    EXPECT_EQ(stream.connections, 5U);
}

TEST(Load, AnAnswerThatIsCutOffIsAFailure) {
    Peer peer = server([](int) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"); });
    Fixture fixture(peer.endpoint());
    const StreamResult stream = fixture.run(fixture.stream(Schedule::burst(1)), {.request_timeout = 200ms}).streams[0];
    EXPECT_EQ(count(stream.samples).failed, 1U);
    EXPECT_EQ(stream.first_failure, "no answer in time");
    EXPECT_GE(stream.samples.at(0).latency, 200ms);
}

TEST(Load, RefusalsAreKeptApartAndTheFirstIsShown) {
    Peer peer = server(
        [](int number) { return number < 3 ? answer(200) : answer(429, R"({"errors":[]})", "Retry-After:  2 \r\n"); });
    Fixture fixture(peer.endpoint());
    Stream stream = fixture.stream(Schedule::constant(200, 1s));
    stream.enough_refusals = 4;
    const LoadResult result = fixture.run(std::move(stream));
    EXPECT_EQ(result.end, LoadEnd::enough_refusals);
    const StreamResult& got = result.streams[0];
    EXPECT_EQ(count(got.samples).served, 3U);
    EXPECT_EQ(count(got.samples).refused, 4U);
    ASSERT_TRUE(got.first_of_status.contains(429));
    const HttpResponse& refusal = got.first_of_status.at(429);
    ASSERT_NE(refusal.header("retry-after"), nullptr);
    EXPECT_EQ(*refusal.header("retry-after"), "2");
    EXPECT_EQ(refusal.body, R"({"errors":[]})");
}

TEST(Load, AServedAnswerHasTheBodyThatWasAskedFor) {
    Peer peer = server([](int) { return answer(200, "<html>sorry</html>"); });
    Fixture fixture(peer.endpoint());
    Stream stream = fixture.stream(Schedule::burst(2));
    stream.served_body = "OK";
    EXPECT_EQ(count(fixture.run(std::move(stream)).streams[0].samples).refused, 2U);
}

TEST(Load, EndsAtTheCapOfErrors) {
    Fixture fixture(test::dead_endpoint(), {.errors = 3});
    const LoadResult result = fixture.run(fixture.stream(Schedule::constant(100, 10s)));
    EXPECT_EQ(result.end, LoadEnd::cap);
    EXPECT_EQ(result.detail, "the cap of 3 errors");
    EXPECT_LE(count(result.streams[0].samples).failed, 4U);
    EXPECT_THAT(result.streams[0].first_failure, HasSubstr("refused"));
}

TEST(Load, EndsAtTheCapsOfRequestsAndTime) {
    Peer peer = server([](int) { return answer(200); });
    Fixture few(peer.endpoint(), {.requests = 7});
    const LoadResult result = few.run(few.stream(Schedule::constant(1000, 10s)));
    EXPECT_EQ(result.end, LoadEnd::cap);
    EXPECT_LE(result.streams[0].samples.size(), 7U);
    Fixture brief(peer.endpoint(), {.duration = 150ms});
    const LoadResult cut = brief.run(brief.stream(Schedule::constant(20, 10s)));
    EXPECT_EQ(cut.end, LoadEnd::cap);
    EXPECT_EQ(cut.detail, "the cap of 0.15 s of load");
    EXPECT_LT(cut.duration, 5s);
}

TEST(Load, NeverSendsFasterThanTheCap) {
    Peer peer = server([](int) { return answer(200); });
    Fixture fixture(peer.endpoint(), {.requests_per_second = 20});
    const LoadResult result = fixture.run(fixture.stream(Schedule::burst(30)));
    ASSERT_EQ(result.streams[0].samples.size(), 30U);
    for (std::size_t index = 20; index < 30; ++index) {
        EXPECT_GE(result.streams[0].samples[index].sent, 1s) << index;
    }
}

TEST(Load, StopsAtOnceWhenTheControlFails) {
    Peer peer = server([](int) { return answer(200); });
    Peer broken = server([](int number) { return number < 2 ? answer(200) : answer(500); });
    Fixture fixture(peer.endpoint());
    Client other(fixture.loop.get_executor(), {.endpoint = broken.endpoint()});
    std::vector<Stream> streams;
    streams.push_back(fixture.stream(Schedule::constant(50, 20s)));
    streams.push_back(fixture.stream(Schedule::constant(50, 20s)));
    streams[1].client = &other;
    streams[1].is_control = true;
    const LoadResult result = fixture.run(std::move(streams));
    EXPECT_EQ(result.end, LoadEnd::control_failed);
    EXPECT_EQ(result.detail, "HTTP 500");
    EXPECT_LT(result.duration, 10s);
    EXPECT_EQ(result.streams[1].samples.size(), 4U);
}

TEST(Load, StopsWhenItIsCancelled) {
    Peer peer = server([](int) {
        std::this_thread::sleep_for(50ms);
        return answer(200);
    });
    Fixture fixture(peer.endpoint());
    boost::asio::cancellation_signal cancel;
    boost::asio::steady_timer soon(fixture.loop, 120ms);
    soon.async_wait([&](const boost::system::error_code&) { cancel.emit(boost::asio::cancellation_type::terminal); });
    std::vector<Stream> streams;
    streams.push_back(fixture.stream(Schedule::constant(50, 60s)));
    bool cancelled = false;
    boost::asio::co_spawn(
        fixture.loop, run_load(fixture.loop.get_executor(), std::move(streams), fixture.budget, {}),
        boost::asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown, const LoadResult&) {
            cancelled = thrown != nullptr;
        }));
    const auto begun = std::chrono::steady_clock::now();
    fixture.loop.run();
    EXPECT_TRUE(cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    EXPECT_GT(fixture.budget.total(), 0U);
}

TEST(Load, SaysWhyNothingWasSent) {
    Endpoint endpoint;
    endpoint.host = "gateway.invalid";
    endpoint.port = 443;
    Fixture fixture(endpoint);
    const LoadResult result = fixture.run(fixture.stream(Schedule::burst(3)));
    EXPECT_EQ(result.end, LoadEnd::unresolved);
    EXPECT_FALSE(result.detail.empty());
    EXPECT_TRUE(result.streams.at(0).samples.empty());
}

TEST(RequestBytes, AreARequestAsTheProfileSaysIt) {
    HttpRequest request;
    request.endpoint.host = "::1";
    request.endpoint.port = 4046;
    request.endpoint.path_prefix = "/base";
    request.method = "POST";
    request.path = "/x?y=1";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = "{}";
    EXPECT_EQ(request_bytes(request, true),
              "POST /base/x?y=1 HTTP/1.1\r\nHost: [::1]:4046\r\nUser-Agent: gateproof\r\n"
              "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    request.headers = {{"user-agent", "its own"}};
    request.body.clear();
    EXPECT_EQ(request_bytes(request, false, "Other:1"),
              "POST /base/x?y=1 HTTP/1.1\r\nHost: Other:1\r\nuser-agent: its own\r\n\r\n");
}

TEST(Load, NothingIsSentToWhoDoesNotProveItself) {
    const test::Minted ca = test::mint_ca("CA");
    const test::Minted stranger = test::mint_ca("another CA");
    const test::Minted certificate = test::mint({}, &ca);
    std::atomic<int> requests{0};
    const Peer peer([&](tcp::socket& socket) {
        ServerTls tls(socket, certificate, share_tickets);
        if (!tls.handshake()) {
            return;
        }
        while (!tls.read().empty()) {
            ++requests;
            tls.write(answer(200));
        }
    });
    for (const Connections kind : {Connections::pooled, Connections::fresh, Connections::resumed}) {
        for (const bool known : {false, true}) {
            Fixture fixture(peer.endpoint());
            Client client(fixture.loop.get_executor(), {.endpoint = peer.endpoint(),
                                                        .trust = std::make_shared<const Trust>(Trust{
                                                            false, {known ? ca.certificate : stranger.certificate}})});
            Stream stream = fixture.stream(Schedule::burst(3));
            stream.client = &client;
            stream.connections = kind;
            stream.max_connections = 1;
            requests = 0;
            std::vector<Stream> streams;
            streams.push_back(std::move(stream));
            const LoadResult result =
                test::run(fixture.loop, run_load(fixture.loop.get_executor(), std::move(streams), fixture.budget, {}));
            EXPECT_EQ(requests, known ? 3 : 0);
            EXPECT_EQ(client.lack_of_proof().empty(), known);
            if (!known) {
                EXPECT_THAT(result.streams.front().first_failure,
                            HasSubstr("the server's certificate does not verify ("));
            }
        }
    }
}

}  // namespace
}  // namespace gateproof::load
