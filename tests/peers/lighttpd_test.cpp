// lighttpd as a peer: mod_openssl, files alone.
#include <fmt/format.h>

#include <filesystem>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

struct Lighttpd {
    std::string protocols = R"("MinProtocol" => "TLSv1.2")";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    std::string activate = "enable";
    std::string enforce = "enable";
};

class LighttpdTest : public PeerTest {
protected:
    void serve(const Lighttpd& options) {
        const std::string program = find_program("lighttpd");
        ASSERT_FALSE(program.empty()) << "lighttpd is not installed: apt-get install lighttpd lighttpd-mod-openssl";
        std::filesystem::create_directories(folder_.path() / "www/gateway/customer-service");
        folder_.write("www/gateway/customer-service/status", "OK\n");
        const std::string config =
            folder_.write("lighttpd.conf", fmt::format(R"(
server.modules = ("mod_openssl")
server.document-root = "{0}/www"
server.bind = "127.0.0.1"
server.port = {1}
server.max-keep-alive-requests = 100
mimetype.assign = ("" => "text/plain")
ssl.engine = "enable"
ssl.pemfile = "{0}/server.crt"
ssl.privkey = "{0}/server.key"
ssl.stapling-file = "{0}/server.ocsp"
ssl.openssl.ssl-conf-cmd = ({2}, "CipherString" => "{3}")
ssl.verifyclient.ca-file = "{0}/client-ca.pem"
ssl.verifyclient.activate = "{4}"
ssl.verifyclient.enforce = "{5}"
ssl.verifyclient.depth = 3
)",
                                                       folder_.path().string(), reserved_.number(), options.protocols,
                                                       options.ciphers, options.activate, options.enforce));
        start_listening({program, "-D", "-f", config}, "server started");
    }
    [[nodiscard]] Judgement judge_it(const std::string& channel = "cloud") {
        return judge_port(reserved_.number(), channel, {});
    }
};

TEST_F(LighttpdTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({});
    expect_as_listed(judge_it());
}

TEST_F(LighttpdTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({.activate = "disable", .enforce = "disable"});
    expect_as_listed(judge_it("desktop"));
}

TEST_F(LighttpdTest, AnOptionalClientCertificateIsCaught) {
    serve({.enforce = "disable"});
    expect_as_listed(judge_it());
}

TEST_F(LighttpdTest, OldVersionsAreCaught) {
    serve({.protocols = R"("MinProtocol" => "TLSv1")",
           .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    expect_as_listed(judge_it());
}

}  // namespace
}  // namespace gateproof::test
