// Apache httpd (mod_ssl) as a peer: it refuses in the handshake, or under TLS 1.3 at the first read.
#include <fmt/format.h>

#include <filesystem>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Apache {
    std::string protocols = "-all +TLSv1.2 +TLSv1.3";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    std::string verify = "require";
    std::string certificate = "server";
    std::string more = {};      ///< further directives of the virtual host
    bool default_host = false;  ///< another virtual host before it, which asks nobody for a certificate
};

class ApacheTest : public PeerTest {
protected:
    void serve(const Apache& options) {
        const std::string program = find_program("apache2");
        ASSERT_FALSE(program.empty()) << "apache2 is not installed: apt-get install apache2-bin";
        // Its workers give up root, if they have it, and read the documents as somebody else.
        namespace fs = std::filesystem;
        fs::permissions(folder_.path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
        const fs::path documents = folder_.path() / "documents/gateway/customer-service";
        fs::create_directories(documents);
        fs::permissions(folder_.write("documents/gateway/customer-service/status", "OK\n"),
                        fs::perms::others_read | fs::perms::owner_read | fs::perms::owner_write);
        std::string modules;
        for (const char* const name : {"mpm_event", "authz_core", "ssl", "socache_shmcb"}) {
            modules += fmt::format("LoadModule {0}_module /usr/lib/apache2/modules/mod_{0}.so\n", name);
        }
        const std::string default_host = options.default_host ? fmt::format(R"(
<VirtualHost 127.0.0.1:{0}>
    ServerName public.embedded.test
    SSLEngine on
    SSLCertificateFile {1}/server.crt
    SSLCertificateKeyFile {1}/server.key
    SSLProtocol -all +TLSv1.2 +TLSv1.3
</VirtualHost>
)",
                                                                            reserved_.number(), folder_.path().string())
                                                              : "";
        const std::string config = folder_.write(
            "httpd.conf", fmt::format(R"(
{modules}
ServerRoot {folder}
ServerName localhost
User #65534
Group #65534
PidFile {folder}/httpd.pid
DefaultRuntimeDir {folder}
Mutex sem
ErrorLog /dev/stderr
LogLevel notice
Listen 127.0.0.1:{port}
StartServers 1
ThreadsPerChild 32
MaxRequestWorkers 64
ServerLimit 2
DocumentRoot {folder}/documents
<Directory {folder}/documents>
    Require all granted
</Directory>
SSLSessionCache shmcb:{folder}/sessions(512000)
SSLUseStapling off
{default_host}
<VirtualHost 127.0.0.1:{port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {folder}/{certificate}.crt
    SSLCertificateKeyFile {folder}/{certificate}.key
    SSLProtocol {protocols}
    SSLCipherSuite {ciphers}
    SSLHonorCipherOrder on
    SSLCACertificateFile {folder}/client-ca.pem
    SSLVerifyClient {verify}
    SSLVerifyDepth 3
    {more}
</VirtualHost>
)",
                                      fmt::arg("modules", modules), fmt::arg("default_host", default_host),
                                      fmt::arg("folder", folder_.path().string()), fmt::arg("port", reserved_.number()),
                                      fmt::arg("certificate", options.certificate),
                                      fmt::arg("protocols", options.protocols), fmt::arg("ciphers", options.ciphers),
                                      fmt::arg("verify", options.verify), fmt::arg("more", options.more)));
        start_listening({program, "-DFOREGROUND", "-f", config}, "resuming normal operations");
    }
};

TEST_F(ApacheTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_THAT(judgement.of("mtls.no-certificate-refused").sentence, HasSubstr("alert"));
}

TEST_F(ApacheTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({.verify = "none"});
    const Judgement judgement = judge_port(reserved_.number(), "desktop", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(ApacheTest, AnOptionalClientCertificateIsCaught) {
    serve({.verify = "optional"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(ApacheTest, ACertificateAskedForOnceTheRequestIsSeenRaisesNoAlarm) {
    // TLS 1.2 by renegotiation, TLS 1.3 by authentication after the handshake (RFC 8446 4.6.2).
    serve({.verify = "none", .more = "<Location />\n        SSLVerifyClient require\n    </Location>"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.of("mtls.request-sent").outcome, Outcome::pass) << judgement.output;
    EXPECT_EQ(judgement.of("mtls.no-certificate-refused").outcome, Outcome::pass) << judgement.output;
}

/// Apache answers 421 where the virtual hosts of SNI and Host demand different things of TLS.
TEST_F(ApacheTest, ADefaultHostWithoutClientCertificatesRaisesNoAlarm) {
    serve({.default_host = true});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("mtls.required-under-every-name").sentence, HasSubstr("HTTP 4"));
    EXPECT_THAT(witness(reserved_.number(), {"-noservername"}), Not(StartsWith("HTTP/1.1 200")));
    EXPECT_THAT(witness(reserved_.number(), {"-servername", "x.invalid"}), StartsWith("HTTP/1.1 421"));
}

TEST_F(ApacheTest, NoClientVerificationIsCaught) {
    serve({.verify = "none"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(ApacheTest, OldVersionsAreCaught) {
    serve({.protocols = "all",
           .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
                      "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(ApacheTest, AnExpiredServerCertificateIsCaught) {
    gateway::CertificateSpec spec = gateway::Pki::server_spec();
    spec.valid_from = -90;
    spec.valid_to = -1;
    write_server("expired-server", pki().issue_server(spec));
    serve({.certificate = "expired-server"});
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(ApacheTest, EveryStrangerIsRefusedUnderTls12) {
    serve({.protocols = "-all +TLSv1.2"});
    EXPECT_THAT(try_strangers(reserved_.number()), refused("handshake_failure (40)", "certificate_expired (45)",
                                                           "unknown_ca (48)", "unsupported_certificate (43)"));
}

TEST_F(ApacheTest, EveryStrangerIsRefusedUnderTls13) {
    serve({.protocols = "-all +TLSv1.3"});
    EXPECT_THAT(try_strangers(reserved_.number()), refused("certificate_required (116)", "certificate_expired (45)",
                                                           "unknown_ca (48)", "unsupported_certificate (43)"));
}

}  // namespace
}  // namespace gateproof::test
