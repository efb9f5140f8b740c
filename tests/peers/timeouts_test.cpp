// The timeouts of HAProxy and nginx, set as they should be and forgotten one by one, and a network that misbehaves.
#include <fmt/format.h>

#include <algorithm>

#include "tests/peers/nginx.hpp"
#include "tests/support/forwarder.hpp"

namespace gateproof::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* expectations = R"("timeouts": {"limit_ms": 1500, "tolerance_ms": 1000, "margin_ms": 400,
    "slow": {"operation": "slow", "takes_ms": 60000}})";
constexpr const char* slow_operation = R"("slow": {"path": "/gateway/slow"})";

/// A minute, told in one and a half seconds; and what a forgotten setting leaves.
struct Haproxy {
    std::string client = "timeout client 1500ms";
    std::string request = "timeout http-request 1500ms";
    std::string server = "timeout server 1500ms";
    std::string keep_alive = "timeout http-keep-alive 1500ms";
};

class HaproxyTimeouts : public PeerTest {
protected:
    void serve(const Haproxy& options) {
        profile_.more = expectations;
        profile_.operations = slow_operation;
        const std::string program = find_program("haproxy");
        ASSERT_FALSE(program.empty()) << "haproxy is not installed: apt-get install haproxy";
        // The operation behind the gateway: the kernel accepts its connections, and nobody ever answers.
        const std::string config =
            folder_.write("haproxy.cfg", fmt::format(R"(
global
    maxconn 512
defaults
    mode http
    timeout connect 5s
    {}
    {}
    {}
    {}
frontend gateway
    bind fd@{} ssl crt {} ssl-min-ver TLSv1.2 ca-file {} verify required
    http-request return status 200 content-type text/plain string OK if {{ path /gateway/customer-service/status }} METH_GET
    default_backend operations
backend operations
    server never 127.0.0.1:{}
)",
                                                     options.client, options.request, options.server,
                                                     options.keep_alive, listener_.descriptor(), path("server.pem"),
                                                     path("client-ca.pem"), operation_.port()));
        start({program, "-db", "-f", config});
    }
    Judgement judge_timeouts() { return judge("cloud", {"--suite", "timeout"}); }

    Listener operation_;
};

TEST_F(HaproxyTimeouts, OnesThatAreSetAreSeen) {
    serve({});
    const Judgement judgement = judge_timeouts();
    EXPECT_EQ(judgement.of("timeout.slow-operation-cut").outcome, Outcome::pass) << judgement.output;
    EXPECT_THAT(judgement.of("timeout.slow-operation-cut").sentence, HasSubstr("HTTP 504"));
    EXPECT_EQ(judgement.of("timeout.below-limit-served").outcome, Outcome::skipped);
    // HAProxy measures the silence in a body, and not its length.
    EXPECT_THAT(judgement.findings(), ElementsAre("timeout.trickled-body-cut")) << judgement.output;
    EXPECT_EQ(judgement.of("timeout.trickled-body-cut").outcome, Outcome::warning);
    EXPECT_EQ(judgement.exit_status, 0) << "a warning";
}

TEST_F(HaproxyTimeouts, ABackendThatIsWaitedForTooLongIsCaught) {
    serve({.server = "timeout server 20s"});
    const Judgement judgement = judge_timeouts();
    EXPECT_EQ(judgement.of("timeout.slow-operation-cut").outcome, Outcome::fail) << judgement.output;
    EXPECT_THAT(judgement.of("timeout.slow-operation-cut").sentence, HasSubstr("no answer within 2.9"));
    EXPECT_EQ(judgement.exit_status, 1);
}

TEST_F(HaproxyTimeouts, ATrickleOfHeadersIsCaughtWhereNobodyBoundsThem) {
    serve({.request = "no log"});
    const Judgement judgement = judge_timeouts();
    EXPECT_EQ(judgement.of("timeout.slow-headers-cut").outcome, Outcome::fail) << judgement.output;
}

TEST_F(HaproxyTimeouts, IdleConnectionsAreCutByTheTimeoutOfSilentClientsToo) {
    serve({.keep_alive = "timeout http-keep-alive 20s"});
    const Judgement judgement = judge_timeouts();
    EXPECT_THAT(judgement.findings(), ElementsAre("timeout.trickled-body-cut")) << judgement.output;
    EXPECT_EQ(judgement.of("timeout.idle-keep-alive").outcome, Outcome::pass);
}

TEST_F(HaproxyTimeouts, IdleConnectionsThatAreKeptTooLongAreCaught) {
    serve({.client = "timeout client 20s", .keep_alive = "timeout http-keep-alive 20s"});
    const Judgement judgement = judge_timeouts();
    EXPECT_EQ(judgement.of("timeout.idle-keep-alive").outcome, Outcome::fail) << judgement.output;
}

class NginxTimeouts : public NginxTest {
protected:
    void serve_with(const std::string& timeouts) {
        profile_.more = expectations;
        profile_.operations = slow_operation;
        Nginx options;
        options.server = timeouts;
        options.locations =
            fmt::format("location = /gateway/slow {{ proxy_pass http://127.0.0.1:{}; }}", operation_.port());
        serve(options);
    }
    Judgement judge_timeouts() { return judge("cloud", {"--suite", "timeout"}); }

    static constexpr const char* sound =
        "client_header_timeout 1500ms; client_body_timeout 1500ms; lingering_timeout 1500ms; lingering_time 1500ms; "
        "keepalive_timeout 1500ms; proxy_read_timeout 1500ms;";
    Listener operation_;
};

TEST_F(NginxTimeouts, OnesThatAreSetAreSeen) {
    serve_with(sound);
    const Judgement judgement = judge_timeouts();
    EXPECT_THAT(judgement.findings(), IsEmpty()) << judgement.output;
    EXPECT_THAT(judgement.of("timeout.slow-operation-cut").sentence, HasSubstr("HTTP 504"));
}

TEST_F(NginxTimeouts, ThoseThatItHasByItselfAreTooLongHere) {
    serve_with("");  // a minute, and 75 s for idle connections
    const Judgement judgement = judge_timeouts();
    for (const char* id : {"timeout.slow-operation-cut", "timeout.silent-connection-cut", "timeout.idle-handshake-cut",
                           "timeout.slow-headers-cut", "timeout.idle-keep-alive"}) {
        EXPECT_EQ(judgement.of(id).outcome, Outcome::fail) << id << '\n' << judgement.output;
    }
}

class TroubledNetwork : public NginxTimeouts {
protected:
    /// The suite through a network with this trouble.
    Judgement judge_through(Trouble trouble) {
        profile_.limits = R"("connections_per_second": 0, "connect_timeout_ms": 1000, "probe_timeout_ms": 1000)";
        const Forwarder network(listener_.port(), Forwarder::immortal, trouble);
        return judge_port(network.port(), "cloud", {"--suite", "timeout"});
    }
    static std::size_t passes(const Judgement& judgement) { return judgement.record.count(Outcome::pass); }
};

TEST_F(TroubledNetwork, NothingPassesWhereNothingComesThrough) {
    serve_with(sound);
    for (const Trouble::Kind kind : {Trouble::Kind::stall, Trouble::Kind::drop, Trouble::Kind::half_close}) {
        // At once, and in the middle of the handshake.
        for (const std::size_t after : {0U, 700U}) {
            const Judgement judgement = judge_through({kind, after});
            EXPECT_EQ(passes(judgement), 0U) << judgement.output;
            EXPECT_EQ(judgement.exit_status, 3) << judgement.output;
        }
    }
}

TEST_F(TroubledNetwork, ATrickleIsOnlySlow) {
    serve_with(sound);
    const Judgement judgement = judge_through({Trouble::Kind::trickle, 0});
    EXPECT_THAT(judgement.findings(), IsEmpty()) << judgement.output;
    EXPECT_GT(passes(judgement), 5U);
}

}  // namespace
}  // namespace gateproof::test
