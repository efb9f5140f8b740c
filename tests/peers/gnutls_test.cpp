// gnutls-serv as a peer: a TLS library of its own, which looks at no extended key usage unless it is told to.
#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

struct Gnutls {
    std::string priority =
        "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:"
        "-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305";
    std::vector<std::string> clients = {"--require-client-cert", "--verify-client-cert"};
    std::string certificate = "server";
};

class GnutlsTest : public PeerTest {
protected:
    /// Whatever the path, it answers with the bytes of --httpdata. --quiet: what it prints of each certificate would
    /// fill the pipe that nobody reads during a run, and block it.
    void serve(const Gnutls& options) {
        const std::string program = find_program("gnutls-serv");
        ASSERT_FALSE(program.empty()) << "gnutls-serv is not installed: apt-get install gnutls-bin";
        const std::string page = folder_.write("page", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nOK\n");
        std::vector<std::string> command{program,
                                         "--quiet",
                                         "--http",
                                         "--httpdata",
                                         page,
                                         "--port",
                                         std::to_string(reserved_.number()),
                                         "--x509certfile",
                                         path(options.certificate + ".crt"),
                                         "--x509keyfile",
                                         path(options.certificate + ".key"),
                                         "--ocsp-response",
                                         path(options.certificate + ".ocsp"),
                                         "--x509cafile",
                                         path("client-ca.pem"),
                                         "--priority",
                                         options.priority};
        command.insert(command.end(), options.clients.begin(), options.clients.end());
        start_listening(std::move(command), "...done");
    }
};

TEST_F(GnutlsTest, ASoundCloudEndpointRaisesNoFurtherAlarm) {
    serve({});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 1) << judgement.output;
}

TEST_F(GnutlsTest, ASoundDesktopEndpointRaisesNoFurtherAlarm) {
    serve({.clients = {"--disable-client-cert"}});
    const Judgement judgement = judge_port(reserved_.number(), "desktop", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 1) << judgement.output;
}

TEST_F(GnutlsTest, AnOptionalClientCertificateIsCaught) {
    serve({.clients = {"--verify-client-cert"}});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(GnutlsTest, OldVersionsAndSuitesAreCaught) {
    serve({.priority = "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(GnutlsTest, AllButServerCertificatesAreRefusedUnderTls12) {
    serve({.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2"});
    EXPECT_THAT(try_strangers(reserved_.number()),
                refused("decode_error (50)", "access_denied (49)", "access_denied (49)", ""));
}

TEST_F(GnutlsTest, AllButServerCertificatesAreRefusedUnderTls13) {
    serve({.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3"});
    EXPECT_THAT(try_strangers(reserved_.number()),
                refused("certificate_required (116)", "access_denied (49)", "access_denied (49)", ""));
}

// --require-client-cert alone wants a certificate and believes it, whoever issued it.
TEST_F(GnutlsTest, WithoutVerificationAnybodyIsServed) {
    serve({.clients = {"--require-client-cert"}});
    EXPECT_THAT(try_strangers(reserved_.number()), refused("", "", "", ""));
}

}  // namespace
}  // namespace gateproof::test
