// nghttpx as a peer, in front of nginx in clear: a proxy that prefers HTTP/2.
#include <fmt/format.h>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

struct Nghttpx {
    std::string min_version = "TLSv1.2";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    bool verify = true;
    std::vector<std::string> early_data = {"--tls-max-early-data=0"};
};

class NghttpxTest : public NginxTest {
protected:
    void proxy(const Nghttpx& options) {
        const std::string program = find_program("nghttpx");
        ASSERT_FALSE(program.empty()) << "nghttpx is not installed: apt-get install nghttp2-proxy";
        // A proxy says of a request that came as early data and may still be a replay (RFC 8470 5.1).
        serve({.verify_client = "off", .listen = "", .status = R"(return 200 "OK $http_early_data\n";)"});
        backend_ = std::move(server_);
        std::vector<std::string> command{program,
                                         "--conf=/dev/null",
                                         "--workers=1",
                                         "--no-ocsp",
                                         fmt::format("--frontend=127.0.0.1,{}", reserved_.number()),
                                         fmt::format("--backend=127.0.0.1,{}", listener_.port()),
                                         "--tls-min-proto-version=" + options.min_version,
                                         "--ciphers=" + options.ciphers};
        command.insert(command.end(), options.early_data.begin(), options.early_data.end());
        if (options.verify) {
            command.insert(command.end(), {"--verify-client", "--verify-client-cacert=" + path("client-ca.pem")});
        }
        command.insert(command.end(), {path("server.key"), path("server.crt")});
        server_ = std::make_unique<Process>(std::move(command));
        wait_until_open(reserved_.number());
    }
    [[nodiscard]] Judgement judge_it(const std::string& channel = "cloud") {
        return judge_port(reserved_.number(), channel, {});
    }

    /// For the witness.
    void write_early_request() const {
        folder_.write("early", fmt::format("GET {} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
                                           profile_.path, reserved_.number()));
    }

    std::unique_ptr<Process> backend_;
};

TEST_F(NghttpxTest, ASoundCloudEndpointRaisesNoAlarm) {
    proxy({});
    expect_as_listed(judge_it());
}

TEST_F(NghttpxTest, ASoundDesktopEndpointRaisesNoAlarm) {
    proxy({.verify = false});
    expect_as_listed(judge_it("desktop"));
}

/// It takes early data, and hands the request on once the handshake is complete: by then nobody can have replayed it.
TEST_F(NghttpxTest, EarlyDataThatIsHeldBackRaisesNoAlarm) {
    proxy({.verify = false, .early_data = {}});
    const Judgement judgement = judge_it("desktop");
    write_early_request();
    expect_as_listed(judgement);
}

TEST_F(NghttpxTest, EarlyDataThatIsHandedOnIsCaught) {
    proxy({.verify = false, .early_data = {"--tls-no-postpone-early-data"}});
    const Judgement judgement = judge_it("desktop");
    write_early_request();
    expect_as_listed(judgement);
}

TEST_F(NghttpxTest, NoClientVerificationIsCaught) {
    proxy({.verify = false});
    expect_as_listed(judge_it());
}

TEST_F(NghttpxTest, OldVersionsAreCaught) {
    proxy({.min_version = "TLSv1.0", .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    expect_as_listed(judge_it());
}

}  // namespace
}  // namespace gateproof::test
