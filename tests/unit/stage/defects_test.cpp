// Each defect is what it claims to be: a client that reports how it verified says so.
#include <gmock/gmock.h>

#include "harness/probe/tls/cipher_suites.hpp"
#include "tests/unit/stage/support.hpp"

namespace gateproof::stage::test {
namespace {

using Issuer = ServerSpec::Issuer;

class Defects : public testing::Test {
protected:
    /// What the verifying client makes of it, and how that looked from the stage.
    long verify_error_of(const Scene& scene, ClientOptions options = {}) {
        Place& place = theatre.open(scene);
        Client client(theatre.port(place), options);
        const bool done = client.handshake();
        const long error = client.verify_error();
        EXPECT_EQ(done, error == X509_V_OK) << X509_verify_cert_error_string(error) << client.error();
        client.fin();
        seen = theatre.ended_visit(place);
        return error;
    }
    long verify_error_of(const ServerSpec& spec) {
        Scene scene = conforming();
        scene.shown = pki().server(spec);
        return verify_error_of(scene);
    }

    Theatre theatre;
    Visit seen;
};

TEST_F(Defects, OfCertificates) {
    struct Case {
        const char* what;
        ServerSpec spec;
        long error;
    };
    const std::vector<Case> cases{
        {"genuine", {}, X509_V_OK},
        {"P-384", {.key = KeyKind::p384}, X509_V_OK},
        {"RSA", {.key = KeyKind::rsa_2048}, X509_V_OK},
        {"another host", {.names = {"other.localhost"}}, X509_V_ERR_HOSTNAME_MISMATCH},
        {"common name alone", {.names = {"other.localhost"}, .common_name = "localhost"}, X509_V_ERR_HOSTNAME_MISMATCH},
        {"expired", {.valid_from_hours = -48, .valid_to_hours = -1}, X509_V_ERR_CERT_HAS_EXPIRED},
        {"not yet valid", {.valid_from_hours = 24}, X509_V_ERR_CERT_NOT_YET_VALID},
        {"self-signed", {.issuer = Issuer::itself}, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
        {"nobody", {.issuer = Issuer::nobody}, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
        {"nobody, RSA",
         {.key = KeyKind::rsa_2048, .issuer = Issuer::nobody},
         X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
        {"look-alike", {.issuer = Issuer::look_alike}, X509_V_ERR_CERT_SIGNATURE_FAILURE},
        {"leaf as authority", {.issuer = Issuer::leaf}, X509_V_ERR_INVALID_CA},
        {"clientAuth alone", {.extended_key_usage = "clientAuth"}, X509_V_ERR_INVALID_PURPOSE},
        {"CA for clients", {.issuer = Issuer::client_authority}, X509_V_ERR_INVALID_PURPOSE},
        {"expired authority", {.issuer = Issuer::expired}, X509_V_ERR_CERT_HAS_EXPIRED},
        {"authority without keyCertSign", {.issuer = Issuer::without_certsign}, X509_V_ERR_INVALID_CA},
        {"authority of another host", {.issuer = Issuer::constrained}, X509_V_ERR_PERMITTED_VIOLATION},
        {"authority too deep", {.issuer = Issuer::too_deep}, X509_V_ERR_PATH_LENGTH_EXCEEDED},
        {"tampered", {.tampered = true}, X509_V_ERR_CERT_SIGNATURE_FAILURE},
        {"leaf alone", {.sent = ServerSpec::Sent::nothing}, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
        {"unknown critical extension", {.unknown_critical = true}, X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION},
        {"outside the name constraints", {.names = {"localhost", "other.example"}}, X509_V_ERR_PERMITTED_VIOLATION},
        {"a NUL in its name",
         {.names = {std::string("localhost") + '\0' + ".localhost"}, .common_name = "other.localhost"},
         X509_V_ERR_HOSTNAME_MISMATCH},
        {"an asterisk for no label", {.names = {"*.localhost"}}, X509_V_ERR_HOSTNAME_MISMATCH},
        {"must staple", {.must_staple = true}, X509_V_OK},
        {"SHA-1", {.sha1 = true}, X509_V_OK},
        {"a stranger behind the path", {.sent = ServerSpec::Sent::with_a_stranger}, X509_V_OK},
        {"the root before the intermediate", {.sent = ServerSpec::Sent::out_of_order}, X509_V_OK},
        {"an expired cross-certificate", {.sent = ServerSpec::Sent::expired_path}, X509_V_OK},
        {"RSA 1024", {.key = KeyKind::rsa_1024}, X509_V_OK}};
    for (const Case& one : cases) {
        const long error = verify_error_of(one.spec);
        EXPECT_EQ(error, one.error) << one.what << ": " << X509_verify_cert_error_string(error);
        EXPECT_EQ(seen.alert.has_value(), one.error != X509_V_OK) << one.what;
        EXPECT_TRUE(seen.refused()) << one.what << ": " << seen.summary();
        EXPECT_FALSE(seen.by_stage) << one.what;
    }
}

TEST_F(Defects, OfPossession) {
    for (const KeyKind kind : {KeyKind::p256, KeyKind::rsa_2048}) {
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            Scene twin = conforming();
            twin.shown = pki().server({.key = kind});
            Scene scene = twin;
            scene.handshake.kind = HandshakeAct::Kind::foreign_signature;
            EXPECT_THAT(differences(scene, twin), testing::ElementsAre("handshake"));
            Place& place = theatre.open(scene);
            Client client(theatre.port(place), {.min_version = version, .max_version = version});
            EXPECT_FALSE(client.handshake());
            EXPECT_EQ(client.verify_error(), X509_V_OK) << "nothing but the signature is wrong";
            client.fin();
            const Visit visit = theatre.ended_visit(place);
            EXPECT_TRUE(visit.refused()) << visit.summary();
            EXPECT_EQ(visit.alert->description, 51) << visit.summary();
        }
    }
}

TEST_F(Defects, OfVersions) {
    for (const KeyKind kind : {KeyKind::p256, KeyKind::rsa_2048}) {
        for (const TlsVersion version :
             {TlsVersion::tls_1_0, TlsVersion::tls_1_1, TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
            Scene scene = conforming();
            scene.shown = pki().server({.key = kind});
            scene.versions = {version, version};
            Place& place = theatre.open(scene);
            Client client(theatre.port(place));
            EXPECT_TRUE(client.handshake()) << to_string(version) << client.error();
            EXPECT_FALSE(client.ask(get()).empty());
            EXPECT_EQ(SSL_version(client.ssl()), static_cast<int>(version));
            client.fin();
            EXPECT_EQ(theatre.ended_visit(place).version, version);
            if (version < TlsVersion::tls_1_2) {
                Client strict(theatre.port(place), {.min_version = TLS1_2_VERSION});
                EXPECT_FALSE(strict.handshake());
                const std::vector<Visit> visits = theatre.visits_when(
                    place, [](const std::vector<Visit>& all) { return all.size() == 2 && all.back().our_alert; });
                EXPECT_EQ(visits.back().our_alert->description, 70) << "it offered none of the scene's";
                EXPECT_FALSE(visits.back().hello->offers(version));
                EXPECT_FALSE(visits.back().refused());
            }
        }
    }
}

TEST_F(Defects, OfSuitesAndGroups) {
    for (const std::uint16_t suite : std::vector<std::uint16_t>{0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9}) {
        Scene scene = conforming();
        scene.cipher_suites = {static_cast<std::uint16_t>(suite)};
        scene.versions = find_cipher_suite(suite)->tls13 ? VersionRange{TlsVersion::tls_1_3, TlsVersion::tls_1_3}
                                                         : VersionRange{TlsVersion::tls_1_2, TlsVersion::tls_1_2};
        Place& place = theatre.open(scene);
        Client client(theatre.port(place));
        EXPECT_TRUE(client.handshake()) << cipher_suite_name(suite);
        client.fin();
        EXPECT_EQ(theatre.ended_visit(place).cipher_suite, suite);
    }
    Scene scene = conforming();
    scene.groups = {NamedGroup::secp521r1};  // OpenSSL sends no share for it at first
    Place& place = theatre.open(scene);
    Client client(theatre.port(place));
    EXPECT_TRUE(client.handshake()) << "after a HelloRetryRequest";
    EXPECT_FALSE(client.ask(get()).empty());
}

TEST_F(Defects, OfSmallRecordsNone) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const std::size_t size : {1U, 7U}) {
            Scene scene = conforming();
            scene.handshake.record_size = size;
            scene.answers = {AnswerAct{.drip = {1, 0ms}}};
            Place& place = theatre.open(scene);
            int records = 0;
            Client client(theatre.port(place), {.min_version = version, .max_version = version});
            SSL_set_msg_callback(
                client.ssl(), [](int sent, int, int type, const void* bytes, std::size_t, SSL*, void* count) {
                    if (sent == 0 && type == SSL3_RT_HEADER && *static_cast<const unsigned char*>(bytes) == 22) {
                        ++*static_cast<int*>(count);
                    }
                });
            SSL_set_msg_callback_arg(client.ssl(), &records);
            EXPECT_TRUE(client.handshake()) << client.error();
            EXPECT_GE(records, static_cast<int>(90 / size)) << "a ServerHello at least in such pieces";
            EXPECT_FALSE(client.ask(get()).empty());
            EXPECT_FALSE(client.ask(get()).empty());
        }
    }
}

TEST_F(Defects, RefusedClientCertificates) {
    for (const std::uint8_t alert : std::vector<std::uint8_t>{40, 42, 43, 44, 45, 46, 48, 51, 80}) {
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            Scene scene = conforming();
            scene.asked.how = Asked::How::required;
            scene.handshake = {.kind = HandshakeAct::Kind::refuses_certificate, .alert = alert};
            Place& place = theatre.open(scene);
            ClientOptions options{.min_version = version, .max_version = version};
            options.identity = pki().client();
            Client client(theatre.port(place), options);
            EXPECT_EQ(client.handshake(), version == TLS1_3_VERSION) << "TLS 1.3 judges late";
            EXPECT_TRUE(client.ask(get()).empty());
            EXPECT_EQ(client.alert(), alert);
            client.fin();
            const Visit visit = theatre.ended_visit(place);
            EXPECT_EQ(visit.our_alert->description, alert);
            EXPECT_EQ(visit.certificates.size(), 2U);
            EXPECT_FALSE(visit.refused());
        }
    }
}

TEST_F(Defects, AClientCertificateRefusedAsMissing) {
    for (const int suite : {0x1301, 0x1302, 0x1303}) {
        Scene scene = conforming();
        scene.versions.oldest = TlsVersion::tls_1_3;
        scene.cipher_suites = {static_cast<std::uint16_t>(suite)};
        scene.asked.how = Asked::How::required;
        scene.handshake = {.kind = HandshakeAct::Kind::refuses_certificate, .alert = 116};
        Place& place = theatre.open(scene);
        ClientOptions options;
        options.identity = pki().client();
        Client client(theatre.port(place), options);
        EXPECT_TRUE(client.handshake()) << client.error();
        EXPECT_TRUE(client.ask(get()).empty());
        EXPECT_EQ(client.alert(), 116) << suite;
        client.fin();
        EXPECT_EQ(theatre.ended_visit(place).our_alert->description, 116);
    }
}

TEST_F(Defects, ExtensionsThatNobodyKnows) {
    Scene scene = conforming();
    scene.asked.how = Asked::How::optional;
    scene.extensions = {{.type = 0x1a1a, .in_tickets = true, .in_certificate_request = true}};
    Place& place = theatre.open(scene);
    Client client(theatre.port(place));
    EXPECT_TRUE(client.handshake()) << client.error();
    EXPECT_FALSE(client.ask(get()).empty());
    EXPECT_EQ(client.tickets(), 2);
    ASSERT_NE(client.session(), nullptr);
}

Scene with_act(HandshakeAct::Kind kind) {
    Scene scene = conforming();
    scene.handshake.kind = kind;
    return scene;
}

TEST_F(Defects, OfFirstAnswers) {
    using Kind = HandshakeAct::Kind;
    Scene alert = with_act(Kind::alerts);
    alert.handshake.alert = 71;
    Scene clear = with_act(Kind::answers_in_clear);
    clear.handshake.bytes = encoded(Answer{}, "GET");
    for (const Scene& scene : {alert, clear, with_act(Kind::closes), with_act(Kind::resets)}) {
        Place& place = theatre.open(scene);
        Client client(theatre.port(place));
        EXPECT_FALSE(client.handshake());
        EXPECT_EQ(client.alert(), scene.handshake.kind == Kind::alerts ? 71 : -1);
        client.fin();
        const Visit visit = theatre.ended_visit(place);
        EXPECT_TRUE(visit.by_stage);
        EXPECT_TRUE(visit.hello);
        EXPECT_FALSE(visit.refused());
        EXPECT_EQ(visit.end == Ending::reset, scene.handshake.kind == Kind::resets);
    }
    Place& silent = theatre.open(with_act(Kind::says_nothing));
    Client client(theatre.port(silent));
    EXPECT_FALSE(client.handshake()) << "its patience of two seconds";
    EXPECT_FALSE(theatre.visits(silent).front().ended);
    client.fin();
    const Visit visit = theatre.ended_visit(silent);
    EXPECT_FALSE(visit.by_stage) << "the client ended it";
    EXPECT_EQ(visit.end, Ending::closed);
}

Scene with_flight(RawFlight flight, KeyKind key) {
    Scene scene = with_act(HandshakeAct::Kind::raw_flight);
    scene.shown = pki().server({.key = key});
    scene.handshake.flight = std::move(flight);
    return scene;
}

TEST_F(Defects, ADowngradeIsNoticedByItsSentinelAlone) {
    for (const bool sentinel : {false, true}) {
        for (const KeyKind key : {KeyKind::p256, KeyKind::rsa_2048}) {
            RawFlight flight;
            flight.cipher_suite = key == KeyKind::p256 ? 0xc02b : 0xc02f;
            flight.downgrade_sentinel = sentinel;
            Place& place = theatre.open(with_flight(flight, key));
            Client client(theatre.port(place));
            EXPECT_FALSE(client.handshake());
            EXPECT_EQ(client.verify_error(), X509_V_OK);
            client.fin();
            const Visit visit = theatre.ended_visit(place);
            EXPECT_EQ(visit.went_on, !sentinel) << visit.summary() << client.error();
            EXPECT_EQ(visit.refused(), sentinel);
            if (sentinel) {
                EXPECT_EQ(visit.alert->description, 47) << visit.summary();
            }
        }
    }
}

TEST_F(Defects, WeakSuitesAreTakenByWhoOffersThem) {
    struct Case {
        const char* name;  ///< of OpenSSL
        std::uint16_t suite;
        KeyKind key;
    };
    for (const Case& one :
         {Case{"NULL-SHA256", 0x003b, KeyKind::rsa_2048}, Case{"ECDHE-ECDSA-NULL-SHA", 0xc006, KeyKind::p256},
          Case{"AECDH-AES128-SHA", 0xc018, KeyKind::p256}, Case{"ADH-AES128-SHA", 0x0034, KeyKind::p256},
          Case{"AES128-SHA", 0x002f, KeyKind::rsa_2048}, Case{"DHE-RSA-AES128-SHA", 0x0033, KeyKind::rsa_2048},
          Case{"ECDHE-ECDSA-AES128-SHA", 0xc009, KeyKind::p256}}) {
        for (const std::size_t record_size : {std::size_t{0}, std::size_t{1}}) {
            RawFlight flight;
            flight.cipher_suite = one.suite;
            flight.dh_bits = 1024;
            Scene scene = with_flight(flight, one.key);
            scene.handshake.record_size = record_size;
            Place& place = theatre.open(scene);
            Client takes(theatre.port(place),
                         {.max_version = TLS1_2_VERSION, .ciphers = std::string(one.name) + ":@SECLEVEL=0"});
            EXPECT_FALSE(takes.handshake());
            takes.fin();
            const Visit visit = theatre.ended_visit(place);
            EXPECT_TRUE(visit.went_on) << one.name << ": " << visit.summary() << takes.error();
            EXPECT_FALSE(visit.refused());
        }
        RawFlight flight;
        flight.cipher_suite = one.suite;
        Place& place = theatre.open(with_flight(flight, one.key));
        Client refuses(theatre.port(place), {.max_version = TLS1_2_VERSION, .ciphers = "ECDHE+AESGCM"});
        EXPECT_FALSE(refuses.handshake());
        refuses.fin();
        EXPECT_TRUE(theatre.ended_visit(place).refused()) << one.name << ": it was not offered";
    }
}

TEST_F(Defects, OldVersionsInRawFlights) {
    for (const TlsVersion version : {TlsVersion::ssl_3, TlsVersion::tls_1_0, TlsVersion::tls_1_1}) {
        RawFlight flight;
        flight.version = version;
        flight.cipher_suite = 0x0033;  // DHE-RSA, which signs
        Place& place = theatre.open(with_flight(flight, KeyKind::rsa_2048));
        Client old(theatre.port(place), {.max_version = TLS1_2_VERSION});
        EXPECT_FALSE(old.handshake());
        old.fin();
        const Visit visit = theatre.ended_visit(place);
        EXPECT_EQ(visit.went_on, version != TlsVersion::ssl_3) << to_string(version) << ": " << visit.summary();
        Client strict(theatre.port(place), {.min_version = TLS1_2_VERSION});
        EXPECT_FALSE(strict.handshake());
        strict.fin();
        const std::vector<Visit> visits = theatre.visits_when(
            place, [](const std::vector<Visit>& all) { return all.size() == 2 && all.back().ended; });
        EXPECT_TRUE(visits.back().refused()) << visits.back().summary();
    }
}

}  // namespace
}  // namespace gateproof::stage::test
