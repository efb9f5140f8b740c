// nginx as a peer: sound configurations raise no alarm, each misconfiguration fails its own check.
#include <fmt/format.h>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(NginxTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_GT(judgement.record.count(Outcome::pass), 25U);
}

TEST_F(NginxTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({.verify_client = "off"});
    const Judgement judgement = judge("desktop");
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(NginxTest, OldVersionsAreCaught) {
    serve({.protocols = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
           .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
                      "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge();
    // TLS 1.0 and 1.1 have nothing but CBC suites, and OpenSSL then accepts them under TLS 1.2 too.
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.of("tls.refuses-1.0").outcome, Outcome::fail);
    EXPECT_EQ(judgement.exit_status, 1);
}

/// The published requirements say only what is too old: the sentence names who asks for TLS 1.2.
TEST_F(NginxTest, Tls13AloneIsCaughtByTheClauseThatAsksForTls12) {
    serve({.protocols = "TLSv1.3"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("tls.accepts-1.2").sentence, HasSubstr("RFC 9325 3.1.1"));
}

TEST_F(NginxTest, AnOptionalClientCertificateIsCaught) {
    serve({.verify_client = "optional"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.of("mtls.no-certificate-refused").outcome, Outcome::fail);
    EXPECT_EQ(judgement.exit_status, 1);
}

TEST_F(NginxTest, AnOptionalCertificateThatTheServerDemandsRaisesNoAlarm) {
    serve({.verify_client = "optional",
           .status = R"(if ($ssl_client_verify != SUCCESS) { return 403; } return 200 "OK\n";)"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    const std::string sentence = judgement.of("mtls.certificateless-session-not-served").sentence;
    for (const char* const version : {"TLS 1.2", "TLS 1.3"}) {
        EXPECT_THAT(sentence, HasSubstr(std::string(version) + ": resumed in 6 of 6 tries, and refused: HTTP 403"));
    }
}

/// Strangers are sent to a page, where the same request with the certificate is served.
TEST_F(NginxTest, LeadingStrangersElsewhereIsARefusal) {
    serve(
        {.verify_client = "optional",
         .status = R"(if ($ssl_client_verify != SUCCESS) { return 302 https://localhost/login; } return 200 "OK\n";)"});
    const Judgement judgement = judge();
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_EQ(judgement.findings(), std::set<std::string>{});
}

TEST_F(NginxTest, ARefusalInHttp200RaisesNoAlarm) {
    serve(
        {.verify_client = "optional",
         .status =
             R"(if ($ssl_client_verify != SUCCESS) { return 200 '{"errors":[{"code":"EV1022"}]}'; } return 200 "OK\n";)"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_THAT(judgement.of("mtls.no-certificate-refused").sentence, HasSubstr("HTTP 200 EV1022"));
}

/// nginx looks at the block of the Host header too, and refuses where that one demands a certificate.
TEST_F(NginxTest, ADefaultServerWithoutClientCertificatesRaisesNoAlarm) {
    serve({.other_servers = fmt::format(R"(
    server {{
        listen 127.0.0.1:{} ssl default_server;
        server_name public.embedded.test;
        location / {{ return 200 "OK\n"; }}
    }})",
                                        listener_.port())});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_THAT(judgement.of("mtls.required-under-every-name").sentence, HasSubstr("HTTP 4"));
    EXPECT_THAT(witness(listener_.port(), {"-noservername"}), StartsWith("HTTP/1.1 4"));
    EXPECT_THAT(witness(listener_.port(), {"-servername", "x.invalid"}), StartsWith("HTTP/1.1 4"));
}

TEST_F(NginxTest, WeakSuitesAreCaught) {
    serve({.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("tls.cipher-allow-list").sentence, HasSubstr("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"));
    EXPECT_THAT(judgement.of("tls.cipher-allow-list").sentence, HasSubstr("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"));
}

TEST_F(NginxTest, ANullSuiteIsCaught) {
    serve({.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("tls.cipher-allow-list").sentence, HasSubstr("NULL"));
}

TEST_F(NginxTest, AnExpiredServerCertificateIsCaught) {
    gateway::CertificateSpec spec = gateway::Pki::server_spec();
    spec.valid_from = -90;
    spec.valid_to = -1;
    write_server("expired-server", pki().issue_server(spec));
    serve({.certificate = "expired-server"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.of("server.validity").outcome, Outcome::fail);
}

/// Beside the certificate that every client of today is shown stands one for those that ask for RSA.
TEST_F(NginxTest, ASecondCertificateThatIsSoundRaisesNoAlarm) {
    serve_beside_rsa(90);
    expect_as_listed(judge());
}

TEST_F(NginxTest, ASecondCertificateThatIsExpiredIsCaught) {
    serve_beside_rsa(-1);
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.of("server.other-certificates").outcome, Outcome::fail) << judgement.output;
}

TEST_F(NginxTest, PlainHttpOnThePortIsCaught) {
    serve({.listen = ""});
    const Judgement judgement = judge();
    const CheckResult speaks = judgement.of("port.speaks-tls");
    EXPECT_EQ(speaks.outcome, Outcome::fail) << judgement.output;
    EXPECT_EQ(judgement.of("port.plaintext-refused").outcome, Outcome::fail) << judgement.output;
    for (const CheckRecord& check : judgement.record.checks) {
        if (check.id != "port.speaks-tls" && check.id != "port.plaintext-refused") {
            EXPECT_NE(judgement.of(check.id).outcome, Outcome::fail)
                << check.id << " cannot be judged where there is no TLS: " << judgement.of(check.id).sentence;
        }
    }
    EXPECT_EQ(judgement.exit_status, 1);
}

TEST_F(NginxTest, EveryStrangerIsRefusedUnderTls12) {
    serve({.protocols = "TLSv1.2"});
    EXPECT_THAT(try_strangers(listener_.port()), refused("HTTP 400", "HTTP 400", "HTTP 400", "HTTP 400"));
}

TEST_F(NginxTest, EveryStrangerIsRefusedUnderTls13) {
    serve({.protocols = "TLSv1.3"});
    EXPECT_THAT(try_strangers(listener_.port()), refused("HTTP 400", "HTTP 400", "HTTP 400", "HTTP 400"));
}

// What other programmes, servers and clients were once reported for in public, on servers that behave so: threads.json.

class ThreadsTest : public NginxTest {
protected:
    /// A proxy that ends TLS, and a service behind it that knows its callers by a header.
    [[nodiscard]] Nginx with_service_behind(const std::string& header) const {
        Nginx options;
        options.status = fmt::format("{} proxy_pass http://127.0.0.1:{};", header, reserved_.number());
        options.other_servers = fmt::format(R"(
    server {{
        listen 127.0.0.1:{};
        location / {{
            if ($http_x_client_name = "") {{ return 401; }}
            return 200 "OK\n";
        }}
    }})",
                                            reserved_.number());
        return options;
    }
};

/// Whether anything is served under the old version is not asked: the clause is about what is negotiated.
TEST_F(ThreadsTest, AnOldVersionThatIsNegotiatedAndServesNothingFails) {
    Nginx options;
    options.protocols = "TLSv1.1 TLSv1.2 TLSv1.3";
    options.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0";
    options.server = R"(if ($ssl_protocol = "TLSv1.1") { return 426; })";
    serve(options);
    const Judgement judgement = judge("cloud", {"--check", "tls.refuses-1.1"});
    EXPECT_EQ(judgement.exit_status, 1);
    EXPECT_THAT(judgement.of("tls.refuses-1.1").sentence, HasSubstr("TLS 1.1"));
    EXPECT_THAT(judgement.of("tls.refuses-1.1").sentence, Not(HasSubstr("served")));
    EXPECT_THAT(witness(listener_.port(), {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-cert", path("enrolled.crt"),
                                           "-key", path("enrolled.key")}),
                HasSubstr("426"));
}

TEST_F(ThreadsTest, ACertificateThatIsLostBehindTlsIsNoMatterOfTls) {
    serve(with_service_behind(""));
    const Judgement lost = judge("cloud", {"--check", "mtls.enrolled-served"});
    EXPECT_EQ(lost.exit_status, 1);
    EXPECT_THAT(lost.of("mtls.enrolled-served").sentence, HasSubstr("HTTP 401"));
    EXPECT_THAT(lost.of("mtls.enrolled-served").remedy,
                HasSubstr("every proxy between TLS and the service passes it on"));
}

TEST_F(ThreadsTest, ACertificateThatIsPassedOnIsServed) {
    serve(with_service_behind("proxy_set_header X-Client-Name $ssl_client_s_dn;"));
    EXPECT_EQ(judge("cloud", {"--check", "mtls.enrolled-served"}).exit_status, 0);
}

}  // namespace
}  // namespace gateproof::test
