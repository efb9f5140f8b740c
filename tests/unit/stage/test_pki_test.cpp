// The PKI that stays in a folder.
#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/identity/load_identity.hpp"
#include "tests/unit/stage/support.hpp"

namespace gateproof::stage::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Folder : public testing::Test {
protected:
    void TearDown() override { fs::remove_all(folder); }
    [[nodiscard]] TestPki::Opened open(const std::string& host = "gateway.gateproof.test") const {
        return TestPki::open({.folder = folder, .hosts = {host}, .client_name = "dsp.example"});
    }
    fs::path folder = testing::TempDir() + "test_pki_" + std::to_string(::getpid());
};

TEST_F(Folder, IsMadeOnceAndStays) {
    const TestPki::Opened first = open();
    ASSERT_TRUE(first.pki) << first.fault;
    EXPECT_TRUE(first.made);
    const auto pins = first.pki->pins();
    const std::string certificate = text_of(folder / "ca.pem");
    const Certificate client = first.pki->client()->leaf;
    fs::remove(folder / "ca.p12");
    const TestPki::Opened second = open();
    ASSERT_TRUE(second.pki) << second.fault;
    EXPECT_FALSE(second.made);
    EXPECT_EQ(second.pki->pins(), pins);
    EXPECT_EQ(text_of(folder / "ca.pem"), certificate);
    EXPECT_EQ(second.pki->client()->leaf.der(), client.der());
    EXPECT_TRUE(fs::exists(folder / "ca.p12")) << "what is missing is written again";
    EXPECT_EQ(first.pki->server().key != nullptr, true);
    EXPECT_EQ(EVP_PKEY_eq(first.pki->server().key.get(), second.pki->server().key.get()), 1) << "pins stay good";
}

TEST_F(Folder, KeepsItsKeysToItself) {
    ASSERT_TRUE(open().pki);
    int keys = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.is_regular_file()) {
            continue;
        }
        struct stat status {};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        const bool secret =
            text_of(entry.path()).find("PRIVATE KEY") != std::string::npos || entry.path().filename() == "client.p12";
        keys += secret ? 1 : 0;
        if (secret) {
            EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
        }
    }
    EXPECT_GE(keys, 9);
    EXPECT_EQ(fs::status(folder).permissions() & fs::perms::mask, fs::perms::owner_all);
}

TEST_F(Folder, IsForItsHostsAlone) {
    const TestPki::Opened made = open();
    ASSERT_TRUE(made.pki);
    const TestPki::Opened other = open("another.example");
    EXPECT_FALSE(other.pki);
    EXPECT_THAT(other.fault, HasSubstr("is for test and not for another.example"));
    EXPECT_TRUE(open("another.test").pki) << "below the same domain that nobody can own";
    const std::string show =
        run_program({"openssl", "x509", "-in", (folder / "ca.pem").string(), "-noout", "-text"}).output;
    EXPECT_THAT(show, HasSubstr("Name Constraints: critical"));
    EXPECT_THAT(show, HasSubstr("DNS:test\n")) << "the whole of a domain that nobody can own (RFC 6761 6)";
    EXPECT_THAT(show, HasSubstr("IP:127.0.0.0/255.0.0.0"));
}

TEST(TestPki, MayNameItsHostAndNoOther) {
    const auto may_name = [](const std::string& host, const std::string& name) {
        const std::shared_ptr<TestPki> pki = TestPki::in_memory({host});
        return pki->may_name(pki->server({.names = {name}, .common_name = "other." + host}).chain.front());
    };
    EXPECT_TRUE(may_name("services.example.org", "services.example.org"));
    EXPECT_TRUE(may_name("services.example.org", "*.services.example.org"));
    EXPECT_TRUE(may_name("services.example.org", std::string("services.example.org") + '\0' + ".services.example.org"));
    EXPECT_FALSE(may_name("services.example.org", "*.org"));
    EXPECT_FALSE(may_name("services.example.org", "s*.example.org"));
    EXPECT_TRUE(may_name("gateway.gateproof.test", "*.test"));
    EXPECT_TRUE(may_name("gateway.gateproof.test", "gateway.*.test"));
    EXPECT_FALSE(may_name("gateway.gateproof.test", "gateway.gateproof.example"));
}

TEST_F(Folder, SaysWhichFileIsBroken) {
    ASSERT_TRUE(open().pki);
    std::ofstream(folder / "issuing.key") << "nothing";
    const TestPki::Opened again = open();
    EXPECT_FALSE(again.pki);
    EXPECT_THAT(again.fault, HasSubstr("issuing"));
    EXPECT_THAT(again.fault, HasSubstr("restore that file"));
}

TEST_F(Folder, ThatCannotBeWrittenIsAFault) {
    folder = "/proc/gateproof-pki";
    EXPECT_THAT(open().fault, HasSubstr("cannot be written"));
}

TEST_F(Folder, HasAFileForEachStack) {
    const TestPki::Opened made = open();
    ASSERT_TRUE(made.pki) << made.fault;
    for (const auto& [name, value] : made.pki->environment()) {
        if (value.starts_with("/")) {
            EXPECT_TRUE(fs::exists(value)) << name;
        }
    }
    EXPECT_THAT(text_of(made.pki->file("pins.txt")), HasSubstr(made.pki->pins().at("root") + " root"));
    const IdentityLoad client =
        identity_from_pkcs12("client", text_of(made.pki->file("client.p12")), TestPki::password);
    ASSERT_TRUE(client.identity) << client.fault;
    EXPECT_EQ(client.identity->leaf.common_name(), "dsp.example");
    Scene scene;
    scene.shown = made.pki->server();
    const std::string chain = folder / "chain.pem";
    BIO* out = BIO_new_file(chain.c_str(), "w");
    for (const Certificate& one : scene.shown.chain) {
        PEM_write_bio_X509(out, one.get());
    }
    BIO_free(out);
    EXPECT_EQ(run_program({"openssl", "verify", "-CApath", (folder / "hashes").string(), "-untrusted", chain,
                           "-verify_hostname", "gateway.gateproof.test", chain})
                  .code,
              0);
}

TEST_F(Folder, JavaTrustsItsStore) {
    if (run_program({"keytool", "-help"}).code != 0) {
        GTEST_SKIP() << "no keytool here";
    }
    ASSERT_TRUE(open().pki);
    const Ran ran = run_program({"keytool", "-list", "-keystore", (folder / "ca.p12").string(), "-storetype", "PKCS12",
                                 "-storepass", TestPki::password});
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("trustedCertEntry"));
}

TEST(TestPki, MakesAnotherIdentityOfTheSameName) {
    const std::shared_ptr<const Identity> again = pki().client_again(10);
    EXPECT_EQ(again->leaf.common_name(), pki().client()->leaf.common_name());
    EXPECT_NE(EVP_PKEY_eq(again->key.get(), pki().client()->key.get()), 1);
    EXPECT_THAT(pki().client_authorities(), testing::SizeIs(2)) << "its CA, and the root above that";
}

}  // namespace
}  // namespace gateproof::stage::test
