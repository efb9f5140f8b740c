// HAProxy as a peer: it refuses certificates by TLS alerts, under TLS 1.3 after the client's handshake is done.
#include <fmt/format.h>

#include "tests/peers/haproxy.hpp"
#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Haproxy {
    std::string versions = "ssl-min-ver TLSv1.2";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    std::string verify = "required";
    std::string certificate = "server";
    bool tls = true;
    /// Lines of a crt-list, used instead of `certificate` and `verify`; and what else the bind line has.
    std::string certificate_list = {};
    std::string bind = {};
    std::string rules = {};  ///< of the frontend, before the service's own
    std::string when = {};   ///< a further condition of the service
};

class HaproxyTest : public PeerTest {
protected:
    void serve(const Haproxy& options) {
        const std::string program = find_program("haproxy");
        ASSERT_FALSE(program.empty()) << "haproxy is not installed: apt-get install haproxy";
        const std::string verify = options.verify == "none"
                                       ? "verify none"
                                       : fmt::format("ca-file {} verify {}", path("client-ca.pem"), options.verify);
        std::string certificates = fmt::format("crt {} {}", path(options.certificate + ".pem"), verify);
        if (!options.certificate_list.empty()) {
            certificates = "crt-list " + folder_.write("crt-list.txt", options.certificate_list);
        }
        const std::string tls = options.tls ? fmt::format("ssl {} {} ciphers {} {}", certificates, options.versions,
                                                          options.ciphers, options.bind)
                                            : "";
        const std::string config =
            folder_.write("haproxy.cfg", std::string(haproxy_preamble) + fmt::format(R"(frontend gateway
    bind fd@{} {}
    {}
    http-request return status 200 content-type text/plain string OK if {{ path /gateway/customer-service/status }} {}
    http-request deny deny_status 404
)",
                                                                                     listener_.descriptor(), tls,
                                                                                     options.rules, options.when));
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

TEST_F(HaproxyTest, AnOptionalCertificateThatARuleDemandsRaisesNoAlarm) {
    serve({.verify = "optional", .rules = "http-request deny deny_status 403 unless { ssl_c_used }"});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    const std::string sentence = judgement.of("mtls.certificateless-session-not-served").sentence;
    for (const char* const version : {"TLS 1.2", "TLS 1.3"}) {
        EXPECT_THAT(sentence, HasSubstr(std::string(version) + ": resumed in 6 of 6 tries, and refused: HTTP 403"));
    }
}

/// The server name chooses whether a certificate is demanded, and the Host header what is served.
class HaproxyNamesTest : public HaproxyTest {
protected:
    HaproxyNamesTest() {
        gateway::CertificateSpec spec = gateway::Pki::server_spec();
        spec.common_name = "public.embedded.test";
        spec.alternative_names = "DNS:public.embedded.test";
        write_server("public", pki().issue_server(spec));
    }

    /// `first`: what is demanded by the default certificate's line.
    void serve_two(const std::string& first, const std::string& bind) {
        serve({.certificate_list = fmt::format("{} [{}]\n{} [ca-file {} verify required] localhost\n",
                                               path("public.pem"), first, path("server.pem"), path("client-ca.pem")),
               .bind = bind,
               .when = "{ hdr(host),host_only -i localhost }"});
    }
};

TEST_F(HaproxyNamesTest, ADefaultCertificateThatDemandsNothingIsCaught) {
    serve_two("verify none", "");
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 1) << judgement.output;
    const std::string sentence = judgement.of("mtls.required-under-every-name").sentence;
    for (const char* const version : {"TLS 1.2", "TLS 1.3"}) {
        EXPECT_THAT(sentence, HasSubstr(fmt::format("without SNI and {} in 3 of 3 tries (HTTP 200)", version)));
        EXPECT_THAT(sentence, HasSubstr(fmt::format(".invalid and {} in 3 of 3 tries (HTTP 200)", version)));
    }
    const std::uint16_t port = listener_.port();
    EXPECT_THAT(witness(port, {"-noservername"}), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(witness(port, {"-servername", "x.invalid"}), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(witness(port, {"-servername", "localhost"}), IsEmpty());
}

TEST_F(HaproxyNamesTest, StrictSniRaisesNoAlarm) {
    serve_two("verify none", "strict-sni");
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_THAT(witness(listener_.port(), {"-noservername"}), IsEmpty());
}

TEST_F(HaproxyNamesTest, ADemandUnderEveryNameRaisesNoAlarm) {
    serve_two(fmt::format("ca-file {} verify required", path("client-ca.pem")), "");
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_THAT(witness(listener_.port(), {"-noservername"}), IsEmpty());
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
