// nginx that fetches the OCSP responses which it staples: freshly started, each worker has none before a handshake
// asked for it.
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

/// Three in CI; GATEPROOF_STAPLING_RUNS for more.
int stapling_runs() {
    const char* const wanted = std::getenv("GATEPROOF_STAPLING_RUNS");
    return wanted == nullptr ? 3 : std::atoi(wanted);
}

/// Answers whoever asks with one response (RFC 6960 A.1).
class Responder {
public:
    Responder() : thread_([this] { serve(); }) {}
    ~Responder() {
        ::shutdown(listener_.descriptor(), SHUT_RDWR);
        thread_.join();
    }
    Responder(const Responder&) = delete;
    Responder& operator=(const Responder&) = delete;

    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/", listener_.port()); }
    /// Before anybody asks.
    void set_response(std::string der) { response_ = std::move(der); }

private:
    void serve() {
        for (int client = accept_one(); client >= 0; client = accept_one()) {
            char request[4096];
            if (::recv(client, request, sizeof request, 0) > 0) {
                const std::string answer =
                    fmt::format(
                        "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: {}\r\n\r\n",
                        response_.size()) +
                    response_;
                EXPECT_EQ(::send(client, answer.data(), answer.size(), MSG_NOSIGNAL),
                          static_cast<ssize_t>(answer.size()));
            }
            ::close(client);
        }
    }
    [[nodiscard]] int accept_one() const { return ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC); }

    Listener listener_;
    std::string response_;
    std::thread thread_;
};

class StaplingTest : public NginxTest {
protected:
    /// Starts nginx anew, and judges it at once.
    [[nodiscard]] Judgement judge_fresh(const std::string& url, Responder& responder) {
        gateway::CertificateSpec spec = gateway::Pki::server_spec();
        spec.authority_information = "OCSP;URI:" + url;
        const gateway::Credential credential = pki().issue_server(spec);
        responder.set_response(credential.ocsp);
        write_server("fetching", credential);
        const Listener listener;
        ProcessOptions options;
        options.inherit = {listener.descriptor()};
        options.environment = inheriting(listener.descriptor());
        const Process nginx(command_of({.certificate = "fetching",
                                        .staple = fmt::format("ssl_trusted_certificate {};", path("trust.pem")),
                                        .workers = 2},
                                       listener.port()),
                            std::move(options));
        return judge_port(listener.port(), "cloud", {"--check", "server.ocsp-staple", "--strict"});
    }
};

TEST_F(StaplingTest, AFreshServerThatFetchesItsStaplePasses) {
    profile_.more = R"("tls": {"staple_within_ms": 10000})";
    for (int i = 0; i < stapling_runs(); ++i) {
        Responder responder;
        const Judgement judgement = judge_fresh(responder.url(), responder);
        EXPECT_EQ(judgement.of("server.ocsp-staple").outcome, Outcome::pass) << judgement.output;
        EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
        EXPECT_THAT(
            judgement.of("server.ocsp-staple").sentence,
            testing::ContainsRegex("only [0-9.]+ s after the first handshake, at the [0-9]+(st|nd|rd|th) handshake"));
    }
}

TEST_F(StaplingTest, AServerThatNeverGetsItsStapleDoesNot) {
    profile_.more = R"("tls": {"staple_within_ms": 1500})";
    Responder responder;
    const ReservedPort nobody;
    const Judgement judgement = judge_fresh(fmt::format("http://127.0.0.1:{}/", nobody.number()), responder);
    EXPECT_EQ(judgement.of("server.ocsp-staple").outcome, Outcome::warning) << judgement.output;
    EXPECT_EQ(judgement.exit_status, 1);
    EXPECT_THAT(judgement.of("server.ocsp-staple").sentence, HasSubstr("that was still so 1"));
}

}  // namespace
}  // namespace gateproof::test
