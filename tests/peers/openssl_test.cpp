// `openssl s_server -WWW` as a peer: one connection at a time, and every option of OpenSSL at hand.
#include <fmt/format.h>

#include <filesystem>

#include "tests/peers/peer.hpp"
#include "tests/support/tampering.hpp"

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

/// A file with the leaf alone, before nodes of which not every one has its issuer: one refusal or one service of one of
/// them would be a verdict on all.
TEST_F(OpensslTest, ALeafAloneBeforeNodesThatDifferIsTriedMoreThanOnce) {
    const gateway::Credential& enrolled = pki().identities().find("enrolled")->second;
    const std::string pem = enrolled.certificates_pem();
    const std::string end = "-----END CERTIFICATE-----\n";
    folder_.write("enrolled.crt", pem.substr(0, pem.find(end) + end.size()));
    folder_.write("issuer.crt", pki().client_authority().certificates_pem());
    folder_.write("issuer.key", pki().client_authority().key_pem());
    folder_.write("root.pem", pki().client_root().certificates_pem());
    profile_.more = R"("issuer": {"certificate": "file:issuer.crt", "key": "file:issuer.key"})";
    const std::vector<std::string> options{"-Verify", "3", "-cipher", sound_suites_, "-no_tls1", "-no_tls1_1"};
    serve(options);
    const std::unique_ptr<Process> has_it = std::move(server_);
    const std::uint16_t lax = port_;
    std::vector<std::string> without = options;
    without.insert(without.end(), {"-CAfile", path("root.pem")});
    serve(without);
    const std::vector<std::string> check{"--check", "certificate.intermediates"};
    const auto judged = [&](std::vector<std::uint16_t> nodes) {
        const Forwarder balancer(tampering({.nodes = std::move(nodes)}));
        return judge_port(balancer.port(), "cloud", check).of("certificate.intermediates");
    };
    const CheckResult one_of_two = judged({lax, port_});
    EXPECT_EQ(one_of_two.outcome, Outcome::warning) << one_of_two.sentence;
    EXPECT_THAT(one_of_two.sentence, testing::HasSubstr("of 3 tries with the leaf alone"));
    const CheckResult none = judged({port_});
    EXPECT_EQ(none.outcome, Outcome::fail) << none.sentence;
    EXPECT_THAT(none.sentence, testing::HasSubstr("in none with the leaf"));
    const CheckResult all = judged({lax});
    EXPECT_EQ(all.outcome, Outcome::pass) << all.sentence;
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
