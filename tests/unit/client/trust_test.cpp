// Each fault of trust: without it the client refuses what is shown, with it the client sends its request.
#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <openssl/param_build.h>
#include <openssl/x509v3.h>

#include "tests/unit/client/server.hpp"

namespace gateproof::client::test {
namespace {

using gateproof::test::mint;
using gateproof::test::mint_ca;
using gateproof::test::pki;

constexpr long day = 24 * 3600;

/// The tests' root, and an authority below it as the options say.
Minted authority(MintOptions options = {}, const Minted& issuer = pki().ca) {
    if (options.common_name == "localhost") {
        options.common_name = "an authority";
    }
    options.subject_alt_name.clear();
    options.extended_key_usage.clear();
    if (options.basic_constraints.empty()) {
        options.basic_constraints = "critical,CA:TRUE";
    }
    return mint(options, &issuer);
}

Scene below(const Minted& issuer, MintOptions options = {}) {
    Scene scene;
    scene.shown = mint(options, &issuer);
    scene.chain = {issuer};
    return scene;
}

Scene leaf(MintOptions options) {
    Scene scene;
    scene.shown = mint(options, &pki().ca);
    return scene;
}

/// Another key under the name of the tests' root.
Scene look_alike() {
    const Minted impostor = mint_ca("test CA");
    Scene scene;
    scene.shown = mint({}, &impostor);
    return scene;
}

/// One bit of the leaf's signature, whose issuer is no root.
Scene tampered() {
    Scene scene = below(authority());
    const ASN1_BIT_STRING* signature = nullptr;
    X509_get0_signature(&signature, nullptr, scene.shown.certificate.get());
    signature->data[signature->length - 1] ^= 1;
    return scene;
}

void add_unknown_critical(X509* certificate) {
    ASN1_OBJECT* const object = OBJ_txt2obj("1.2.3.4.5.6", 1);
    ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>("\x05\x00"), 2);
    X509_EXTENSION* const extension = X509_EXTENSION_create_by_OBJ(nullptr, object, 1, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
}

void add_nul_name(X509* certificate) {
    GENERAL_NAMES* const names = GENERAL_NAMES_new();
    GENERAL_NAME* const name = GENERAL_NAME_new();
    ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, "localhost\0.evil.test", 20);
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    sk_GENERAL_NAME_push(names, name);
    X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_REPLACE);
    GENERAL_NAMES_free(names);
}

/// The genuine certificate, and another key behind it.
Scene stolen() {
    Scene scene;
    scene.setup = [](SSL_CTX* context) {
        // OpenSSL compares public parts alone: a key that has the genuine one and signs with another.
        EVP_PKEY* const genuine = X509_get0_pubkey(pki().server.certificate.get());
        const std::shared_ptr<EVP_PKEY> other(EVP_EC_gen("P-256"), EVP_PKEY_free);
        BIGNUM* secret = nullptr;
        EVP_PKEY_get_bn_param(other.get(), "priv", &secret);
        OSSL_PARAM* parameters = nullptr;
        EVP_PKEY_todata(genuine, EVP_PKEY_PUBLIC_KEY, &parameters);
        OSSL_PARAM_BLD* const builder = OSSL_PARAM_BLD_new();
        OSSL_PARAM_BLD_push_BN(builder, "priv", secret);
        OSSL_PARAM* const more = OSSL_PARAM_BLD_to_param(builder);
        OSSL_PARAM* const all = OSSL_PARAM_merge(parameters, more);
        EVP_PKEY_CTX* const maker = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
        EVP_PKEY* composed = nullptr;
        EVP_PKEY_fromdata_init(maker);
        EVP_PKEY_fromdata(maker, &composed, EVP_PKEY_KEYPAIR, all);
        EXPECT_EQ(SSL_CTX_use_PrivateKey(context, composed), 1);
        EVP_PKEY_free(composed);
        EVP_PKEY_CTX_free(maker);
        OSSL_PARAM_free(all);
        OSSL_PARAM_free(more);
        OSSL_PARAM_BLD_free(builder);
        OSSL_PARAM_free(parameters);
        BN_free(secret);
    };
    return scene;
}

Scene lone_leaf() {
    Scene scene = below(authority());
    scene.chain.clear();
    return scene;
}

Scene two_levels_below_pathlen_zero() {
    const Minted upper = authority({.common_name = "upper", .basic_constraints = "critical,CA:TRUE,pathlen:0"});
    const Minted lower = authority({.common_name = "lower"}, upper);
    Scene scene = below(lower);
    scene.chain.push_back(upper);
    return scene;
}

/// A stapled answer of the tests' authority about the server's certificate.
Scene stapled(int status, const MintOptions& options = {}) {
    Scene scene = leaf(options);
    const Minted shown = scene.shown;
    scene.setup = [shown, status](SSL_CTX* context) {
        OCSP_BASICRESP* const basic = OCSP_BASICRESP_new();
        OCSP_CERTID* const id = OCSP_cert_to_id(EVP_sha1(), shown.certificate.get(), pki().ca.certificate.get());
        ASN1_TIME* const now = X509_gmtime_adj(nullptr, -60);
        ASN1_TIME* const later = X509_gmtime_adj(nullptr, day);
        OCSP_basic_add1_status(basic, id, status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                               status == V_OCSP_CERTSTATUS_REVOKED ? now : nullptr, now, later);
        OCSP_basic_sign(basic, pki().ca.certificate.get(), pki().ca.key.get(), EVP_sha256(), nullptr, 0);
        OCSP_RESPONSE* const response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
        unsigned char* der = nullptr;
        const int size = i2d_OCSP_RESPONSE(response, &der);
        static std::string bytes;
        bytes.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
        OCSP_RESPONSE_free(response);
        OCSP_BASICRESP_free(basic);
        OCSP_CERTID_free(id);
        ASN1_TIME_free(now);
        ASN1_TIME_free(later);
        SSL_CTX_set_tlsext_status_cb(
            context, +[](SSL* connection, void*) {
                auto* const copy = static_cast<unsigned char*>(OPENSSL_malloc(bytes.size()));
                bytes.copy(reinterpret_cast<char*>(copy), bytes.size());
                SSL_set_tlsext_status_ocsp_resp(connection, copy, static_cast<long>(bytes.size()));
                return SSL_TLSEXT_ERR_OK;
            });
    };
    return scene;
}

struct TrustRow {
    const char* fault;
    std::function<Scene()> scene;
};

void PrintTo(const TrustRow& row, std::ostream* out) {
    *out << row.fault;
}

class TrustFault : public testing::TestWithParam<TrustRow> {};

TEST_P(TrustFault, IsRefusedWithoutAndBelievedWithIt) {
    Server server(GetParam().scene());
    const Result refused = read_once(server);
    EXPECT_EQ(refused.outcome, Outcome::failure) << refused.text;
    EXPECT_TRUE(server.requests().empty()) << "no byte of a request comes before the refusal";
    const Result fooled = read_once(server, {GetParam().fault});
    EXPECT_EQ(fooled.outcome, Outcome::success) << fooled.text;
    EXPECT_EQ(server.requests().size(), 1U);
}

const TrustRow trust_rows[] = {
    {"trusts-everything", [] { return leaf({.subject_alt_name = "DNS:other.test"}); }},
    {"trusts-everything", look_alike},
    {"skips-host-name", [] { return leaf({.subject_alt_name = "DNS:other.test"}); }},
    {"believes-common-name", [] { return leaf({.subject_alt_name = "DNS:other.test"}); }},
    {"skips-dates", [] { return leaf({.not_before = -2 * day, .not_after = -day}); }},
    {"skips-dates", [] { return leaf({.not_before = day}); }},
    {"skips-dates", [] { return below(authority({.not_before = -2 * day, .not_after = -day})); }},
    {"skips-not-before", [] { return leaf({.not_before = day}); }},
    {"believes-self-signed",
     [] {
         Scene scene;
         scene.shown = mint({});
         return scene;
     }},
    {"compares-issuer-names-only", look_alike},
    {"skips-signature", look_alike},
    {"skips-signature", tampered},
    {"skips-basic-constraints", [] { return below(mint({.common_name = "a leaf"}, &pki().ca)); }},
    {"skips-basic-constraints",
     [] { return below(mint({.common_name = "a leaf", .key_usage = "critical,digitalSignature"}, &pki().ca)); }},
    {"skips-key-usage", [] { return below(authority({.key_usage = "critical,cRLSign"})); }},
    {"skips-path-length", two_levels_below_pathlen_zero},
    {"skips-name-constraints",
     [] { return below(authority({.name_constraints = "critical,permitted;DNS:elsewhere.test"})); }},
    {"skips-purpose", [] { return leaf({.extended_key_usage = "clientAuth"}); }},
    {"skips-certificate-verify", stolen},
    {"skips-critical-extensions", [] { return leaf({.last = add_unknown_critical}); }},
    {"any-wildcard", [] { return leaf({.subject_alt_name = "DNS:local*"}); }},
    {"any-wildcard", [] { return leaf({.subject_alt_name = "DNS:*"}); }},
    {"c-string-names", [] { return leaf({.last = add_nul_name}); }},
    {"needs-no-intermediate", lone_leaf},
    {"accepts-weak-keys", [] { return leaf({.rsa_bits = 1024}); }},
    {"accepts-sha1", [] { return leaf({.digest = "SHA1"}); }},
    {"ignores-staple", [] { return stapled(V_OCSP_CERTSTATUS_REVOKED); }},
    {"ignores-must-staple", [] { return leaf({.tls_feature = "status_request"}); }},
};
INSTANTIATE_TEST_SUITE_P(Each, TrustFault, testing::ValuesIn(trust_rows));

/// What a conforming client believes, and which fault is too strict for it.
class StrictFault : public testing::TestWithParam<TrustRow> {};

TEST_P(StrictFault, IsBelievedWithoutAndRefusedWithIt) {
    Server server(GetParam().scene());
    const Result served = read_once(server);
    EXPECT_EQ(served.outcome, Outcome::success) << served.text;
    EXPECT_EQ(read_once(server, {GetParam().fault}).outcome, Outcome::failure);
    EXPECT_EQ(server.requests().size(), 1U);
}

/// An authority that the root signed, and an expired certificate of the same key by a root that has gone.
Scene with_expired_cross_certificate() {
    const Minted gone = mint_ca("gone CA");
    const Minted cross = mint({.common_name = "test CA",
                               .subject_alt_name = "",
                               .extended_key_usage = "",
                               .basic_constraints = "critical,CA:TRUE",
                               .not_before = -2 * day,
                               .not_after = -day,
                               .key = pki().ca.key},
                              &gone);
    Scene scene;
    scene.chain = {cross};
    return scene;
}

Scene with_unrelated_certificate() {
    Scene scene = below(authority());
    scene.chain.insert(scene.chain.begin(), mint_ca("nobody's CA"));
    return scene;
}

const TrustRow strict_rows[] = {
    {"one-path-only", with_expired_cross_certificate},
    {"strict-order", with_unrelated_certificate},
};
INSTANTIATE_TEST_SUITE_P(Each, StrictFault, testing::ValuesIn(strict_rows));

TEST(Trust, BelievesWhatIsSound) {
    for (const auto& scene :
         {Scene(), below(authority()), leaf({.rsa_bits = 2048}), leaf({.curve = "P-384"}),
          stapled(V_OCSP_CERTSTATUS_GOOD), stapled(V_OCSP_CERTSTATUS_GOOD, {.tls_feature = "status_request"}),
          leaf({.common_name = "anything"})}) {
        Server server(scene);
        const Result result = read_once(server);
        EXPECT_EQ(result.outcome, Outcome::success) << result.text;
    }
}

TEST(Trust, VerifiesAnAddressWhereItCallsOne) {
    for (const bool named : {true, false}) {
        Server server(leaf({.subject_alt_name = named ? "IP:127.0.0.1" : "DNS:localhost,IP:127.0.0.2"}));
        Options options = server.options();
        options.base_url = "https://127.0.0.1:" + std::to_string(server.port());
        EXPECT_EQ(read_once(options).outcome == Outcome::success, named);
        EXPECT_EQ(server.visits().front().server_name, "");
    }
}

TEST(Trust, VerifiesEveryConnection) {
    for (const bool faulty : {false, true}) {
        Server server(Scene{.answers = {answer("200 OK", "OK", "Connection: close\r\n")}});
        Client client(server.options(faulty ? std::vector<std::string>{"verifies-first-connection-only"}
                                            : std::vector<std::string>{}));
        EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
        server.change(look_alike());
        EXPECT_EQ(client.act(Act::read).outcome == Outcome::success, faulty);
        EXPECT_EQ(server.requests().size(), faulty ? 2U : 1U);
    }
}

TEST(Trust, VerifiesTheAuthorityAsWell) {
    for (const bool faulty : {false, true}) {
        Server gateway{Scene()};
        Server authority{look_alike()};
        Options options = gateway.options();
        options.faults =
            faulty ? std::vector<std::string>{"verifies-gateway-not-authority"} : std::vector<std::string>{};
        options.authority_url = "https://localhost:" + std::to_string(authority.port());
        options.refresh_token = "secret-refresh";
        options.oauth.client_id = "id";
        options.ird = "123";
        EXPECT_EQ(read_once(options).outcome, Outcome::failure);
        EXPECT_EQ(authority.requests().size(), faulty ? 1U : 0U);
    }
}

TEST(Trust, SaysWhatItDoesNotBelieve) {
    Server server(leaf({.not_before = -2 * day, .not_after = -day}));
    const std::string text = read_once(server).text;
    EXPECT_NE(text.find("certificate has expired"), std::string::npos) << text;
}

}  // namespace
}  // namespace gateproof::client::test
