#include "harness/probe/tls/trust.hpp"

#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "tests/unit/probe/mint.hpp"

namespace gateproof::test::trust_test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::system_clock;

struct Pki {
    Minted root = mint_ca("root");
    Minted middle = mint_ca("middle", &root);
    Trust trust{.system = false, .anchors = {root.certificate}};

    [[nodiscard]] std::vector<Certificate> chain(const Minted& leaf) const {
        return {leaf.certificate, middle.certificate};
    }
};
const Pki& pki() {
    static const Pki made;
    return made;
}

int verify(const std::vector<Certificate>& chain, const Trust& trust = pki().trust,
           Clock::time_point now = Clock::now()) {
    return verify_chain(chain, trust, now).error;
}

TEST(Trust, AChainAsSentIsJudged) {
    const Minted leaf = mint({}, &pki().middle);
    EXPECT_EQ(verify(pki().chain(leaf)), X509_V_OK);
    const ChainVerdict incomplete = verify_chain({leaf.certificate}, pki().trust, Clock::now());
    EXPECT_EQ(incomplete.error, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    EXPECT_FALSE(incomplete.text.empty());
    EXPECT_NE(verify({}), X509_V_OK);
}

TEST(Trust, AnIntermediateInTheCaFileDoesNotCompleteTheChain) {
    const Minted leaf = mint({}, &pki().middle);
    const Trust both{.system = false, .anchors = {pki().root.certificate, pki().middle.certificate}};
    EXPECT_NE(verify({leaf.certificate}, both), X509_V_OK);
    const Trust only_middle{.system = false, .anchors = {pki().middle.certificate}};
    EXPECT_EQ(verify({leaf.certificate}, only_middle), X509_V_OK);
}

TEST(Trust, AnotherCaOrNoneIsNoTrust) {
    const Minted other = mint_ca("root");
    const Minted leaf = mint({}, &other);
    EXPECT_NE(verify({leaf.certificate}), X509_V_OK);
    const Minted self = mint({});
    EXPECT_EQ(verify({self.certificate}), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    EXPECT_NE(verify({mint({}, &pki().root).certificate}, Trust{.system = false, .anchors = {}}), X509_V_OK);
    EXPECT_NE(verify({self.certificate}, Trust{}), X509_V_OK);
}

TEST(Trust, OneFaultIsOneFailure) {
    MintOptions options;
    options.not_before = -7200;
    options.not_after = -3600;
    const Minted expired = mint(options, &pki().middle);
    EXPECT_EQ(verify(pki().chain(expired)), X509_V_OK);
    options = {};
    options.extended_key_usage = "clientAuth";
    const Minted client = mint(options, &pki().middle);
    EXPECT_EQ(verify(pki().chain(client)), X509_V_OK);
    EXPECT_EQ(server_usage(client.certificate), ServerUsage::no_server_auth);
    options = {};
    options.rsa_bits = 1024;
    options.digest = "SHA1";
    const Minted weak = mint(options, &pki().middle);
    EXPECT_EQ(verify(pki().chain(weak)), X509_V_OK);
    EXPECT_EQ(weakness_of(strength_of(weak.certificate), true), "an RSA key of 1024 bits");
    // The same moment that leaves the leaf alone condemns the intermediate above it.
    const ChainVerdict late = verify_chain(pki().chain(expired), pki().trust, Clock::now() + 24h * 365 * 20);
    EXPECT_EQ(late.error, X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_GE(late.depth, 1);
}

TEST(Trust, NamesFollowRfc9525) {
    MintOptions options;
    options.common_name = "cn.example";
    options.subject_alt_name = "DNS:a.example,DNS:*.w.example,IP:192.0.2.1";
    const Certificate leaf = mint(options).certificate;
    EXPECT_TRUE(matches_host(leaf, "a.example"));
    EXPECT_TRUE(matches_host(leaf, "A.Example"));
    EXPECT_TRUE(matches_host(leaf, "x.w.example"));
    EXPECT_TRUE(matches_host(leaf, "192.0.2.1"));
    EXPECT_FALSE(matches_host(leaf, "x.y.w.example"));
    EXPECT_FALSE(matches_host(leaf, "w.example"));
    EXPECT_FALSE(matches_host(leaf, "cn.example"));
    EXPECT_FALSE(matches_host(leaf, "192.0.2.2"));
    EXPECT_EQ(subject_alt_names(leaf), "DNS:a.example, DNS:*.w.example, IP:192.0.2.1");
    options.subject_alt_name.clear();
    EXPECT_FALSE(matches_host(mint(options).certificate, "cn.example"));
    options.subject_alt_name = "DNS:b*.example";
    EXPECT_FALSE(matches_host(mint(options).certificate, "bc.example"));
}

TEST(Trust, StrengthAndUsage) {
    const KeyStrength good = strength_of(mint({}, &pki().middle).certificate);
    EXPECT_EQ(good.key_type, "EC");
    EXPECT_EQ(good.bits, 256);
    EXPECT_EQ(good.signature_digest, "SHA256");
    EXPECT_EQ(weakness_of(good, true), "");
    MintOptions options;
    options.curve = "secp192k1";
    EXPECT_EQ(weakness_of(strength_of(mint(options).certificate), true), "an EC key of 192 bits");
    options = {};
    options.digest = "SHA1";
    EXPECT_EQ(weakness_of(strength_of(mint(options).certificate), true), "a signature with SHA1");
    EXPECT_EQ(weakness_of(strength_of(mint(options).certificate), false), "");
    EXPECT_EQ(server_usage(mint({}).certificate), ServerUsage::allowed);
    options = {};
    options.extended_key_usage.clear();
    EXPECT_EQ(server_usage(mint(options).certificate), ServerUsage::allowed);
    for (const char* unfit : {"keyEncipherment", "keyAgreement", "keyCertSign"}) {
        options.key_usage = unfit;
        EXPECT_EQ(server_usage(mint(options).certificate), ServerUsage::key_usage) << unfit;
    }
    options.key_usage = "digitalSignature,keyEncipherment";
    EXPECT_EQ(server_usage(mint(options).certificate), ServerUsage::allowed);
    EXPECT_EQ(server_usage(mint_ca("ca").certificate), ServerUsage::ca);
    EXPECT_TRUE(is_self_signed(mint({}).certificate));
    EXPECT_FALSE(is_self_signed(pki().middle.certificate));
    const auto period = validity_of(mint({}).certificate);
    ASSERT_TRUE(period);
    EXPECT_LT(period->not_before, Clock::now());
    EXPECT_GT(period->not_after, Clock::now() + 24h * 89);
}

TEST(Trust, NoEndIsNoPast) {
    // RFC 5280 4.1.2.5: what a certificate without an end says; beyond what the system clock can count to.
    const Certificate endless = mint({}).certificate;
    ASN1_TIME* never = ASN1_TIME_new();
    ASSERT_EQ(ASN1_TIME_set_string_X509(never, "99991231235959Z"), 1);
    ASSERT_EQ(X509_set1_notAfter(endless.get(), never), 1);
    ASN1_TIME_free(never);
    const auto period = validity_of(endless);
    ASSERT_TRUE(period);
    EXPECT_GT(period->not_after, Clock::now() + 24h * 365 * 100);
}

std::string ocsp_for(const Minted& leaf, const Minted& signer, int status, long from, long to) {
    OCSP_BASICRESP* basic = OCSP_BASICRESP_new();
    OCSP_CERTID* id = OCSP_cert_to_id(EVP_sha1(), leaf.certificate.get(), pki().middle.certificate.get());
    ASN1_TIME* this_update = X509_gmtime_adj(nullptr, from);
    ASN1_TIME* next_update = X509_gmtime_adj(nullptr, to);
    ASN1_TIME* revoked = status == V_OCSP_CERTSTATUS_REVOKED ? X509_gmtime_adj(nullptr, from) : nullptr;
    OCSP_basic_add1_status(basic, id, status, 0, revoked, this_update, next_update);
    OCSP_basic_sign(basic, signer.certificate.get(), signer.key.get(), EVP_sha256(), nullptr, 0);
    OCSP_RESPONSE* response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    unsigned char* bytes = nullptr;
    const int length = i2d_OCSP_RESPONSE(response, &bytes);
    std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(length));
    OPENSSL_free(bytes);
    OCSP_RESPONSE_free(response);
    ASN1_TIME_free(revoked);
    ASN1_TIME_free(next_update);
    ASN1_TIME_free(this_update);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    return der;
}

TEST(Trust, AStapledResponseIsJudgedInFull) {
    const Minted leaf = mint({}, &pki().middle);
    const Minted other = mint({}, &pki().middle);
    const auto judged = [&](const std::string& der) {
        return judge_ocsp(der, pki().chain(leaf), pki().trust, Clock::now()).verdict;
    };
    const long hour = 3600;
    EXPECT_EQ(judged(ocsp_for(leaf, pki().middle, V_OCSP_CERTSTATUS_GOOD, -hour, hour)), OcspVerdict::good);
    EXPECT_EQ(judged(ocsp_for(leaf, pki().middle, V_OCSP_CERTSTATUS_REVOKED, -hour, hour)), OcspVerdict::revoked);
    EXPECT_EQ(judged(ocsp_for(leaf, pki().middle, V_OCSP_CERTSTATUS_UNKNOWN, -hour, hour)), OcspVerdict::unknown);
    EXPECT_EQ(judged(ocsp_for(leaf, pki().middle, V_OCSP_CERTSTATUS_GOOD, -2 * hour, -hour)), OcspVerdict::not_current);
    EXPECT_EQ(judged(ocsp_for(leaf, pki().middle, V_OCSP_CERTSTATUS_GOOD, hour, 2 * hour)), OcspVerdict::not_current);
    EXPECT_EQ(judged(ocsp_for(other, pki().middle, V_OCSP_CERTSTATUS_GOOD, -hour, hour)),
              OcspVerdict::wrong_certificate);
    EXPECT_EQ(judged(ocsp_for(leaf, mint_ca("stranger"), V_OCSP_CERTSTATUS_GOOD, -hour, hour)),
              OcspVerdict::bad_signature);
    EXPECT_EQ(judged("garbage"), OcspVerdict::malformed);
    EXPECT_EQ(judged(std::string("\x30\x03\x0a\x01\x03", 5)), OcspVerdict::unsuccessful);
    MintOptions options;
    options.extended_key_usage = "OCSPSigning";
    const Minted delegate = mint(options, &pki().middle);
    EXPECT_EQ(judged(ocsp_for(leaf, delegate, V_OCSP_CERTSTATUS_GOOD, -hour, hour)), OcspVerdict::good);
    EXPECT_EQ(judged(ocsp_for(leaf, other, V_OCSP_CERTSTATUS_GOOD, -hour, hour)), OcspVerdict::bad_signature);
}

}  // namespace
}  // namespace gateproof::test::trust_test
