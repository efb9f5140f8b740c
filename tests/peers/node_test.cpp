// Node's https as a peer: what a service in JavaScript does when it ends TLS itself.
#include <nlohmann/json.hpp>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Node {
    bool request = true;
    bool reject = true;
    bool check_authorized = false;   ///< the handler itself answers 403 where TLS has not authorized the client
    bool check_certificate = false;  ///< the handler itself answers 403 where there is no certificate
    bool renegotiation = false;
    bool http2 = false;  ///< and no HTTP/1.1
    std::string min_version = "TLSv1.2";
    std::string max_version = "TLSv1.3";
    std::string ciphers =
        "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:"
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
};

class NodeTest : public PeerTest {
protected:
    void serve(const Node& options) {
        const std::string program = find_program("node");
        ASSERT_FALSE(program.empty()) << "node is not installed: apt-get install nodejs";
        const nlohmann::json arguments = {{"folder", folder_.path().string()},
                                          {"certificate", "server"},
                                          {"requestCert", options.request},
                                          {"rejectUnauthorized", options.reject},
                                          {"checkAuthorized", options.check_authorized},
                                          {"checkCertificate", options.check_certificate},
                                          {"renegotiation", options.renegotiation},
                                          {"http2", options.http2},
                                          {"minVersion", options.min_version},
                                          {"maxVersion", options.max_version},
                                          {"ciphers", options.ciphers}};
        start_listening({program, GATEPROOF_NODE_SERVER, arguments.dump()}, ";");
        const std::string& out = server_->standard_output();
        port_ = static_cast<std::uint16_t>(std::stoi(out.substr(out.find("port ") + 5)));
    }

    std::uint16_t port_ = 0;
};

TEST_F(NodeTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

/// Whoever speaks another protocol has said nothing of the enrolment.
TEST_F(NodeTest, HttpTwoAloneIsNoRefusalOfTheCertificate) {
    for (const auto& [channel, check] :
         {std::pair{"cloud", "mtls.enrolled-served"}, {"desktop", "mtls.desktop-served-without-certificate"}}) {
        serve({.request = channel == std::string_view("cloud"), .http2 = true});
        const Judgement judgement = judge_port(port_, channel, {"--check", check});
        EXPECT_EQ(judgement.of(check).outcome, Outcome::inconclusive) << judgement.output;
        EXPECT_THAT(judgement.of(check).sentence, HasSubstr("HTTP/2 alone"));
    }
}

/// A session made without a certificate is authorized once it is resumed, under TLS 1.3 alone.
TEST_F(NodeTest, AHandlerThatAsksForAuthorizedAloneIsCaught) {
    serve({.reject = false, .check_authorized = true});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 1) << judgement.output;
    EXPECT_THAT(judgement.of("mtls.no-certificate-refused").sentence, HasSubstr("HTTP level"));
    const std::string sentence = judgement.of("mtls.certificateless-session-not-served").sentence;
    EXPECT_THAT(sentence, HasSubstr("under TLS 1.3 a session made without a client certificate was resumed"));
    EXPECT_THAT(sentence, Not(HasSubstr("under TLS 1.2")));
    for (const auto& [version, resumed] : {std::pair("-tls1_2", "403"), std::pair("-tls1_3", "200")}) {
        const std::string session = path(std::string("session") + version);
        EXPECT_THAT(witness(port_, {"-servername", "localhost", version, "-sess_out", session}),
                    StartsWith("HTTP/1.1 403"));
        EXPECT_THAT(witness(port_, {"-servername", "localhost", version, "-sess_in", session}),
                    StartsWith(std::string("HTTP/1.1 ") + resumed));
    }
}

TEST_F(NodeTest, AHandlerThatAsksForAuthorizedAloneIsSoundUnderTls12) {
    serve({.reject = false, .check_authorized = true, .max_version = "TLSv1.2"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("mtls.certificateless-session-not-served").sentence,
                HasSubstr("TLS 1.2: resumed in 6 of 6 tries, and refused: HTTP 403"));
}

TEST_F(NodeTest, AHandlerThatLooksAtTheCertificateRaisesNoAlarm) {
    serve({.reject = false, .check_authorized = true, .check_certificate = true});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    EXPECT_THAT(judgement.of("mtls.certificateless-session-not-served").sentence,
                HasSubstr("TLS 1.3: resumed in 6 of 6 tries, and refused: HTTP 403"));
}

TEST_F(NodeTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({.request = false});
    const Judgement judgement = judge_port(port_, "desktop", {});
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
}

TEST_F(NodeTest, AHandlerThatForgetsToLookIsCaught) {
    serve({.reject = false});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(NodeTest, NoRequestForACertificateIsCaught) {
    serve({.request = false});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(NodeTest, RenegotiationAsNodeAllowsItIsCaught) {
    serve({.renegotiation = true});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(NodeTest, OldVersionsAreCaught) {
    serve({.min_version = "TLSv1",
           .ciphers = "TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    const Judgement judgement = judge_port(port_, "cloud", {});
    expect_as_listed(judgement);
}

TEST_F(NodeTest, EveryStrangerIsRefusedUnderTls12) {
    serve({.max_version = "TLSv1.2"});
    EXPECT_THAT(try_strangers(port_),
                refused("handshake_failure (40)", "connection closed", "connection closed", "connection closed"));
}

TEST_F(NodeTest, EveryStrangerIsRefusedUnderTls13) {
    serve({.min_version = "TLSv1.3"});
    EXPECT_THAT(try_strangers(port_),
                refused("certificate_required (116)", "connection closed", "connection closed", "connection closed"));
}

}  // namespace
}  // namespace gateproof::test
