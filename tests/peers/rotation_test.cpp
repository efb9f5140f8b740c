// A rotation on nginx: certificates enrolled by their fingerprints, a cut-over while it runs, sessions kept since
// before.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <filesystem>

#include "tests/peers/nginx.hpp"
#include "tests/support/terminal.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

constexpr const char* old_refused = "rotation.old-refused-after-cut-over";
constexpr const char* old_session = "rotation.old-ticket-not-resumed";

class RotationTest : public NginxTest {
protected:
    RotationTest() {
        profile_.roles = {"enrolled", "rotated_old", "rotated_new"};
        profile_.operations = R"("whoami": {"path": "/whoami", "expect": {"body_contains": "dsp"}})";
    }

    /// As nginx spells $ssl_client_fingerprint.
    static std::string fingerprint(const std::string& role) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        X509_digest(pki().identities().find(role)->second.certificate.get(), EVP_sha1(), digest.data(), &size);
        std::string text;
        for (unsigned i = 0; i < size; ++i) {
            text += fmt::format("{:02x}", digest[i]);
        }
        return text;
    }

    /// Who has which certificate; rotated_old is cut over once the file "cut-over" is there, unless `refusal` says
    /// otherwise.
    [[nodiscard]] Nginx rotating(const std::string& new_is = "dsp-7",
                                 const std::string& refusal = "return 403;") const {
        Nginx options;
        options.http =
            fmt::format(R"(map $ssl_client_fingerprint $dsp {{ default ""; {} dsp-7; {} dsp-7; {} {}; }})",
                        fingerprint("enrolled"), fingerprint("rotated_old"), fingerprint("rotated_new"), new_is);
        options.server = fmt::format(R"(
            set $state $ssl_client_fingerprint;
            if (-f {0}/cut-over) {{ set $state "$ssl_client_fingerprint-gone"; }}
            if ($dsp = "") {{ return 403; }}
            if ($state = "{1}-gone") {{ {2} }})",
                                     folder_.path().string(), fingerprint("rotated_old"), refusal);
        options.locations = R"(location = /whoami { return 200 '{"dsp":"$dsp"}'; })";
        return options;
    }
    [[nodiscard]] Judgement judge_at(const std::string& moment, const std::string& more = "",
                                     const std::string& trust = "certificate") {
        profile_.more = fmt::format(
            R"("identity": {{"operation": "whoami", "pointer": "/dsp"}}, "rotation": {{"old": "rotated_old",
               "new": "rotated_new", "moment": "{}", "trust": "{}", "known_as": "dsp-7",
               "approved_authorities": ["Gateproof embedded client issuing CA"]{}}})",
            moment, trust, more);
        return judge("cloud", {"--suite", "rotation"});
    }
    void cut_over() const {
        // nginx looks for it as an unprivileged worker.
        std::filesystem::permissions(folder_.path(), std::filesystem::perms::others_exec,
                                     std::filesystem::perm_options::add);
        folder_.write("cut-over", "");
    }

    /// With OpenSSL's own client, as the help text advises.
    void keep_session(const std::string& version, const std::string& file) {
        ProcessOptions request;
        request.standard_input =
            "GET /gateway/customer-service/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        const Finished kept =
            run({find_program("openssl"), "s_client", "-connect", fmt::format("127.0.0.1:{}", listener_.port()),
                 "-servername", "localhost", "-quiet", version, "-cert", path("rotated_old.crt"), "-key",
                 path("rotated_old.key"), "-sess_out", path(file)},
                request);
        EXPECT_THAT(kept.out, HasSubstr("200 OK")) << kept.err;
    }
};

TEST_F(RotationTest, BothAreServedAndThenTheOldOneAndItsSessionsAreDead) {
    serve(rotating());
    const Judgement during = judge_at("during");
    expect_as_listed(during, "during");
    EXPECT_EQ(during.of("rotation.overlap").outcome, Outcome::pass);
    EXPECT_THAT(during.of("rotation.same-identity").sentence, HasSubstr("both answered as 'dsp-7'"));
    EXPECT_EQ(during.of(old_refused).outcome, Outcome::skipped);
    keep_session("-tls1_2", "kept12.pem");
    keep_session("-tls1_3", "kept13.pem");
    cut_over();
    const Judgement after = judge_at("after", R"(, "old_sessions": ["file:kept12.pem", "file:kept13.pem"])");
    expect_as_listed(after, "after");
    EXPECT_EQ(after.of(old_refused).outcome, Outcome::pass) << after.of(old_refused).sentence;
    EXPECT_THAT(after.of(old_session).sentence, HasSubstr("saved session 2 (TLS 1.3): resumed, HTTP 403"));
    EXPECT_EQ(after.of("rotation.same-identity").outcome, Outcome::pass);
}

/// As a person goes through it: one command, and Enter when nginx has been told.
TEST_F(RotationTest, OneCommandWaitsForTheCutOver) {
    serve(rotating());
    static_cast<void>(judge_at("during"));  // writes the profile
    const std::vector<std::string> words{GATEPROOF_PROGRAM, "rotate-check",   "--profile",
                                         path("peer.json"), "--moment",       "during",
                                         "--out",           path("rotation"), "--interactive"};
    int status = -1;
    const std::string seen = on_terminal_of(words, {}, status, {{"press Enter.", "\n", [this] { cut_over(); }}});
    EXPECT_EQ(status, 0) << seen;
    EXPECT_THAT(seen, HasSubstr("have the old certificate's enrolment ended"));
    EXPECT_THAT(seen, testing::ContainsRegex("PASS.*rotation.overlap"));
    EXPECT_THAT(seen, testing::ContainsRegex("PASS.*rotation.old-refused-after-cut-over"));
}

TEST_F(RotationTest, ACutOverThatDidNotHappenIsCaught) {
    serve(rotating());
    const Judgement after = judge_at("after");
    expect_as_listed(after);
    EXPECT_EQ(after.of(old_refused).outcome, Outcome::fail);
    EXPECT_EQ(after.of(old_session).outcome, Outcome::inconclusive) << "there is no session of a refused certificate";
}

/// A proxy that judges certificates in full handshakes alone.
TEST_F(RotationTest, AResumedSessionThatIsWavedThroughIsCaught) {
    Nginx careless = rotating("dsp-7", "set $refuse \"$ssl_session_reused\";");
    careless.server += " if ($refuse = \".\") { return 403; }";
    serve(careless);
    cut_over();
    const Judgement after = judge_at("after");
    expect_as_listed(after);
    EXPECT_THAT(after.of(old_session).sentence, HasSubstr("resumed and served: HTTP 200"));
}

TEST_F(RotationTest, ANewCertificateOfAnotherClientIsCaught) {
    serve(rotating("dsp-8"));
    const Judgement during = judge_at("during");
    expect_as_listed(during);
}

/// nginx looks at neither names nor revocation here: to it the old certificate is as good as the new one.
TEST_F(RotationTest, WhereNamesAreTrustedAnOldCertificateIsServedUntilItIsRevoked) {
    serve(rotating());
    const Judgement after = judge_at("after", "", "name");
    EXPECT_EQ(after.of(old_refused).outcome, Outcome::pass) << after.of(old_refused).sentence;
    EXPECT_THAT(after.of(old_refused).sentence, HasSubstr("whoever has its key is you"));
    EXPECT_EQ(after.of(old_session).outcome, Outcome::skipped);
    const Judgement revoked = judge_at("after", R"(, "old_revoked": true)", "name");
    EXPECT_EQ(revoked.of(old_refused).outcome, Outcome::fail);
}

TEST_F(RotationTest, AnOverlapThatIsMissingIsCaught) {
    serve(rotating());
    cut_over();
    const Judgement during = judge_at("during");
    expect_as_listed(during, "during");
    const Judgement at_once = judge_at("during", R"(, "overlap": "cut_over_at_once")");
    expect_as_listed(at_once, "at_once");
}

}  // namespace
}  // namespace gateproof::test
