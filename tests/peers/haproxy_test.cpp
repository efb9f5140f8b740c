// HAProxy as a peer: it refuses certificates by TLS alerts, under TLS 1.3 after the client's handshake is done.
#include <fmt/format.h>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

struct Haproxy {
    std::string versions = "ssl-min-ver TLSv1.2";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    std::string verify = "required";
    std::string certificate = "server";
    bool tls = true;
};

class HaproxyTest : public PeerTest {
protected:
    void serve(const Haproxy& options) {
        const std::string program = find_program("haproxy");
        ASSERT_FALSE(program.empty()) << "haproxy is not installed: apt-get install haproxy";
        const std::string verify = options.verify == "none"
                                       ? "verify none"
                                       : fmt::format("ca-file {} verify {}", path("client-ca.pem"), options.verify);
        const std::string tls = options.tls
                                    ? fmt::format("ssl crt {} {} ciphers {} {}", path(options.certificate + ".pem"),
                                                  options.versions, options.ciphers, verify)
                                    : "";
        const std::string config = folder_.write("haproxy.cfg", fmt::format(R"(
global
    maxconn 512
    ssl-default-bind-options prefer-client-ciphers
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 5s
frontend gateway
    bind fd@{} {}
    http-request return status 200 content-type text/plain string OK if {{ path /gateway/customer-service/status }}
    http-request deny deny_status 404
)",
                                                                            listener_.descriptor(), tls));
        start({program, "-db", "-f", config});
    }
};

TEST_F(HaproxyTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_THAT(judgement.of("mtls.no-certificate-refused").sentence, HasSubstr("alert"));
}

TEST_F(HaproxyTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({.verify = "none"});
    const Judgement judgement = judge("desktop");
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(HaproxyTest, OldVersionsAreCaught) {
    serve({.versions = "ssl-min-ver TLSv1.0",
           .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 1);
}

TEST_F(HaproxyTest, AnOptionalClientCertificateIsCaught) {
    serve({.verify = "optional"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 1);
}

TEST_F(HaproxyTest, WeakSuitesAreCaught) {
    serve({.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("tls.cipher-allow-list").sentence, HasSubstr("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"));
}

TEST_F(HaproxyTest, AnExpiredServerCertificateIsCaught) {
    gateway::CertificateSpec spec = gateway::Pki::server_spec();
    spec.valid_from = -90;
    spec.valid_to = -1;
    write_server("expired-server", pki().issue_server(spec));
    serve({.certificate = "expired-server"});
    const Judgement judgement = judge();
    EXPECT_EQ(judgement.of("server.validity").outcome, Outcome::fail) << judgement.output;
    expect_as_listed(judgement);
}

TEST_F(HaproxyTest, PlainHttpOnThePortIsCaught) {
    serve({.tls = false});
    const Judgement judgement = judge();
    EXPECT_EQ(judgement.of("port.speaks-tls").outcome, Outcome::fail) << judgement.output;
    EXPECT_EQ(judgement.of("port.plaintext-refused").outcome, Outcome::fail) << judgement.output;
    EXPECT_EQ(judgement.record.count(Outcome::fail), 2U) << judgement.output;
}

TEST_F(HaproxyTest, EveryStrangerIsRefusedUnderTls12) {
    serve({.versions = "force-tlsv12"});
    EXPECT_THAT(try_strangers(listener_.port()), refused("handshake_failure (40)", "certificate_expired (45)",
                                                         "unknown_ca (48)", "unsupported_certificate (43)"));
}

TEST_F(HaproxyTest, EveryStrangerIsRefusedUnderTls13) {
    serve({.versions = "force-tlsv13"});
    EXPECT_THAT(try_strangers(listener_.port()), refused("certificate_required (116)", "certificate_expired (45)",
                                                         "unknown_ca (48)", "unsupported_certificate (43)"));
}

}  // namespace
}  // namespace gateproof::test
