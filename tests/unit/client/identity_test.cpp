// Each fault of identity, seen on the wire.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/client/server.hpp"

namespace gateproof::client::test {
namespace {

using gateproof::test::mint;
using gateproof::test::mint_ca;
using gateproof::test::pki;

/// Asks for a certificate, takes any or none, and names these authorities.
Scene asking(std::vector<Minted> named = {}, int flags = SSL_VERIFY_PEER) {
    Scene scene;
    scene.setup = [named = std::move(named), flags](SSL_CTX* context) {
        SSL_CTX_set_verify(context, flags, nullptr);
        SSL_CTX_set_cert_verify_callback(
            context, +[](X509_STORE_CTX*, void*) { return 1; }, nullptr);
        for (const Minted& one : named) {
            SSL_CTX_add_client_CA(context, one.certificate.get());
        }
    };
    return scene;
}

IdentitySource source_of(const Minted& leaf, const std::vector<Minted>& chain = {}) {
    IdentitySource source{pem_of(leaf), key_pem_of(leaf)};
    for (const Minted& link : chain) {
        source.certificate += pem_of(link);
    }
    return source;
}

/// The certificate that a client shows.
Visit shown_by(const Options& options, Server& server) {
    const Result result = read_once(options);
    EXPECT_EQ(result.outcome, Outcome::success) << result.text;
    const std::vector<Visit> visits = server.visits();
    return visits.empty() ? Visit() : visits.back();
}

TEST(Identity, ShowsItsCertificateUnderBothVersions) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Scene scene = asking();
        scene.setup = [version, before = scene.setup](SSL_CTX* context) {
            before(context);
            SSL_CTX_set_min_proto_version(context, version);
            SSL_CTX_set_max_proto_version(context, version);
        };
        Server server(std::move(scene));
        EXPECT_EQ(shown_by(server.options(), server).shown, "dsp");
        EXPECT_EQ(shown_by(server.options({"shows-nothing"}), server).shown, "");
    }
}

TEST(Identity, SendsTheWholeChain) {
    const Minted issuing = mint_ca("issuing CA", &pki().ca);
    Server server(asking());
    Options options = server.options();
    options.identity = source_of(mint({.common_name = "dsp"}, &issuing), {issuing});
    EXPECT_EQ(shown_by(options, server).intermediates, 1);
    options.faults = {"leaf-alone"};
    EXPECT_EQ(shown_by(options, server).intermediates, 0);
}

TEST(Identity, IsShownWhateverAuthoritiesAreNamed) {
    const Minted issuing = mint_ca("issuing CA", &pki().ca);
    struct Row {
        std::vector<Minted> named;
        bool shown_with_fault;
    };
    for (const Row& row :
         {Row{{}, true}, Row{{pki().ca}, false}, Row{{issuing}, true}, Row{{mint_ca("nobody")}, false}}) {
        Server server(asking(row.named));
        Options options = server.options();
        options.identity = source_of(mint({.common_name = "dsp"}, &issuing), {issuing});
        EXPECT_EQ(shown_by(options, server).shown, "dsp");
        options.faults = {"needs-ca-match"};
        EXPECT_EQ(shown_by(options, server).shown, row.shown_with_fault ? "dsp" : "");
    }
}

TEST(Identity, AFaultShowsTheIdentityOfItsRole) {
    Server server(asking());
    for (const auto& [fault, role] :
         {std::pair("shows-another", "another"), std::pair("expired-own", "expired"),
          std::pair("name-in-other-case", "other-case"), std::pair("one-for-all-environments", "other-environment")}) {
        Options options = server.options({fault});
        EXPECT_THROW(Client{options}, Unusable) << "it has to be given";
        options.other_identities[role] = source_of(mint({.common_name = role}, &pki().ca));
        EXPECT_EQ(shown_by(options, server).shown, role);
    }
}

TEST(Identity, IsShownToTheGatewayAlone) {
    for (const bool faulty : {false, true}) {
        Server gateway(asking());
        Server authority(asking());
        Options options = gateway.options();
        options.faults = faulty ? std::vector<std::string>{"shows-it-to-everyone"} : std::vector<std::string>{};
        options.authority_url = "https://localhost:" + std::to_string(authority.port());
        options.oauth.client_id = "id";
        options.refresh_token = "secret";
        options.ird = "123";
        read_once(options);
        ASSERT_EQ(authority.visits().size(), 1U);
        EXPECT_EQ(authority.visits().front().shown, faulty ? "dsp" : "");
    }
}

TEST(Identity, ANativeApplicationShowsNone) {
    for (const bool faulty : {false, true}) {
        Server server(asking());
        Options options = server.options();
        options.faults = faulty ? std::vector<std::string>{"desktop-shows-certificate"} : std::vector<std::string>{};
        options.channel = Channel::desktop;
        EXPECT_EQ(shown_by(options, server).shown, faulty ? "dsp" : "");
    }
}

/// Refuses every certificate by alert 46, after the client's handshake has ended.
Scene refusing_late() {
    Scene scene = asking();
    scene.setup = [](SSL_CTX* context) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        SSL_CTX_set_cert_verify_callback(
            context,
            +[](X509_STORE_CTX* store, void*) {
                X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
                return 0;
            },
            nullptr);
        SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    };
    return scene;
}

TEST(Identity, ALateRefusalIsToldAndNotRepeated) {
    Server server(refusing_late());
    const Result told = read_once(server);
    EXPECT_EQ(told.outcome, Outcome::failure);
    EXPECT_NE(told.text.find("refused this client's certificate"), std::string::npos) << told.text;
    EXPECT_EQ(server.visits().size(), 1U);
    EXPECT_EQ(read_once(server, {"late-refusal-is-empty-answer"}).outcome, Outcome::success);
    EXPECT_EQ(server.visits().size(), 2U);
    EXPECT_EQ(read_once(server, {"late-refusal-loops"}).outcome, Outcome::failure);
    EXPECT_GT(server.visits().size(), 20U);
}

TEST(Identity, ARefusalAsAPageIsToldAndNotRepeated) {
    Scene scene = asking();
    scene.answers = {answer("400 Bad Request", "<html><head><title>400 The SSL certificate error</title></head></html>",
                            "Content-Type: text/html\r\n")};
    Server server(std::move(scene));
    EXPECT_EQ(read_once(server).text, "a web page with status 400 came instead of an answer");
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_EQ(read_once(server, {"html-400-is-data"}).outcome, Outcome::success);
}

TEST(Identity, IsReadFromPkcs12AndRefusedWhereItDoesNotFit) {
    const Minted leaf = mint({.common_name = "dsp"}, &pki().ca);
    const Minted other = mint({.common_name = "other"}, &pki().ca);
    EXPECT_EQ(load_identity(source_of(leaf, {pki().ca})).chain.size(), 1U);
    EXPECT_THROW(load_identity({pem_of(leaf), key_pem_of(other)}), Unusable);
    EXPECT_THROW(load_identity({"/nowhere/at/all.pem", key_pem_of(other)}), Unusable);
    EXPECT_THROW(load_identity({pem_of(leaf), pem_of(leaf)}), Unusable);
    EXPECT_THROW(load_identity({key_pem_of(leaf), key_pem_of(leaf)}), Unusable);
}

}  // namespace
}  // namespace gateproof::client::test
