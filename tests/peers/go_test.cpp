// Go's net/http as a peer: crypto/tls, a TLS library of its own. What it does with sessions, renegotiation and old
// versions is its own too.
#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

struct Go {
    std::string oldest = "1.2";
    std::string clients = "require";
    std::string suites = "c02c,c02b,cca9";
};

class GoTest : public PeerTest {
protected:
    void serve(const Go& options) {
        const std::string go = find_program("go");
        if (go.empty()) {
            GTEST_SKIP() << "Go is not installed: apt-get install golang-go";
        }
        // What it compiles of the library it keeps for the tests after this one.
        ProcessOptions building;
        building.environment = {{"GOCACHE", GATEPROOF_GO_CACHE}, {"GO111MODULE", "off"}, {"CGO_ENABLED", "0"}};
        const Finished built = run({go, "build", "-o", path("go-server"), GATEPROOF_GO_SERVER}, std::move(building));
        ASSERT_EQ(built.status, 0) << built.err;
        start_listening({path("go-server"), path("server.crt"), path("server.key"), path("client-ca.pem"),
                         path("server.ocsp"), options.oldest, options.clients, options.suites},
                        ";");
        const std::string& out = server_->standard_output();
        ASSERT_THAT(out, HasSubstr("port ")) << server_->standard_error();
        port_ = static_cast<std::uint16_t>(std::stoi(out.substr(out.find("port ") + 5)));
    }
    void judge_as_listed(const Go& options, const std::string& channel = "cloud") {
        serve(options);
        if (port_ != 0) {
            expect_as_listed(judge_port(port_, channel, {}));
        }
    }

    std::uint16_t port_ = 0;
};

TEST_F(GoTest, ASoundCloudEndpointRaisesNoAlarm) {
    judge_as_listed({});
}

TEST_F(GoTest, ASoundDesktopEndpointRaisesNoAlarm) {
    judge_as_listed({.clients = "none"}, "desktop");
}

TEST_F(GoTest, AnOptionalClientCertificateIsCaught) {
    judge_as_listed({.clients = "given"});
}

TEST_F(GoTest, AnyClientCertificateIsCaught) {
    judge_as_listed({.clients = "any"});
}

TEST_F(GoTest, OldVersionsAreCaught) {
    judge_as_listed({.oldest = "1.0", .suites = "c02c,c02b,c009"});
}

}  // namespace
}  // namespace gateproof::test
