// A private key that stays in a PKCS#11 token (SoftHSM) speaks for the client, through the loader and both probes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/probe/forge/forge.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/probe/tls/session.hpp"
#include "harness/profile/read/load.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

const std::string pin = "canary-4711";

std::string pem_of(const Minted& made, bool key) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
    if (key) {
        PEM_write_bio_PKCS8PrivateKey(out.get(), made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    } else {
        PEM_write_bio_X509(out.get(), made.certificate.get());
    }
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

void write_file(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

/// A token with an EC and an RSA identity, in a folder of its own.
class Token {
public:
    Token() {
        std::string pattern = (fs::temp_directory_path() / "gateproof-token-XXXXXX").string();
        folder = mkdtemp(pattern.data()) == nullptr ? fs::path() : fs::path(pattern);
        fs::create_directory(folder / "tokens");
        write_file(folder / "softhsm2.conf", "directories.tokendir = " + (folder / "tokens").string() +
                                                 "\nobjectstore.backend = file\nlog.level = ERROR\n");
        setenv("SOFTHSM2_CONF", (folder / "softhsm2.conf").c_str(), 1);
        setenv("PKCS11_MODULE_PATH", GATEPROOF_SOFTHSM, 1);
        setenv("GATEPROOF_TEST_PIN", pin.c_str(), 1);
        setenv("GATEPROOF_TEST_WRONG_PIN", "wrong-0000", 1);
        if (!fs::exists(GATEPROOF_SOFTHSM)) {
            missing = "SoftHSM is not installed (Debian: softhsm2)";
        } else if (!tool("softhsm2-util --init-token --free --label card --so-pin 123456 --pin " + pin)) {
            missing = "softhsm2-util cannot make a token";
        } else if (!tool("openssl engine pkcs11")) {
            missing = "the OpenSSL engine pkcs11 is not installed (Debian: libengine-pkcs11-openssl)";
        } else if (!keep(ec, "ec", "01") || !keep(rsa, "rsa", "02")) {
            missing = "pkcs11-tool is not installed (Debian: opensc), or refuses the objects";
        }
    }
    ~Token() {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

    fs::path folder;
    std::string missing;  ///< why there is no token; empty: there is one
    Minted ca = mint_ca("test CA");
    Minted server = mint({}, &ca);
    Minted ec = mint({.common_name = "ec", .extended_key_usage = "clientAuth"}, &ca);
    Minted rsa = mint({.common_name = "rsa", .extended_key_usage = "clientAuth", .rsa_bits = 2048}, &ca);

private:
    [[nodiscard]] bool tool(const std::string& command) const {
        return std::system((command + " >>'" + (folder / "log").string() + "' 2>&1").c_str()) == 0;
    }
    [[nodiscard]] bool keep(const Minted& made, const std::string& label, const std::string& id) const {
        const fs::path pem = folder / (label + ".pem");
        const fs::path key = folder / (label + ".key");
        write_file(pem, pem_of(made, false));
        write_file(key, pem_of(made, true));
        const std::string der = (folder / (label + ".der")).string();
        write_file(der, made.certificate.der());
        const bool done = tool("softhsm2-util --import '" + key.string() + "' --token card --label " + label +
                               " --id " + id + " --pin " + pin) &&
                          tool("pkcs11-tool --module '" GATEPROOF_SOFTHSM "' --token-label card --login --pin " + pin +
                               " --write-object '" + der + "' --type cert --label " + label + " --id " + id);
        fs::remove(key);  // from here on the token alone has it
        return done;
    }
};

/// Made once for the whole program: the engine keeps its module for good.
Token& token() {
    static Token made;
    return made;
}

LoadedProfile load(const std::string& identity) {
    const std::string text =
        R"({"name": "p", "environment": "test", "channel": "cloud", "endpoint": {"url": "https://g.example:4046"},
            "operations": {"status": {"path": "/status"}}, "control": "status", "identities": {"enrolled": {)" +
        identity + "}}}";
    LoadedProfile loaded = load_profile_text(text, "p.json", token().folder);
    EXPECT_EQ(ERR_peek_error(), 0UL) << "the OpenSSL error queue is not empty";
    return loaded;
}

void expect_problem(const std::string& identity, const std::string& message) {
    const LoadedProfile loaded = load(identity);
    EXPECT_FALSE(loaded.profile);
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_THAT(loaded.problems.front().message, HasSubstr(message));
    EXPECT_THAT(loaded.problems.front().message, ::testing::Not(HasSubstr(pin)));
}

const std::string pin_of_env = R"("passphrase": "env:GATEPROOF_TEST_PIN")";

std::string identity_in_token(const std::string& label) {
    return R"("certificate": "pkcs11:token=card;object=)" + label +
           R"(;type=cert", "key": "pkcs11:token=card;object=)" + label + R"(;type=private", )" + pin_of_env;
}

/// Answers "DSP: <CN of the client>" after a request.
Peer::Script whoami(int version) {
    return [version](tcp::socket& socket) {
        ServerTls tls(socket, token().server, demand_certificate(token().ca, version));
        if (tls.handshake()) {
            tls.read();
            const Certificate peer{CertificateHandle(SSL_get1_peer_certificate(tls.ssl()))};
            const std::string name = peer.common_name();
            tls.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(name.size()) +
                      "\r\n\r\n" + name);
            SSL_shutdown(tls.ssl());
        }
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    };
}

// First: once the engine is loaded it stays.
TEST(Token, WithoutTheEngineTheMessageSaysWhatToInstall) {
    if (!token().missing.empty()) {
        GTEST_SKIP() << token().missing;
    }
    setenv("OPENSSL_ENGINES", token().folder.c_str(), 1);
    expect_problem(R"("certificate": "file:ec.pem", "key": "pkcs11:token=card;object=ec;type=private")",
                   "apt-get install libengine-pkcs11-openssl and your token's module; set PKCS11_MODULE_PATH");
    unsetenv("OPENSSL_ENGINES");
}

// Second: a token stays open for the whole program once a PIN has opened it.
TEST(Token, AWrongOrMissingPinIsSaidAndNotAskedFor) {
    if (!token().missing.empty()) {
        GTEST_SKIP() << token().missing;
    }
    const std::string key = R"("certificate": "file:ec.pem", "key": "pkcs11:token=card;object=ec;type=private")";
    expect_problem(key, "whether it needs a PIN");
    expect_problem(key + R"(, "passphrase": "env:GATEPROOF_TEST_WRONG_PIN")", "the passphrase is the token's PIN");
    const LoadedProfile loaded = load(key + ", " + pin_of_env);
    EXPECT_TRUE(loaded.profile) << loaded.problems.front().text();
}

class TokenKinds : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!token().missing.empty()) {
            GTEST_SKIP() << token().missing;
        }
    }
};

TEST_P(TokenKinds, SpeaksForTheClientInBothProbes) {
    const std::string label = GetParam();
    const LoadedProfile loaded = load(identity_in_token(label));
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
    EXPECT_THAT(loaded.secrets, Contains(pin));
    const std::shared_ptr<const Identity> identity = loaded.profile->identities.at("enrolled");
    EXPECT_EQ(identity->leaf.common_name(), label);
    boost::asio::io_context loop;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Peer peer(whoami(version));
        TlsOptions options;
        options.endpoint = peer.endpoint();
        options.server_name = "localhost";
        options.identity = identity;
        {
            TlsSession session(loop.get_executor(), options);
            ASSERT_TRUE(run(loop, session.connect()).ok());
            ASSERT_TRUE(run(loop, session.write("GET / HTTP/1.1\r\n\r\n")).ok());
            EXPECT_THAT(run(loop, session.read()).bytes, HasSubstr("\r\n\r\n" + label));
        }

        HttpClient client(loop.get_executor());
        HttpRequest request;
        request.endpoint = peer.endpoint();
        request.identity = identity;
        const HttpOutcome outcome = run(loop, client.send(std::move(request)));
        ASSERT_TRUE(outcome.response);
        EXPECT_EQ(outcome.response->body, label);
    }
    // A token's key can sign for what only its owner can make, and be copied by its certificate alone.
    ASSERT_TRUE(forge::signed_by_leaf(*identity));
    EXPECT_EQ(X509_verify(forge::signed_by_leaf(*identity)->leaf.get(), X509_get0_pubkey(identity->leaf.get())), 1);
    EXPECT_TRUE(forge::stolen_certificate(*identity));
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST_P(TokenKinds, TheCertificateMayBeAFile) {
    const std::string label = GetParam();
    const LoadedProfile loaded =
        load(R"("certificate": "file:)" + label + R"(.pem", "key": "pkcs11:token=card;object=)" + label +
             R"(;type=private", )" + pin_of_env);
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
}

INSTANTIATE_TEST_SUITE_P(Keys, TokenKinds, testing::Values("ec", "rsa"),
                         [](const auto& given) { return std::string(given.param); });

TEST(Token, EveryWrongWayHasItsMessage) {
    if (!token().missing.empty()) {
        GTEST_SKIP() << token().missing;
    }
    const std::string certificate = R"("certificate": "file:ec.pem", )";
    expect_problem(certificate + R"("key": "pkcs11:token=card;object=none;type=private", )" + pin_of_env,
                   "leads to no private key");
    expect_problem(certificate + R"("key": "pkcs11:token=none;object=ec;type=private", )" + pin_of_env,
                   "check that the token is there");
    expect_problem(certificate + R"("key": "pkcs11:token=card;object=rsa;type=private", )" + pin_of_env,
                   "the private key does not match the certificate of CN=ec");
    expect_problem(R"("certificate": "pkcs11:token=card;object=none;type=cert", "key": "file:none.key")",
                   "does not exist");
    expect_problem(certificate + R"("key": "pkcs11:token=card;object=ec?pin-value=)" + pin + R"(")",
                   "remove pin-value");
}

}  // namespace
}  // namespace gateproof::test
