// stunnel as a peer, in front of nginx in clear: it refuses in the handshake, and knows nothing of HTTP.
#include <fmt/format.h>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

struct Stunnel {
    std::string versions = "sslVersionMin = TLSv1.2";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    std::string verify = "verifyChain = yes";
    std::string ca = "client-ca.pem";
};

class StunnelTest : public NginxTest {
protected:
    void tunnel(const Stunnel& options) {
        const std::string program = find_program("stunnel");
        ASSERT_FALSE(program.empty()) << "stunnel is not installed: apt-get install stunnel4";
        serve({.verify_client = "off", .listen = ""});
        backend_ = std::move(server_);
        const std::string config = folder_.write(
            "stunnel.conf", fmt::format(R"(
foreground = yes
pid =
syslog = no
debug = notice
[gateway]
accept = 127.0.0.1:{}
connect = 127.0.0.1:{}
cert = {}
CAfile = {}
ciphers = {}
{}
{}
)",
                                        reserved_.number(), listener_.port(), path("server.pem"), path(options.ca),
                                        options.ciphers, options.versions, options.verify));
        start_listening({program, config}, "Configuration successful");
    }

    std::unique_ptr<Process> backend_;
};

TEST_F(StunnelTest, ASoundCloudEndpointRaisesNoAlarm) {
    tunnel({});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(StunnelTest, APinnedCertificateRaisesNoAlarm) {
    tunnel({.verify = "verifyPeer = yes", .ca = "enrolled.crt"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(StunnelTest, ASoundDesktopEndpointRaisesNoAlarm) {
    tunnel({.verify = ""});
    const Judgement judgement = judge_port(reserved_.number(), "desktop", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(StunnelTest, AnOptionalClientCertificateIsCaught) {
    tunnel({.verify = "verify = 1"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(StunnelTest, NoClientVerificationIsCaught) {
    tunnel({.verify = ""});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(StunnelTest, OldVersionsAreCaught) {
    tunnel({.versions = "sslVersionMin = TLSv1",
            .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(StunnelTest, EveryStrangerIsRefusedUnderTls12) {
    tunnel({.versions = "sslVersion = TLSv1.2"});
    EXPECT_THAT(try_strangers(reserved_.number()), refused("handshake_failure (40)", "certificate_expired (45)",
                                                           "unknown_ca (48)", "unsupported_certificate (43)"));
}

TEST_F(StunnelTest, EveryStrangerIsRefusedUnderTls13) {
    tunnel({.versions = "sslVersion = TLSv1.3"});
    EXPECT_THAT(try_strangers(reserved_.number()), refused("certificate_required (116)", "certificate_expired (45)",
                                                           "unknown_ca (48)", "unsupported_certificate (43)"));
}

}  // namespace
}  // namespace gateproof::test
