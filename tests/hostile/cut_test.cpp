// A connection that breaks off at every byte of the handshake and of the answer, one after the other: a whole answer is
// served, half of one never is, and nothing waits for what cannot come.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <ostream>

#include "harness/probe/http/http.hpp"
#include "harness/probe/tls/session.hpp"
#include "tests/hostile/world.hpp"

namespace gateproof::test {
namespace {

namespace asio = boost::asio;

/// The gateway's bytes up to the number of the connection: 0, 1, 2 ...
asio::awaitable<void> cut_and_reset(std::shared_ptr<HostileConnection> connection) {
    if (connection->number > 0) {
        co_await relay(connection, connection->number);
    }
    connection->reset();
}

asio::awaitable<void> cut_and_close(std::shared_ptr<HostileConnection> connection) {
    if (connection->number > 0) {
        co_await relay(connection, connection->number);
    }
    boost::system::error_code ignored;
    connection->socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
}

struct Cut {
    std::string name;
    TlsVersion version;
    Script script;
};

void PrintTo(const Cut& cut, std::ostream* out) {
    *out << cut.name;
}

struct Tally {
    std::size_t served = 0;
    std::size_t handshakes = 0;
    std::vector<std::string> wrong;
};

asio::awaitable<void> ask(HttpClient& client, HttpRequest request, std::size_t times, Tally& tally) {
    for (std::size_t i = 0; i < times; ++i) {
        HttpRequest copy = request;
        const HttpOutcome outcome = co_await client.send(std::move(copy));
        const bool whole = outcome.whole();
        tally.served += whole ? 1 : 0;
        tally.handshakes += outcome.handshake_done ? 1 : 0;
        if (whole && (outcome.response->status != 200 || outcome.response->body != R"({"dsp":null})")) {
            tally.wrong.push_back("half an answer was taken for a whole one: " + outcome.summary());
        }
        if (outcome.end == gateproof::Ending::timeout || outcome.end == gateproof::Ending::local) {
            tally.wrong.push_back(fmt::format("attempt {}: {} {}", i, outcome.summary(), outcome.detail));
        }
    }
}

class CutConnection : public testing::TestWithParam<Cut> {};

TEST_P(CutConnection, AtEveryByte) {
    constexpr std::size_t offsets = 3000;  // more than the gateway ever says to one request
    constexpr std::size_t at_once = 16;
    const gateway::Gateway gateway;
    HostileWorld world(gateway);
    HttpRequest request;
    request.endpoint.host = "localhost";
    request.endpoint.connect_address = "127.0.0.1";
    request.endpoint.port = world.add(GetParam().script, When::always, false);
    request.path = "/gateway2/whoami";
    request.min_version = GetParam().version;
    request.max_version = GetParam().version;
    world.start();
    asio::io_context loop{1};
    HttpClient client(loop.get_executor());
    Tally tally;
    for (std::size_t i = 0; i < at_once; ++i) {
        asio::co_spawn(loop, ask(client, request, offsets / at_once, tally), asio::detached);
    }
    loop.run();
    EXPECT_THAT(tally.wrong, testing::IsEmpty());
    EXPECT_GT(tally.served, 100U) << "the cut never came after the answer, so not every byte was tried";
    EXPECT_LT(tally.handshakes, offsets - 100) << "no handshake was cut";
    EXPECT_GT(tally.handshakes, tally.served);
}

std::vector<Cut> cuts() {
    return {{"Reset12", TlsVersion::tls_1_2, {.name = "cut", .special = cut_and_reset}},
            {"Reset13", TlsVersion::tls_1_3, {.name = "cut", .special = cut_and_reset}},
            {"Close13", TlsVersion::tls_1_3, {.name = "cut", .special = cut_and_close}}};
}

INSTANTIATE_TEST_SUITE_P(Hostile, CutConnection, testing::ValuesIn(cuts()),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace gateproof::test
