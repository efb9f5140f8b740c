// hitch as a peer, in front of nginx in clear: TLS and nothing else.
#include <fmt/format.h>
#include <unistd.h>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

struct Hitch {
    std::string protocols = "TLSv1.2 TLSv1.3";
    std::string ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    std::string verify = "required";
};

class HitchTest : public NginxTest {
protected:
    void terminate_tls(const Hitch& options) {
        const std::string program = find_program("hitch");
        ASSERT_FALSE(program.empty()) << "hitch is not installed: apt-get install hitch";
        serve({.verify_client = "off", .listen = ""});
        backend_ = std::move(server_);
        // It refuses to work as root, and has read all files by the time that it becomes somebody else.
        const std::string as_root = ::geteuid() == 0 ? "user = \"nobody\"" : "";
        const std::string config =
            folder_.write("hitch.conf", fmt::format(R"(
frontend = {{ host = "127.0.0.1" port = "{1}" }}
backend = "[127.0.0.1]:{2}"
pem-file = {{ cert = "{0}/server.pem" ocsp-resp-file = "{0}/server.ocsp" }}
ocsp-verify-staple = off
tls-protos = {3}
ciphers = "{4}"
prefer-server-ciphers = on
client-verify = {5}
client-verify-ca = "{0}/client-ca.pem"
workers = 1
daemon = off
quiet = off
log-level = 2
log-filename = "{0}/hitch.log"
{6}
)",
                                                    folder_.path().string(), reserved_.number(), listener_.port(),
                                                    options.protocols, options.ciphers, options.verify, as_root));
        server_ = std::make_unique<Process>(std::vector<std::string>{program, "--config=" + config});
        wait_until_open(reserved_.number());
    }
    [[nodiscard]] Judgement judge_it(const std::string& channel = "cloud") {
        return judge_port(reserved_.number(), channel, {});
    }

    std::unique_ptr<Process> backend_;
};

TEST_F(HitchTest, ASoundCloudEndpointRaisesNoAlarm) {
    terminate_tls({});
    expect_as_listed(judge_it());
}

TEST_F(HitchTest, ASoundDesktopEndpointRaisesNoAlarm) {
    terminate_tls({.verify = "none"});
    expect_as_listed(judge_it("desktop"));
}

TEST_F(HitchTest, AnOptionalClientCertificateIsCaught) {
    terminate_tls({.verify = "optional"});
    expect_as_listed(judge_it());
}

TEST_F(HitchTest, AServiceThatIsGoneIsNoMissingEnrolment) {
    terminate_tls({});
    backend_.reset();
    const Judgement judgement = judge_port(reserved_.number(), "cloud", {"--check", "mtls.enrolled-served"});
    EXPECT_EQ(judgement.exit_status, 3) << judgement.output;
    EXPECT_THAT(judgement.output, testing::HasSubstr("the service behind TLS"));
}

TEST_F(HitchTest, OldVersionsAreCaught) {
    terminate_tls({.protocols = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3",
                   .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"});
    expect_as_listed(judge_it());
}

}  // namespace
}  // namespace gateproof::test
