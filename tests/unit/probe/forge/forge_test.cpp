// Each made identity is judged by OpenSSL's own verifier and handshake: it must be wrong in its one way alone.
#include "harness/probe/forge/forge.hpp"

#include <gtest/gtest.h>
#include <malloc.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>

#include "tests/unit/probe/forge/handshake.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::test {
namespace {

struct Kind {
    const char* name;
    int rsa_bits;
    const char* curve;
};

void PrintTo(const Kind& kind, std::ostream* out) {
    *out << kind.name;
}

struct Parties {
    explicit Parties(const Kind& kind)
        : ca(mint_ca("Issuing CA")),
          leaf(mint({.common_name = "DSP 4711",
                     .subject_alt_name = "DNS:dsp.example",
                     .extended_key_usage = "clientAuth,emailProtection",
                     .basic_constraints = "critical,CA:FALSE",
                     .digest = "SHA384",
                     .rsa_bits = kind.rsa_bits,
                     .curve = kind.curve},
                    &ca)),
          genuine(*identity_of(leaf, {ca.certificate})),
          issuer{ca.certificate, {}, ca.key} {}
    Minted ca;
    Minted leaf;
    Identity genuine;
    Issuer issuer;
};

/// X509_V_* of a path from the identity's leaf to `root`, as a server would judge a client.
int verify(const Identity& identity, const Certificate& root, int purpose = X509_PURPOSE_SSL_CLIENT) {
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), &X509_STORE_free);
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                                  &X509_STORE_CTX_free);
    STACK_OF(X509)* chain = sk_X509_new_null();
    for (const Certificate& one : identity.chain) {
        sk_X509_push(chain, one.get());
    }
    X509_STORE_add_cert(store.get(), root.get());
    X509_STORE_CTX_init(context.get(), store.get(), identity.leaf.get(), chain);
    X509_STORE_CTX_set_purpose(context.get(), purpose);
    const int good = X509_verify_cert(context.get());
    const int error = X509_STORE_CTX_get_error(context.get());
    sk_X509_free(chain);
    ERR_clear_error();
    return good == 1 ? X509_V_OK : error;
}

bool signed_by(const Certificate& certificate, EVP_PKEY* key) {
    const bool good = X509_verify(certificate.get(), key) == 1;
    ERR_clear_error();
    return good;
}

std::string extension(const Certificate& certificate, int nid) {
    const int at = X509_get_ext_by_NID(certificate.get(), nid, -1);
    if (at < 0) {
        return "none";
    }
    X509_EXTENSION* found = X509_get_ext(certificate.get(), at);
    const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(found);
    return std::string(X509_EXTENSION_get_critical(found) == 1 ? "critical " : "") +
           std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                       static_cast<std::size_t>(ASN1_STRING_length(value)));
}

std::vector<std::string> common_names(const Certificate& certificate) {
    std::vector<std::string> names;
    const X509_NAME* subject = X509_get_subject_name(certificate.get());
    for (int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); at >= 0;
         at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) {
        const ASN1_STRING* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
        names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                           static_cast<std::size_t>(ASN1_STRING_length(text)));
    }
    return names;
}

/// A twin says what the genuine certificate says, in everything but number, key and signature.
void expect_copy(const Identity& made, const Identity& genuine) {
    EXPECT_EQ(made.leaf.subject(), genuine.leaf.subject());
    EXPECT_NE(made.leaf.der(), genuine.leaf.der());
    EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(made.leaf.get()), X509_get0_serialNumber(genuine.leaf.get())), 0);
    EXPECT_EQ(ASN1_TIME_compare(X509_get0_notBefore(made.leaf.get()), X509_get0_notBefore(genuine.leaf.get())), 0);
    EXPECT_EQ(ASN1_TIME_compare(X509_get0_notAfter(made.leaf.get()), X509_get0_notAfter(genuine.leaf.get())), 0);
    for (const int nid : {NID_basic_constraints, NID_subject_alt_name, NID_ext_key_usage}) {
        EXPECT_EQ(extension(made.leaf, nid), extension(genuine.leaf, nid)) << OBJ_nid2sn(nid);
    }
    EXPECT_NE(extension(made.leaf, NID_subject_key_identifier), "none");
    EXPECT_NE(extension(made.leaf, NID_authority_key_identifier), "none");
    const EVP_PKEY* ours = X509_get0_pubkey(made.leaf.get());
    const EVP_PKEY* theirs = X509_get0_pubkey(genuine.leaf.get());
    EXPECT_STREQ(EVP_PKEY_get0_type_name(ours), EVP_PKEY_get0_type_name(theirs));
    EXPECT_EQ(EVP_PKEY_get_bits(ours), EVP_PKEY_get_bits(theirs));
    EXPECT_NE(EVP_PKEY_eq(ours, theirs), 1);
    EXPECT_EQ(X509_check_private_key(made.leaf.get(), made.key.get()), 1);
}

class Forge : public testing::TestWithParam<Kind> {
protected:
    ~Forge() override { EXPECT_EQ(ERR_peek_error(), 0UL) << "the OpenSSL error queue is not empty"; }
    Parties pki{GetParam()};
};

TEST_P(Forge, TheSelfSignedTwinVerifiesByItselfAlone) {
    const auto twin = forge::self_signed_twin(pki.genuine);
    ASSERT_TRUE(twin);
    EXPECT_EQ(ERR_peek_error(), 0UL);
    expect_copy(*twin, pki.genuine);
    EXPECT_TRUE(twin->chain.empty());
    EXPECT_EQ(twin->leaf.issuer(), pki.genuine.leaf.subject());
    EXPECT_TRUE(signed_by(twin->leaf, twin->key.get()));
    EXPECT_EQ(verify(*twin, twin->leaf), X509_V_OK);
    EXPECT_EQ(verify(*twin, pki.ca.certificate), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

TEST_P(Forge, TheLookAlikeHasTheIssuersNameButNotItsKey) {
    for (const bool ca_known : {true, false}) {
        Identity genuine = pki.genuine;
        if (!ca_known) {
            genuine.chain.clear();
        }
        const auto twin = forge::look_alike_ca_twin(genuine);
        ASSERT_TRUE(twin);
        EXPECT_EQ(ERR_peek_error(), 0UL);
        expect_copy(*twin, genuine);
        ASSERT_EQ(twin->chain.size(), 1U);
        EXPECT_EQ(twin->leaf.issuer(), genuine.leaf.issuer());
        EXPECT_EQ(twin->chain.front().subject(), pki.ca.certificate.subject());
        EXPECT_EQ(X509_check_ca(twin->chain.front().get()), 1);
        EXPECT_EQ(verify(*twin, twin->chain.front()), X509_V_OK);
        EXPECT_NE(verify(*twin, pki.ca.certificate), X509_V_OK);
        EXPECT_FALSE(signed_by(twin->leaf, pki.ca.key.get()));
    }
}

TEST_P(Forge, ALeafUnderALeafFailsForTheIssuerIsNoCa) {
    const auto made = forge::signed_by_leaf(pki.genuine);
    ASSERT_TRUE(made);
    EXPECT_EQ(ERR_peek_error(), 0UL);
    expect_copy(*made, pki.genuine);
    ASSERT_EQ(made->chain.size(), 2U);
    EXPECT_EQ(made->chain.front().der(), pki.genuine.leaf.der());
    EXPECT_TRUE(signed_by(made->leaf, pki.genuine.key.get()));
    EXPECT_EQ(verify(*made, pki.ca.certificate), X509_V_ERR_INVALID_CA);
}

TEST_P(Forge, OneBitOfTheSignatureIsEnough) {
    const auto made = forge::tampered(pki.genuine);
    ASSERT_TRUE(made);
    EXPECT_EQ(ERR_peek_error(), 0UL);
    EXPECT_EQ(verify(pki.genuine, pki.ca.certificate), X509_V_OK);
    EXPECT_EQ(verify(*made, pki.ca.certificate), X509_V_ERR_CERT_SIGNATURE_FAILURE);
    EXPECT_EQ(X509_check_private_key(made->leaf.get(), made->key.get()), 1);
    const std::string ours = made->leaf.der();
    const std::string theirs = pki.genuine.leaf.der();
    ASSERT_EQ(ours.size(), theirs.size());
    EXPECT_EQ(ours.substr(0, ours.size() - 1), theirs.substr(0, theirs.size() - 1));
}

TEST_P(Forge, AStolenCertificateIsSentWithASignatureThatTheServerRefuses) {
    const auto stolen = forge::stolen_certificate(pki.genuine);
    ASSERT_TRUE(stolen);
    EXPECT_EQ(ERR_peek_error(), 0UL);
    EXPECT_EQ(stolen->leaf.der(), pki.genuine.leaf.der());
    EXPECT_EQ(X509_check_private_key(stolen->leaf.get(), stolen->key.get()), 1);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const Handshake sound = shake_hands(pki.genuine, pki.ca, version);
        EXPECT_TRUE(sound.server_done) << sound.server_error;
        EXPECT_TRUE(sound.sent_certificate_verify);
        const Handshake theft = shake_hands(*stolen, pki.ca, version);
        EXPECT_TRUE(theft.sent_certificate_verify);
        EXPECT_FALSE(theft.server_done);
        EXPECT_EQ(theft.server_error, "bad signature");
        EXPECT_EQ(theft.verify_result, X509_V_OK) << "the chain itself must be accepted";
    }
}

TEST_P(Forge, IssuedCertificatesAreTrueButForWhatWasAskedFor) {
    forge::Spec spec;
    spec.role = "sound";
    const auto made = forge::issued(pki.issuer, pki.genuine, spec);
    ASSERT_TRUE(made);
    EXPECT_EQ(ERR_peek_error(), 0UL);
    EXPECT_EQ(made->role, "sound");
    EXPECT_EQ(made->leaf.subject(), pki.genuine.leaf.subject());
    EXPECT_TRUE(made->chain.empty()) << "a root is not sent";
    EXPECT_EQ(verify(*made, pki.ca.certificate), X509_V_OK);
    EXPECT_TRUE(shake_hands(*made, pki.ca, TLS1_3_VERSION).server_done);

    spec.valid_from_days = -30;
    spec.valid_to_days = -1;
    EXPECT_EQ(verify(*forge::issued(pki.issuer, pki.genuine, spec), pki.ca.certificate), X509_V_ERR_CERT_HAS_EXPIRED);
    spec.valid_from_days = 2;
    spec.valid_to_days = 30;
    EXPECT_EQ(verify(*forge::issued(pki.issuer, pki.genuine, spec), pki.ca.certificate), X509_V_ERR_CERT_NOT_YET_VALID);
    spec = {};
    spec.extended_key_usage = "serverAuth";
    const auto server = forge::issued(pki.issuer, pki.genuine, spec);
    EXPECT_EQ(verify(*server, pki.ca.certificate), X509_V_ERR_INVALID_PURPOSE);
    EXPECT_EQ(verify(*server, pki.ca.certificate, X509_PURPOSE_SSL_SERVER), X509_V_OK);
    spec.extended_key_usage = "";
    EXPECT_EQ(extension(forge::issued(pki.issuer, pki.genuine, spec)->leaf, NID_ext_key_usage), "none");
    spec = {};
    spec.authority = true;
    const auto authority = forge::issued(pki.issuer, pki.genuine, spec);
    EXPECT_EQ(X509_check_ca(authority->leaf.get()), 1);
    EXPECT_NE(verify(*authority, pki.ca.certificate), X509_V_OK) << "its key usage alone forbids it";
    spec.signs_handshakes = true;
    const auto signs = forge::issued(pki.issuer, pki.genuine, spec);
    EXPECT_EQ(X509_check_ca(signs->leaf.get()), 1);
    EXPECT_EQ(verify(*signs, pki.ca.certificate), X509_V_OK) << "nothing but basicConstraints tells that it is a CA";
}

INSTANTIATE_TEST_SUITE_P(Keys, Forge,
                         testing::Values(Kind{"ec256", 0, "P-256"}, Kind{"ec384", 0, "P-384"}, Kind{"rsa", 2048, ""}),
                         [](const auto& given) { return std::string(given.param.name); });

TEST(ForgeEddsa, IsCopiedToo) {
    const Parties pki(Kind{"ec256", 0, "P-256"});
    Identity genuine = pki.genuine;
    const std::shared_ptr<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
    X509* leaf = X509_dup(pki.genuine.leaf.get());
    X509_set_pubkey(leaf, key.get());
    X509_sign(leaf, pki.ca.key.get(), EVP_sha256());
    genuine.leaf = Certificate(CertificateHandle(leaf));
    genuine.key = key;
    ASSERT_TRUE(forge::self_signed_twin(genuine));
    EXPECT_STREQ(EVP_PKEY_get0_type_name(forge::self_signed_twin(genuine)->key.get()), "ED25519");
    EXPECT_TRUE(shake_hands(genuine, pki.ca, TLS1_3_VERSION).server_done);
    const Handshake theft = shake_hands(*forge::stolen_certificate(genuine), pki.ca, TLS1_3_VERSION);
    EXPECT_TRUE(theft.sent_certificate_verify);
    EXPECT_EQ(theft.server_error, "bad signature");
}

TEST(ForgeNames, EveryVariantNamesSomebodyElseAndIsTrulyIssued) {
    const Parties pki(Kind{"ec256", 0, "P-256"});
    const std::string cn = pki.genuine.leaf.common_name();
    std::map<std::string, Certificate> made;
    for (const forge::Spec& spec : forge::common_name_variants(cn)) {
        const auto one = forge::issued(pki.issuer, pki.genuine, spec);
        ASSERT_TRUE(one) << spec.role;
        EXPECT_EQ(verify(*one, pki.ca.certificate), X509_V_OK) << spec.role;
        EXPECT_NE(one->leaf.subject(), pki.genuine.leaf.subject()) << spec.role;
        EXPECT_NE(common_names(one->leaf), std::vector<std::string>{cn}) << spec.role;
        EXPECT_NE(extension(one->leaf, NID_subject_alt_name), extension(pki.genuine.leaf, NID_subject_alt_name));
        EXPECT_TRUE(made.emplace(spec.role, one->leaf).second) << spec.role;
    }
    using Names = std::vector<std::string>;
    EXPECT_EQ(common_names(made.at("cn-with-prefix")), Names{"xDSP 4711"});
    EXPECT_EQ(common_names(made.at("cn-with-suffix")), Names{"DSP 4711x"});
    EXPECT_EQ(common_names(made.at("cn-cut-short")), Names{"DSP 471"});
    EXPECT_EQ(common_names(made.at("cn-in-other-case")), Names{"dsp 4711"});
    EXPECT_EQ(common_names(made.at("cn-with-nul")), Names{std::string("DSP 4711\0.example", 17)});
    EXPECT_EQ(common_names(made.at("cn-with-blank")), Names{"DSP 4711 "});
    EXPECT_EQ(common_names(made.at("cn-with-dot")), Names{"DSP 4711."});
    EXPECT_EQ(common_names(made.at("cn-with-host")), Names{"DSP 4711@gateproof.invalid"});
    EXPECT_EQ(made.count("cn-wildcard"), 0U) << "it has no domain";
    EXPECT_EQ(common_names(made.at("cn-in-organisation")), Names{"gateproof-other"});
    std::array<char, 512> line{};
    X509_NAME_oneline(X509_get_subject_name(made.at("cn-in-organisation").get()), line.data(), line.size());
    EXPECT_NE(std::string(line.data()).find("/CN=DSP 4711/"), std::string::npos) << line.data();
    EXPECT_EQ(common_names(made.at("cn-in-other-attributes")), Names{"gateproof-other"});
    EXPECT_NE(made.at("cn-in-other-attributes").subject().find("OU=DSP 4711"), std::string::npos);
    EXPECT_EQ(common_names(made.at("cn-second")), (Names{"gateproof-other", "DSP 4711"}));
    EXPECT_EQ(common_names(made.at("cn-first-of-two")), (Names{"DSP 4711", "gateproof-other"}));
    EXPECT_EQ(common_names(made.at("cn-in-san-only")), Names{});
    EXPECT_NE(extension(made.at("cn-in-san-only"), NID_subject_alt_name).find("DSP 4711"), std::string::npos);
    EXPECT_NE(extension(made.at("cn-in-san-only"), NID_subject_alt_name).find("critical"), std::string::npos);

    for (const forge::Spec& spec : forge::common_name_variants("42")) {
        EXPECT_NE(spec.role, "cn-in-other-case") << "digits have no case";
    }
    const auto wildcard = forge::common_name_variants("one.dsp.example");
    const auto found = std::ranges::find(wildcard, "cn-wildcard", &forge::Spec::role);
    ASSERT_NE(found, wildcard.end());
    EXPECT_EQ(found->common_name, "*.dsp.example");
}

TEST(ForgeNames, TheNameKeepsItsPlaceInTheSubjectAndMayBeLong) {
    const Parties pki(Kind{"ec256", 0, "P-256"});
    X509* leaf = X509_dup(pki.genuine.leaf.get());
    X509_NAME* subject = X509_NAME_dup(X509_get_subject_name(leaf));
    X509_NAME_add_entry_by_txt(subject, "C", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("CZ"), -1, 0, 0);
    X509_NAME_add_entry_by_txt(subject, "OU", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("u"), -1, -1, 0);
    X509_set_subject_name(leaf, subject);
    X509_NAME_free(subject);
    X509_sign(leaf, pki.ca.key.get(), EVP_sha256());
    Identity genuine = pki.genuine;
    genuine.leaf = Certificate(CertificateHandle(leaf));
    forge::Spec spec;
    spec.common_name = std::string(200, 'a');
    const auto made = forge::issued(pki.issuer, genuine, spec);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->leaf.subject(), "OU=u,CN=" + std::string(200, 'a') + ",C=CZ");
}

TEST(ForgeChain, AnIssuingIntermediateIsSentAlong) {
    const Minted root = mint_ca("Root");
    const Minted middle = mint_ca("Issuing CA", &root);
    const Minted leaf = mint({.common_name = "DSP", .extended_key_usage = "clientAuth"}, &middle);
    const Identity genuine = *identity_of(leaf, {middle.certificate});
    const auto made = forge::issued(Issuer{middle.certificate, {}, middle.key}, genuine, forge::Spec{});
    ASSERT_TRUE(made);
    ASSERT_EQ(made->chain.size(), 1U);
    EXPECT_EQ(verify(*made, root.certificate), X509_V_OK);
    EXPECT_NE(verify(*forge::look_alike_ca_twin(genuine), root.certificate), X509_V_OK);
}

TEST(ForgeKinds, AKeyThatCannotBeCopiedGivesNothing) {
    const Parties pki(Kind{"ec256", 0, "P-256"});
    const std::shared_ptr<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"), &EVP_PKEY_free);
    X509* leaf = X509_dup(pki.genuine.leaf.get());
    X509_set_pubkey(leaf, key.get());
    X509_sign(leaf, pki.ca.key.get(), EVP_sha256());
    Identity genuine = pki.genuine;
    genuine.leaf = Certificate(CertificateHandle(leaf));
    EXPECT_FALSE(forge::self_signed_twin(genuine));
    EXPECT_FALSE(forge::look_alike_ca_twin(genuine));
    EXPECT_FALSE(forge::signed_by_leaf(genuine));
    EXPECT_FALSE(forge::stolen_certificate(genuine));
    EXPECT_FALSE(forge::issued(pki.issuer, genuine, forge::Spec{}));
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(ForgeMemory, AThousandForgeriesLeaveNothingBehind) {
    const Parties pki(Kind{"ec256", 0, "P-256"});
    const std::vector<forge::Spec> specs = forge::common_name_variants("DSP 4711");
    const auto forge_all = [&](std::size_t round) {
        for (const auto& made :
             {forge::self_signed_twin(pki.genuine), forge::look_alike_ca_twin(pki.genuine),
              forge::signed_by_leaf(pki.genuine), forge::stolen_certificate(pki.genuine), forge::tampered(pki.genuine),
              forge::issued(pki.issuer, pki.genuine, specs[round % specs.size()])}) {
            ASSERT_TRUE(made);
            ASSERT_EQ(X509_check_private_key(made->leaf.get(), made->key.get()), 1);
        }
    };
    for (std::size_t round = 0; round < 20; ++round) {
        forge_all(round);
    }
    const std::size_t before = mallinfo2().uordblks;
    for (std::size_t round = 0; round < 170; ++round) {
        forge_all(round);
    }
    const std::size_t after = mallinfo2().uordblks;
    // The allocator keeps freed blocks at hand and counts them as used; one certificate or key left behind by each of
    // the 1,020 forgeries would be a megabyte.
    EXPECT_LT(after, before + 160 * 1024);
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

}  // namespace
}  // namespace gateproof::test
