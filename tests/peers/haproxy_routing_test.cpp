// HAProxy that passes TLS on as it comes, to one that demands a client certificate or to one that does not: by the
// server name, as far as it waits for it, or to each in turn.
#include <fmt/format.h>

#include "tests/peers/haproxy.hpp"
#include "tests/peers/peer.hpp"
#include "tests/support/tampering.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class HaproxyRoutingTest : public PeerTest {
protected:
    /// `routing`: the rules of the front, which knows the backends "strict" and "lax", and "both" in turn.
    void route(const std::string& routing) {
        const std::string program = find_program("haproxy");
        ASSERT_FALSE(program.empty()) << "haproxy is not installed: apt-get install haproxy";
        const std::string tls = fmt::format(
            "ssl crt {} ssl-min-ver TLSv1.2 ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256",
            path("server.pem"));
        const std::string service =
            "http-request return status 200 content-type text/plain string OK if { path "
            "/gateway/customer-service/status }\n    http-request deny deny_status 404";
        const std::string config = folder_.write(
            "haproxy.cfg", std::string(haproxy_preamble) + fmt::format(R"(frontend front
    mode tcp
    bind fd@{0}
    {1}
backend strict
    mode tcp
    server a unix@{2}/strict.sock
backend lax
    mode tcp
    server b unix@{2}/lax.sock
backend both
    mode tcp
    balance roundrobin
    server a unix@{2}/strict.sock
    server b unix@{2}/lax.sock
frontend gateway
    bind unix@{2}/strict.sock {3} ca-file {2}/client-ca.pem verify required
    {4}
frontend forgotten
    bind unix@{2}/lax.sock {3} ca-file {2}/client-ca.pem verify optional
    {4}
)",
                                                                       listener_.descriptor(), routing,
                                                                       folder_.path().string(), tls, service));
        start({program, "-db", "-f", config});
    }

    static constexpr const char* by_name = "use_backend strict if { req.ssl_sni -i localhost }";
};

TEST_F(HaproxyRoutingTest, WhoWaitsForTheWholeHelloRaisesNoAlarm) {
    route(fmt::format(
        "tcp-request inspect-delay 5s\n    tcp-request content accept if {{ req.ssl_hello_type 1 }}\n    {}", by_name));
    expect_as_listed(judge());
    EXPECT_THAT(witness(listener_.port(), {"-noservername"}), IsEmpty());
}

/// The rule is asked as soon as there is a connection: whether the hello is there by then is a race, which the network
/// between decides.
TEST_F(HaproxyRoutingTest, WhoWaitsForNothingIsCaught) {
    route(fmt::format("{}\n    default_backend lax", by_name));
    const Forwarder slow(tampering({.nodes = {listener_.port()}, .pause = std::chrono::milliseconds(20)}));
    expect_as_listed(judge_port(
        slow.port(), "cloud", {"--check", "mtls.no-certificate-refused", "--check", "mtls.required-under-every-name"}));
    EXPECT_THAT(witness(listener_.port(), {"-noservername"}), StartsWith("HTTP/1.1 200"));
}

/// The rule is asked once some bytes have come, which holds for whoever sends the hello in one piece.
TEST_F(HaproxyRoutingTest, WhoWaitsForTheFirstBytesServesAHelloInPieces) {
    route(
        fmt::format("tcp-request inspect-delay 5s\n    tcp-request content accept if {{ req.len gt 0 }}\n    {}\n    "
                    "default_backend lax",
                    by_name));
    const Forwarder pieces(
        tampering({.nodes = {listener_.port()}, .piece = 60, .pause = std::chrono::milliseconds(20)}));
    EXPECT_THAT(witness(listener_.port(), {"-servername", "localhost"}), IsEmpty());
    EXPECT_THAT(witness(pieces.port(), {"-servername", "localhost"}), StartsWith("HTTP/1.1 200"));
    expect_as_listed(judge());
}

TEST_F(HaproxyRoutingTest, OneLaxNodeOfTwoIsCaught) {
    route("default_backend both");
    const Judgement judgement = judge("cloud", {"--check", "port.every-address"});
    EXPECT_EQ(judgement.exit_status, 1) << judgement.output;
    const CheckResult result = judgement.of("port.every-address");
    EXPECT_EQ(result.outcome, Outcome::fail) << result.sentence;
    EXPECT_THAT(result.sentence, HasSubstr("127.0.0.1: service without a client certificate in"));
    std::size_t served = 0;
    for (int i = 0; i < 4; ++i) {
        served += witness(listener_.port(), {"-servername", "localhost"}).starts_with("HTTP/1.1 200") ? 1 : 0;
    }
    EXPECT_EQ(served, 2U);
}

}  // namespace
}  // namespace gateproof::test
