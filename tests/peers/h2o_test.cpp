// h2o as a peer: it has no client certificates, so it is a desktop endpoint, or a cloud one that asks for none.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

struct H2o {
    std::string min_version = "TLSv1.2";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
};

class H2oTest : public PeerTest {
protected:
    void serve(const H2o& options) {
        const std::string program = find_program("h2o");
        ASSERT_FALSE(program.empty()) << "h2o is not installed: apt-get install h2o";
        std::filesystem::create_directories(folder_.path() / "www/gateway/customer-service");
        folder_.write("www/gateway/customer-service/status", "OK\n");
        // Of its own it would become nobody, who may not read the folder.
        const std::string user = ::geteuid() == 0 ? "user: root" : "";
        const std::string config = folder_.write("h2o.conf", fmt::format(R"(
num-threads: 1
{4}
error-log: {0}/error.log
listen:
  host: 127.0.0.1
  port: {1}
  ssl:
    certificate-file: {0}/server.crt
    key-file: {0}/server.key
    minimum-version: {2}
    cipher-suite: "{3}"
    cipher-preference: server
    ocsp-update-interval: 0
hosts:
  localhost:
    paths:
      /:
        file.dir: {0}/www
)",
                                                                         folder_.path().string(), reserved_.number(),
                                                                         options.min_version, options.ciphers, user));
        server_ = std::make_unique<Process>(std::vector<std::string>{program, "-m", "worker", "-c", config});
        wait_until_open(reserved_.number());
    }
    [[nodiscard]] Judgement judge_it(const std::string& channel) { return judge_port(reserved_.number(), channel, {}); }
};

/// It speaks a draft of TLS 1.3 by its number, which is nothing unknown.
TEST_F(H2oTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({});
    expect_as_listed(judge_it("desktop"));
}

TEST_F(H2oTest, NoClientVerificationIsCaught) {
    serve({});
    expect_as_listed(judge_it("cloud"));
}

TEST_F(H2oTest, OldVersionsAreCaught) {
    serve({.min_version = "TLSv1", .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    expect_as_listed(judge_it("desktop"));
}

}  // namespace
}  // namespace gateproof::test
