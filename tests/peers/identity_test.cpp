// nginx set up as the gateway is described: enrolment by exact common name, revocation, purpose; and each of them left
// out.
#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

class IdentityTest : public NginxTest {
protected:
    IdentityTest() {
        lend_every_identity();
        const std::string name = name_of("enrolled");
        std::string shouted = name;
        std::ranges::transform(shouted, shouted.begin(), [](unsigned char c) { return std::toupper(c); });
        write_variant("other_case", [&shouted](X509* certificate) {
            X509_NAME* subject = X509_NAME_new();
            X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(shouted.data()), -1, -1, 0);
            X509_set_subject_name(certificate, subject);
            X509_NAME_free(subject);
        });
        write_variant("authority", [](X509* certificate) {
            const int at = X509_get_ext_by_NID(certificate, NID_basic_constraints, -1);
            X509_EXTENSION_free(at < 0 ? nullptr : X509_delete_ext(certificate, at));
            X509_EXTENSION* constraints = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "CA:TRUE");
            X509_add_ext(certificate, constraints, -1);
            X509_EXTENSION_free(constraints);
        });
    }

    /// NAME.crt and NAME.key for the witness: the enrolled certificate, changed in one thing and signed again by its
    /// issuer.
    template <class Change>
    void write_variant(const std::string& name, const Change& change) {
        gateway::Credential made = pki().identities().find("enrolled")->second;
        made.certificate.reset(X509_dup(made.certificate.get()), X509_free);
        change(made.certificate.get());
        ASSERT_GT(X509_sign(made.certificate.get(), pki().client_authority().key.get(), EVP_sha256()), 0);
        folder_.write(name + ".crt", made.certificates_pem());
        folder_.write(name + ".key", made.key_pem());
    }

    static std::string name_of(const std::string& role) {
        char name[256] = {};
        X509_NAME_get_text_by_NID(X509_get_subject_name(pki().identities().find(role)->second.certificate.get()),
                                  NID_commonName, name, static_cast<int>(sizeof name));
        return name;
    }

    /// Names are looked up whole; nginx gives them as RFC 2253 does. A plain string of a map would match in any case.
    [[nodiscard]] static std::string enrolment() {
        return fmt::format("map $ssl_client_s_dn $enrolled {{ default 0; \"~^CN={}$\" 1; \"~^CN={}$\" 1; }}",
                           name_of("enrolled"), name_of("second"));
    }
    [[nodiscard]] std::string revocation() const { return fmt::format("ssl_crl {};", path("client.crl")); }
    /// Another name on the same listener, with these directives.
    [[nodiscard]] std::string other_server(const std::string& more) const {
        return fmt::format(R"(
    server {{
        listen 127.0.0.1:{} ssl;
        server_name other.embedded.test;
        ssl_certificate {};
        ssl_certificate_key {};
        ssl_protocols TLSv1.2 TLSv1.3;
        {}
        location / {{ return 200 "OK other"; }}
    }})",
                           listener_.port(), path("server.crt"), path("server.key"), more);
    }
    static constexpr char no_sessions[] = "ssl_session_tickets off; ssl_session_cache off;";
    static constexpr char only_enrolled[] = R"(if ($enrolled = 0) { return 403; } return 200 "OK\n";)";
};

TEST_F(IdentityTest, EveryOtherFalseIdentityIsRefused) {
    serve({.http = enrolment() + revocation() + no_sessions, .status = only_enrolled});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
    for (const char* const id :
         {"mtls.expired-refused", "mtls.not-yet-valid-refused", "mtls.revoked-refused", "mtls.unenrolled-cn-refused",
          "mtls.wrong-eku-refused", "mtls.self-signed-refused", "mtls.other-ca-same-subject-refused",
          "mtls.other-environment-refused", "mtls.proof-of-possession", "mtls.tampered-chain-refused",
          "mtls.expired-session-not-served"}) {
        EXPECT_EQ(judgement.of(id).outcome, Outcome::pass) << id << ": " << judgement.of(id).sentence;
    }
}

/// nginx looks at dates in full handshakes alone, and its sessions know nothing of them.
TEST_F(IdentityTest, SessionsThatOutliveTheirCertificateAreCaught) {
    serve({.http = enrolment() + revocation(), .status = only_enrolled});
    const Judgement judgement = judge();
    write_variant("short", [](X509* certificate) { X509_gmtime_adj(X509_getm_notAfter(certificate), 4); });
    expect_as_listed(judgement);
    const std::string sentence = judgement.of("mtls.expired-session-not-served").sentence;
    EXPECT_THAT(sentence, testing::HasSubstr("TLS 1.2 in 2 of 2 tries (HTTP 200); TLS 1.3 in 2 of 2 tries"));
}

TEST_F(IdentityTest, AnyNameOfTheRightAuthorityIsCaught) {
    serve({.http = revocation()});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
}

TEST_F(IdentityTest, NamesComparedInAnyCaseAreCaught) {
    serve({.http = fmt::format("map_hash_bucket_size 256; map $ssl_client_s_dn $enrolled {{ default 0; \"CN={}\" 1; }}",
                               name_of("enrolled")) +
                   revocation(),
           .status = only_enrolled});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
    EXPECT_THAT(judgement.of("mtls.cn-exact").sentence, testing::HasSubstr("cn-in-other-case"));
}

TEST_F(IdentityTest, AForgottenRevocationListIsCaught) {
    serve({.http = enrolment(), .status = only_enrolled});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
}

TEST_F(IdentityTest, AnyAuthorityWithTheRightNameIsCaught) {
    serve({.verify_client = "optional_no_ca", .http = enrolment(), .status = only_enrolled});
    const Judgement judgement = judge();
    expect_as_listed(judgement);
}

/// The other name asks nobody for a certificate: what it leaves behind opens nothing else.
TEST_F(IdentityTest, AnOpenNameBesideTheEndpointsOpensNothing) {
    profile_.more += R"(, "other_names": ["other.embedded.test"])";
    serve({.http = enrolment() + revocation() + "ssl_session_cache shared:both:1m; ssl_session_tickets on;",
           .status = only_enrolled,
           .other_servers = other_server("")});
    const Judgement judgement = judge();
    for (const char* const id : {"mtls.certificateless-session-not-served", "mtls.required-under-every-name"}) {
        EXPECT_EQ(judgement.of(id).outcome, Outcome::pass) << judgement.of(id).sentence;
        EXPECT_THAT(judgement.of(id).sentence, testing::HasSubstr("other.embedded.test")) << judgement.output;
    }
}

/// Two names on one listener with one session cache, each with a client authority of its own: the shape of
/// CVE-2025-23419. Debian's nginx has the mend, which binds a session to its name.
TEST_F(IdentityTest, SessionsOfTwoNamesWithOneCacheAreKeptApart) {
    profile_.more += R"(, "other_names": ["other.embedded.test"])";
    serve({.http = enrolment() + revocation() + "ssl_session_cache shared:both:1m; ssl_session_tickets on;",
           .status = only_enrolled,
           .other_servers =
               other_server(fmt::format("ssl_client_certificate {}; ssl_verify_client on;", path("trust.pem")))});
    const Judgement judgement = judge();
    EXPECT_EQ(judgement.of("mtls.resumption-bound").outcome, Outcome::pass)
        << judgement.of("mtls.resumption-bound").sentence << judgement.output;
    EXPECT_THAT(judgement.of("mtls.resumption-bound").sentence, testing::HasSubstr("8 offered"));
    EXPECT_EQ(judgement.of("mtls.sni-host-mismatch-refused").outcome, Outcome::pass)
        << judgement.of("mtls.sni-host-mismatch-refused").sentence;
}

}  // namespace
}  // namespace gateproof::test
