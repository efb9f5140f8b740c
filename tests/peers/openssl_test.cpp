// `openssl s_server -WWW` as a peer: one connection at a time, and every option of OpenSSL at hand.
#include <fmt/format.h>

#include <filesystem>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

class OpensslTest : public PeerTest {
protected:
    void serve(const std::vector<std::string>& options, const std::string& certificate = "server") {
        const std::string program = find_program("openssl");
        ASSERT_FALSE(program.empty()) << "openssl is not installed: apt-get install openssl";
        namespace fs = std::filesystem;
        fs::create_directories(folder_.path() / "gateway/customer-service");
        folder_.write("gateway/customer-service/status", "OK\n");
        std::vector<std::string> command{"sh",
                                         "-c",
                                         "cd \"$0\" && exec \"$@\"",
                                         folder_.path().string(),
                                         program,
                                         "s_server",
                                         "-WWW",
                                         "-accept",
                                         "127.0.0.1:0",
                                         "-cert",
                                         path(certificate + ".crt"),
                                         "-cert_chain",
                                         path(certificate + ".crt"),
                                         "-key",
                                         path(certificate + ".key"),
                                         "-status_file",
                                         path(certificate + ".ocsp"),
                                         "-CAfile",
                                         path("client-ca.pem"),
                                         "-verify_return_error"};
        command.insert(command.end(), options.begin(), options.end());
        server_ = std::make_unique<Process>(std::move(command));
        ASSERT_TRUE(server_->wait_for_output("ACCEPT 127.0.0.1:")) << server_->standard_error();
        const std::string& out = server_->standard_output();
        port_ = static_cast<std::uint16_t>(std::stoi(out.substr(out.find("ACCEPT 127.0.0.1:") + 17)));
        // It serves one connection at a time.
        profile_.limits = R"("connections_per_second": 0, "concurrent_connections": 1)";
    }

    std::uint16_t port_ = 0;
    const std::vector<std::string> what_hellos_tell_{"--check", "tls.refuses-1.0", "--check", "tls.refuses-1.1",
                                                     "--check", "tls.accepts-1.2", "--check", "tls.cipher-allow-list"};
    const std::string sound_suites_ =
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
};

TEST_F(OpensslTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({"-Verify", "3", "-cipher", sound_suites_, "-no_tls1", "-no_tls1_1"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(OpensslTest, OldVersionsAreCaught) {
    serve({"-Verify", "3", "-cipher", sound_suites_ + ":ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(OpensslTest, AnOptionalClientCertificateIsCaught) {
    serve({"-verify", "3", "-cipher", sound_suites_, "-no_tls1", "-no_tls1_1"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(OpensslTest, AllowedRenegotiationIsCaught) {
    serve({"-Verify", "3", "-cipher", sound_suites_, "-no_tls1", "-no_tls1_1", "-client_renegotiation"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

/// Under TLS 1.2 it would refuse a client certificate of another curve as well: it asks for none here.
TEST_F(OpensslTest, OneGroupAloneIsJudged) {
    serve({"-cipher", sound_suites_, "-no_tls1", "-no_tls1_1", "-groups", "X448"});
    expect_as_listed(judge_port(port_, "desktop", {}));
}

TEST_F(OpensslTest, FiniteFieldGroupsAloneAreJudged) {
    serve({"-Verify", "3", "-tls1_3", "-groups", "ffdhe2048:ffdhe3072"});
    expect_as_listed(judge_port(port_, "cloud", {}));
}

TEST_F(OpensslTest, GroupsThatItPrefersItselfRaiseNoAlarm) {
    serve({"-Verify", "3", "-cipher", sound_suites_, "-no_tls1", "-no_tls1_1", "-serverpref", "-groups",
           "P-521:P-384:P-256"});
    expect_as_listed(judge_port(port_, "cloud", {}));
}

/// Our own client can speak to neither of the next two: what their ServerHello shows is enough.
TEST_F(OpensslTest, Tls10AloneIsCaught) {
    serve({"-Verify", "3", "-tls1", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    expect_as_listed(judge_port(port_, "cloud", what_hellos_tell_));
}

TEST_F(OpensslTest, ANullSuiteAloneIsCaught) {
    serve({"-Verify", "3", "-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"});
    expect_as_listed(judge_port(port_, "cloud", what_hellos_tell_));
}

}  // namespace
}  // namespace gateproof::test
