// Java's HttpsServer as a peer: JSSE, a TLS library of its own, and the one that can still be made to speak SSL 3.
#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

struct Java {
    std::string protocols = "TLSv1.2,TLSv1.3";
    std::string suites = jsse_suites;
    std::string clients = "need";
    bool renegotiation = false;
    bool anything_goes = false;  ///< nothing is disabled: SSL 3, RC4, 3DES
    std::string certificate = "server";
};

class JavaTest : public PeerTest {
protected:
    void SetUp() override {
        java_ = find_program("java");
        // Debian has both in one package; the launcher of source files needs the compiler.
        if (java_.empty() || find_program("javac").empty()) {
            GTEST_SKIP() << "no JDK is installed: apt-get install default-jdk-headless";
        }
    }

    void serve(const Java& options) {
        const Finished packed =
            run({find_program("openssl"), "pkcs12", "-export", "-in", path(options.certificate + ".crt"), "-inkey",
                 path(options.certificate + ".key"), "-out", path("keys.p12"), "-passout", "pass:changeit"});
        ASSERT_EQ(packed.status, 0) << packed.err;
        const std::string policy = folder_.write(
            "policy", options.anything_goes ? "jdk.tls.disabledAlgorithms=\njdk.certpath.disabledAlgorithms=\n" : "");
        start_listening(
            {java_, "-Djava.security.properties=" + policy, "-Djdk.tls.ephemeralDHKeySize=2048",
             std::string("-Djdk.tls.rejectClientInitiatedRenegotiation=") + (options.renegotiation ? "false" : "true"),
             "-XX:TieredStopAtLevel=1", GATEPROOF_JAVA_SERVER, path("keys.p12"), path("client-ca.pem"),
             options.protocols, options.suites, options.clients},
            ";");
        const std::string& out = server_->standard_output();
        ASSERT_THAT(out, HasSubstr("port ")) << server_->standard_error();
        port_ = static_cast<std::uint16_t>(std::stoi(out.substr(out.find("port ") + 5)));
    }

    /// A self-signed RSA certificate: SSL 3 knows no elliptic curves.
    void write_rsa_server() {
        const Finished made = run({find_program("openssl"),
                                   "req",
                                   "-x509",
                                   "-newkey",
                                   "rsa:2048",
                                   "-nodes",
                                   "-keyout",
                                   path("rsa.key"),
                                   "-out",
                                   path("rsa.crt"),
                                   "-days",
                                   "90",
                                   "-subj",
                                   "/CN=localhost",
                                   "-addext",
                                   "subjectAltName=DNS:localhost",
                                   "-addext",
                                   "extendedKeyUsage=serverAuth",
                                   "-addext",
                                   "keyUsage=digitalSignature,keyEncipherment",
                                   "-addext",
                                   "basicConstraints=critical,CA:FALSE"});
        ASSERT_EQ(made.status, 0) << made.err;
        folder_.write("trust.pem", read_file(path("rsa.crt")));
    }

    std::string java_;
    std::uint16_t port_ = 0;
};

TEST_F(JavaTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(JavaTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({.clients = "none"});
    const Judgement judgement = judge_port(port_, "desktop", {});
    expect_as_listed(judgement);
}

TEST_F(JavaTest, AnOptionalClientCertificateIsCaught) {
    serve({.clients = "want"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(JavaTest, RenegotiationAsJavaAllowsItIsCaught) {
    serve({.renegotiation = true});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(JavaTest, Ssl3AndWhatBelongsToItAreCaught) {
    write_rsa_server();
    serve({.protocols = "SSLv3,TLSv1,TLSv1.1,TLSv1.2,TLSv1.3",
           .suites = "TLS_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_128_CBC_SHA,SSL_RSA_WITH_3DES_EDE_CBC_SHA,"
                     "SSL_RSA_WITH_RC4_128_SHA,TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
           .anything_goes = true,
           .certificate = "rsa"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.of("tls.refuses-ssl3").outcome, Outcome::fail) << judgement.of("tls.refuses-ssl3").sentence;
    EXPECT_THAT(judgement.of("tls.cipher-allow-list").sentence, HasSubstr("TLS_RSA_WITH_RC4_128_SHA"));
}

/// HttpsServer drops the connection with the alert that its TLS engine has made for it; what it had not read yet makes
/// that a reset.
constexpr const char* dropped = "connection ";

TEST_F(JavaTest, EveryStrangerIsRefusedUnderTls12) {
    serve({.protocols = "TLSv1.2"});
    EXPECT_THAT(try_strangers(port_), refused(dropped, dropped, dropped, dropped));
}

TEST_F(JavaTest, EveryStrangerIsRefusedUnderTls13) {
    serve({.protocols = "TLSv1.3"});
    EXPECT_THAT(try_strangers(port_), refused(dropped, dropped, dropped, dropped));
}

}  // namespace
}  // namespace gateproof::test
