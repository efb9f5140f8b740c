// Apache Traffic Server as a peer, in front of nginx in clear.
#include <fmt/format.h>

#include <filesystem>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

struct TrafficServer {
    bool old_versions = false;
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    int client_certificates = 2;  ///< 0: none asked for, 1: optional, 2: demanded
};

class TrafficServerTest : public NginxTest {
protected:
    void proxy(const TrafficServer& options) {
        const std::string program = find_program("traffic_server");
        ASSERT_FALSE(program.empty()) << "Traffic Server is not installed: apt-get install trafficserver";
        serve({.verify_client = "off", .listen = ""});
        backend_ = std::move(server_);
        for (const char* const name : {"etc", "var"}) {
            std::filesystem::create_directories(folder_.path() / name);
        }
        const std::string folder = folder_.path().string();
        // '#-1': it stays who it is, and so may read the folder.
        folder_.write("etc/records.config", fmt::format(R"(
CONFIG proxy.config.http.server_ports STRING {1}:ip-in=127.0.0.1:ssl
CONFIG proxy.config.admin.user_id STRING #-1
CONFIG proxy.config.http.cache.http INT 0
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 2
CONFIG proxy.config.ssl.server.cert.path STRING {0}
CONFIG proxy.config.ssl.server.private_key.path STRING {0}
CONFIG proxy.config.ssl.server.cipher_suite STRING {2}
CONFIG proxy.config.ssl.server.honor_cipher_order INT 1
CONFIG proxy.config.ssl.TLSv1 INT {3}
CONFIG proxy.config.ssl.TLSv1_1 INT {3}
CONFIG proxy.config.ssl.client.certification_level INT {4}
CONFIG proxy.config.ssl.CA.cert.path STRING {0}
CONFIG proxy.config.ssl.CA.cert.filename STRING client-ca.pem
CONFIG proxy.config.ssl.ocsp.enabled INT 1
CONFIG proxy.config.ssl.ocsp.response.path STRING {0}
)",
                                                        folder, reserved_.number(), options.ciphers,
                                                        options.old_versions ? 1 : 0, options.client_certificates));
        folder_.write("etc/remap.config", fmt::format("map / http://127.0.0.1:{}/\n", listener_.port()));
        folder_.write("etc/ssl_multicert.config",
                      "dest_ip=* ssl_cert_name=server.crt ssl_key_name=server.key ssl_ocsp_name=server.ocsp\n");
        folder_.write("etc/storage.config", "");
        folder_.write("etc/ip_allow.yaml",
                      "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n");
        const std::string root = folder_.write("runroot.yaml", fmt::format(R"(
prefix: {0}
exec_prefix: /usr
bindir: /usr/bin
sbindir: /usr/sbin
sysconfdir: {0}/etc
datadir: {0}/var
libexecdir: {0}/var
localstatedir: {0}/var
runtimedir: {0}/var
logdir: {0}/var
cachedir: {0}/var
)",
                                                                           folder));
        server_ = std::make_unique<Process>(std::vector<std::string>{program, "--run-root=" + root});
        wait_until_open(reserved_.number());
    }
    [[nodiscard]] Judgement judge_it(const std::string& channel = "cloud") {
        return judge_port(reserved_.number(), channel, {});
    }

    std::unique_ptr<Process> backend_;
};

TEST_F(TrafficServerTest, ASoundCloudEndpointRaisesNoAlarm) {
    proxy({});
    expect_as_listed(judge_it());
}

TEST_F(TrafficServerTest, ASoundDesktopEndpointRaisesNoAlarm) {
    proxy({.client_certificates = 0});
    expect_as_listed(judge_it("desktop"));
}

TEST_F(TrafficServerTest, AnOptionalClientCertificateIsCaught) {
    proxy({.client_certificates = 1});
    expect_as_listed(judge_it());
}

TEST_F(TrafficServerTest, OldVersionsAreCaught) {
    proxy({.old_versions = true, .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    expect_as_listed(judge_it());
}

}  // namespace
}  // namespace gateproof::test
