// Certificates and identities from PEM and PKCS#12, through the loader as a user meets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <cstdlib>

#include "harness/profile/read/load.hpp"
#include "tests/unit/profile/pki.hpp"

namespace gateproof::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IdentityTest : public ::testing::Test {
protected:
    IdentityTest() {
        setenv("GATEPROOF_TEST_PASSPHRASE", "correct horse", 1);
        setenv("GATEPROOF_TEST_WRONG", "battery staple", 1);
    }

    /// Loads a profile whose enrolled identity is this object.
    [[nodiscard]] LoadedProfile load(const std::string& identity) const {
        const std::string text =
            R"({"name": "p", "environment": "test", "channel": "cloud", "endpoint": {"url": "https://g.example:4046"},
                "operations": {"status": {"path": "/status"}}, "control": "status",
                "identities": {"enrolled": )" +
            identity + "}}";
        LoadedProfile loaded = load_profile_text(text, "p.json", folder.path());
        EXPECT_EQ(ERR_peek_error(), 0UL) << "the OpenSSL error queue is not empty";
        return loaded;
    }

    void expect_served(const std::string& identity, std::size_t chain) const {
        const LoadedProfile loaded = load(identity);
        ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
        const Identity* enrolled = loaded.profile->identity("enrolled");
        ASSERT_NE(enrolled, nullptr);
        EXPECT_EQ(enrolled->role, "enrolled");
        EXPECT_EQ(enrolled->leaf.common_name(), "client");
        EXPECT_THAT(enrolled->chain, SizeIs(chain));
        ASSERT_NE(enrolled->key, nullptr);
    }

    void expect_problem(const std::string& identity, const std::string& pointer, const std::string& message) const {
        const LoadedProfile loaded = load(identity);
        EXPECT_FALSE(loaded.profile);
        ASSERT_THAT(loaded.problems, SizeIs(1));
        EXPECT_EQ(loaded.problems.front().pointer, "/identities/enrolled" + pointer);
        EXPECT_THAT(loaded.problems.front().message, HasSubstr(message));
    }

    TempFolder folder;
    const PemPair& client = test_identity("client");
};

TEST_F(IdentityTest, PemFiles) {
    folder.write("c.pem", client.certificate);
    folder.write("c.key", client.key);
    folder.write("ca.pem", test_ca().certificate);
    expect_served(R"({"certificate": "file:c.pem", "key": "file:c.key"})", 0);
    expect_served(R"({"certificate": "file:c.pem", "key": "file:c.key", "chain": "file:ca.pem"})", 1);
    EXPECT_THAT(load(R"({"certificate": "file:c.pem", "key": "file:c.key"})").warnings, IsEmpty());
}

TEST_F(IdentityTest, OneFileForAllWithTheChain) {
    folder.write("all.pem", client.certificate + test_ca().certificate + client.key);
    expect_served(R"({"certificate": "file:all.pem", "key": "file:all.pem"})", 1);
}

TEST_F(IdentityTest, LeafMustComeFirst) {
    folder.write("c.pem", test_ca().certificate + client.certificate);
    folder.write("c.key", client.key);
    expect_problem(R"({"certificate": "file:c.pem", "key": "file:c.key"})", "/certificate",
                   "put the client's own certificate first");
}

TEST_F(IdentityTest, ChainIsPutInPathOrder) {
    const PemPair& root = test_ca();
    const PemPair outer = make_certificate("outer", &root);
    const PemPair inner = make_certificate("inner", &outer);
    const PemPair leaf = make_certificate("client", &inner);
    folder.write("c.pem", leaf.certificate);
    folder.write("c.key", leaf.key);
    folder.write("chain.pem",
                 root.certificate + outer.certificate + test_identity("x").certificate + inner.certificate);
    const LoadedProfile loaded =
        load(R"({"certificate": "file:c.pem", "key": "file:c.key", "chain": "file:chain.pem"})");
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
    std::vector<std::string> names;
    for (const Certificate& one : loaded.profile->identity("enrolled")->chain) {
        names.push_back(one.common_name());
    }
    EXPECT_THAT(names, ::testing::ElementsAre("inner", "outer", "Test CA", "x"));
}

TEST_F(IdentityTest, EncryptedKeys) {
    folder.write("c.pem", client.certificate);
    for (const std::string& key :
         {encrypted_pkcs8(client, "correct horse"), encrypted_traditional(client, "correct horse")}) {
        folder.write("c.key", key);
        expect_served(
            R"({"certificate": "file:c.pem", "key": "file:c.key", "passphrase": "env:GATEPROOF_TEST_PASSPHRASE"})", 0);
        expect_problem(
            R"({"certificate": "file:c.pem", "key": "file:c.key", "passphrase": "env:GATEPROOF_TEST_WRONG"})",
            "/passphrase", "the passphrase does not open the private key");
        expect_problem(R"({"certificate": "file:c.pem", "key": "file:c.key"})", "/key",
                       "holds an encrypted private key; give \"passphrase\"");
    }
    folder.write("phrase", "correct horse\n");
    expect_served(R"({"certificate": "file:c.pem", "key": "file:c.key", "passphrase": "file:phrase"})", 0);
}

TEST_F(IdentityTest, SecretsAreCollected) {
    folder.write("c.pem", client.certificate);
    folder.write("c.key", encrypted_pkcs8(client, "correct horse"));
    const LoadedProfile loaded =
        load(R"({"certificate": "file:c.pem", "key": "file:c.key", "passphrase": "env:GATEPROOF_TEST_PASSPHRASE"})");
    EXPECT_THAT(loaded.secrets, Contains("correct horse"));
    EXPECT_THAT(loaded.secrets,
                Contains(::testing::AllOf(::testing::StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
                                          ::testing::EndsWith("-----END ENCRYPTED PRIVATE KEY-----"))));
}

TEST_F(IdentityTest, Pkcs12) {
    folder.write("c.p12", make_pkcs12(client, &test_ca(), "correct horse"));
    expect_served(R"({"pkcs12": "file:c.p12", "passphrase": "env:GATEPROOF_TEST_PASSPHRASE"})", 1);
    expect_problem(R"({"pkcs12": "file:c.p12", "passphrase": "env:GATEPROOF_TEST_WRONG"})", "/passphrase",
                   "the passphrase does not open the PKCS#12 file");
    expect_problem(R"({"pkcs12": "file:c.p12"})", "/pkcs12", "is protected; give \"passphrase\"");
    folder.write("open.p12", make_pkcs12(client, nullptr, ""));
    expect_served(R"({"pkcs12": "file:open.p12"})", 0);
    folder.write("cut.p12", make_pkcs12(client, nullptr, "x").substr(0, 100));
    expect_problem(R"({"pkcs12": "file:cut.p12"})", "/pkcs12", "is no PKCS#12 file");
    folder.write("pem.p12", client.certificate);
    expect_problem(R"({"pkcs12": "file:pem.p12"})", "/pkcs12", "holds PEM, not PKCS#12");
}

TEST_F(IdentityTest, DamagedAndWrongFiles) {
    folder.write("c.pem", client.certificate);
    folder.write("c.key", client.key);
    folder.write("empty", "");
    folder.write("cut.pem", client.certificate.substr(0, 200));
    folder.write("cut.key", client.key.substr(0, 100));
    folder.write("der", Certificate::all_from_pem(client.certificate).front().der());
    folder.write("csr", "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n");
    folder.write("other.key", test_identity("other").key);
    expect_problem(R"({"certificate": "file:empty", "key": "file:c.key"})", "/certificate", "is empty");
    expect_problem(R"({"certificate": "file:cut.pem", "key": "file:c.key"})", "/certificate", "cut off or damaged");
    expect_problem(R"({"certificate": "file:der", "key": "file:c.key"})", "/certificate", "openssl x509 -inform der");
    expect_problem(R"({"certificate": "file:csr", "key": "file:c.key"})", "/certificate", "holds a signing request");
    expect_problem(R"({"certificate": "file:c.key", "key": "file:c.key"})", "/certificate",
                   "holds a private key but no certificate");
    expect_problem(R"({"certificate": "file:c.pem", "key": "file:c.pem"})", "/key",
                   "holds a certificate but no private key");
    expect_problem(R"({"certificate": "file:c.pem", "key": "file:cut.key"})", "/key", "cut off or damaged");
    expect_problem(R"({"certificate": "file:c.pem", "key": "file:other.key"})", "/key",
                   "does not match the certificate");
}

TEST_F(IdentityTest, KeyThatOthersCanReadIsAWarning) {
    namespace fs = std::filesystem;
    folder.write("c.pem", client.certificate);
    folder.write("c.key", client.key);
    folder.write("c.p12", make_pkcs12(client, nullptr, "correct horse"));
    fs::permissions(folder.path() / "c.pem", fs::perms::others_read, fs::perm_options::add);
    for (const char* identity : {R"({"certificate": "file:c.pem", "key": "file:c.key"})",
                                 R"({"pkcs12": "file:c.p12", "passphrase": "env:GATEPROOF_TEST_PASSPHRASE"})"}) {
        EXPECT_THAT(load(identity).warnings, IsEmpty());
    }
    fs::permissions(folder.path() / "c.key", fs::perms::group_read, fs::perm_options::add);
    fs::permissions(folder.path() / "c.p12", fs::perms::others_read, fs::perm_options::add);
    for (const char* identity : {R"({"certificate": "file:c.pem", "key": "file:c.key"})",
                                 R"({"pkcs12": "file:c.p12", "passphrase": "env:GATEPROOF_TEST_PASSPHRASE"})"}) {
        const LoadedProfile loaded = load(identity);
        EXPECT_TRUE(loaded.profile);
        ASSERT_THAT(loaded.warnings, SizeIs(1));
        EXPECT_THAT(loaded.warnings.front().message, HasSubstr("chmod 600"));
    }
}

TEST(CertificateTest, NamesAreUtf8WithControlsEscaped) {
    const PemPair pair = make_certificate("Zo\xC3\xAB, \x1B[31m\xC2\x9B");
    const std::vector<Certificate> all = Certificate::all_from_pem(pair.certificate);
    ASSERT_THAT(all, SizeIs(1));
    const Certificate& one = all.front();
    EXPECT_EQ(one.subject(), "CN=Zo\xC3\xAB\\, \\1B[31m\\C2\\9B");
    EXPECT_EQ(one.issuer(), one.subject());
    EXPECT_EQ(one.common_name(), "Zo\xC3\xAB, \x1B[31m\xC2\x9B");
}

TEST(CertificateTest, DerAndFingerprint) {
    const Certificate one = Certificate::all_from_pem(test_ca().certificate).front();
    const std::string der = one.der();
    const auto again = Certificate::from_der(der);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->sha256_fingerprint(), one.sha256_fingerprint());
    EXPECT_EQ(one.sha256_fingerprint().size(), 64U);
    EXPECT_EQ(one.sha256_fingerprint().find_first_not_of("0123456789ABCDEF"), std::string::npos);
    EXPECT_FALSE(Certificate::from_der(der + "x"));
    EXPECT_FALSE(Certificate::from_der(der.substr(1)));
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(CertificateTest, AllOrNothingFromPem) {
    const std::string& pem = test_ca().certificate;
    EXPECT_THAT(Certificate::all_from_pem(pem + "some text\n" + test_identity("x").certificate), SizeIs(2));
    EXPECT_THAT(Certificate::all_from_pem(pem + pem.substr(0, 150)), IsEmpty());
    EXPECT_THAT(Certificate::all_from_pem(""), IsEmpty());
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

}  // namespace
}  // namespace gateproof::testing
