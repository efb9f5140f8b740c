// Nothing secret leaves the program: distinct canaries in passphrases, keys and tokens, and every output is searched.
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/peers/nginx.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CanaryTest : public NginxTest {
protected:
    /// The key as PKCS #8 under a passphrase.
    static std::string encrypted(const gateway::Credential& identity, const std::string& passphrase) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
        EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), identity.key.get(), EVP_aes_256_cbc(), passphrase.data(),
                                                static_cast<int>(passphrase.size()), nullptr, nullptr),
                  1);
        char* text = nullptr;
        const long size = BIO_get_mem_data(bio.get(), &text);
        return {text, static_cast<std::size_t>(size)};
    }

    /// Every line of the body of a PEM key is a canary.
    void watch_key(const std::string& pem) {
        std::istringstream lines(pem);
        for (std::string line; std::getline(lines, line);) {
            if (line.size() >= 16 && line.find("-----") == std::string::npos) {
                canaries_.push_back(line);
            }
        }
    }
    /// The private number itself, in the spellings of a dump.
    void watch_number(const gateway::Credential& identity) {
        BIGNUM* number = nullptr;
        ASSERT_EQ(EVP_PKEY_get_bn_param(identity.key.get(), "priv", &number), 1);
        char* const hex = BN_bn2hex(number);
        std::string digits(hex);
        OPENSSL_free(hex);
        BN_clear_free(number);
        canaries_.push_back(digits);
        std::transform(digits.begin(), digits.end(), digits.begin(), [](unsigned char c) { return std::tolower(c); });
        canaries_.push_back(digits);
    }

    void expect_clean(const std::string& text, const std::string& where) const {
        for (const std::string& canary : canaries_) {
            EXPECT_THAT(text, Not(HasSubstr(canary))) << where;
        }
    }

    /// Runs the program, keeps what it prints and searches it.
    Finished search(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), GATEPROOF_PROGRAM);
        ProcessOptions options;
        options.environment = {{"CANARY_PASSPHRASE", second_passphrase_}, {"CANARY_TOKEN", token_}};
        Finished finished = run(arguments, options);
        expect_clean(finished.out + finished.err, fmt::format("{}", fmt::join(arguments, " ")));
        return finished;
    }

    std::vector<std::string> canaries_;
    const std::string first_passphrase_ = "canary-one-4f9d27ab";
    const std::string second_passphrase_ = "canary-two-91c3e6d8";
    const std::string token_ = "canary-token-5e02b7f4";
};

TEST_F(CanaryTest, NoOutputHoldsAKeyAPassphraseOrAToken) {
    // The server says back what it was sent, so that the answers' evidence holds secrets too.
    serve({.status = R"(return 200 "OK $http_authorization $http_x_token\n";)"});
    const auto& identities = pki().identities();
    const gateway::Credential& first = identities.find("enrolled")->second;
    const gateway::Credential& second = identities.find("second")->second;
    const std::string first_key = encrypted(first, first_passphrase_);
    const std::string second_key = encrypted(second, second_passphrase_);
    folder_.write("first.key", first_key);
    folder_.write("second.key", second_key);
    folder_.write("first.pass", first_passphrase_ + "\n");
    folder_.write("issuer.crt", pki().client_authority().certificates_pem());
    folder_.write("issuer.key", pki().client_authority().key_pem());
    canaries_ = {first_passphrase_, second_passphrase_, token_};
    for (const gateway::Credential* identity : {&first, &second, &pki().client_authority()}) {
        watch_key(identity->key_pem());
        watch_number(*identity);
    }
    watch_key(first_key);
    watch_key(second_key);
    ASSERT_GT(canaries_.size(), 20U);

    ProfileOptions options;
    options.roles = {"expired", "wrong_eku"};
    options.identities = R"(
        "enrolled": {"certificate": "file:enrolled.crt", "key": "file:first.key", "passphrase": "file:first.pass"},
        "second": {"certificate": "file:second.crt", "key": "file:second.key", "passphrase": "env:CANARY_PASSPHRASE"})";
    options.operations = R"("token": {"path": "/gateway/customer-service/status",
                                      "headers": {"Authorization": "env:CANARY_TOKEN", "X-Token": "env:CANARY_TOKEN"}})";
    options.more = R"("issuer": {"certificate": "file:issuer.crt", "key": "file:issuer.key"})";
    std::string profile = write_profile(options, listener_.port());
    // The control operation carries the token as well.
    std::string text = read_file(profile);
    const std::string control = R"("control": "status")";
    ASSERT_NE(text.find(control), std::string::npos);
    text.replace(text.find(control), control.size(), R"("control": "token")");
    profile = folder_.write("canary.json", text);

    const Finished ran =
        search({"run", profile, "-v", "--junit", "-", "--journal", path("canary.jsonl"), "--out", path("out")});
    EXPECT_EQ(ran.status, 1) << "it enrols nobody by name, so the evidence of a finding is printed too: " << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("<testsuites"));
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("PRIVATE KEY")));
    search({"run", profile, "-v", "--out", path("out"), "--check", "mtls.*"});
    search({"plan", profile});
    search({"profile", "validate", profile});
    search({"report", path("canary.jsonl"), "-v"});
    search({"report", path("canary.jsonl"), "--format", "junit", "--out", path("out/again.xml")});
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path("out"))) {
        if (entry.is_regular_file()) {
            const std::string content = read_file(entry.path());
            expect_clean(content, entry.path().filename());
            EXPECT_THAT(content, Not(HasSubstr("PRIVATE KEY"))) << entry.path();
            ++files;
        }
    }
    EXPECT_GE(files, 3U) << "journal and two JUnit reports";
    const std::string journal = read_file(path("canary.jsonl"));
    expect_clean(journal, "the journal");
    EXPECT_THAT(journal, Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(CanaryTest, MistakesInAProfileDoNotShowWhatTheyMisplaced) {
    const gateway::Credential& first = pki().identities().find("enrolled")->second;
    const std::string key = encrypted(first, first_passphrase_);
    folder_.write("first.key", key);
    folder_.write("wrong.pass", second_passphrase_);
    folder_.write("broken.key", key.substr(0, key.size() / 2));
    canaries_ = {first_passphrase_, second_passphrase_};
    watch_key(first.key_pem());
    watch_key(key);
    watch_number(first);
    const std::vector<std::string> mistakes = {
        R"("certificate": "file:enrolled.crt", "key": "file:first.key", "passphrase": "file:wrong.pass")",
        R"("certificate": "file:enrolled.crt", "key": "file:first.key", "passphrase": "canary-one-4f9d27ab")",
        R"("certificate": "file:enrolled.crt", "key": "file:broken.key", "passphrase": "env:CANARY_PASSPHRASE")",
        R"("certificate": "file:first.key", "key": "file:first.key", "passphrase": "env:CANARY_PASSPHRASE")",
        R"("certificate": "file:enrolled.crt", "key": "file:enrolled.crt", "passphrase": "env:CANARY_PASSPHRASE")",
        R"("certificate": "file:second.crt", "key": "file:enrolled.key")",
        R"("pkcs12": "file:enrolled.key", "passphrase": "env:CANARY_PASSPHRASE")",
    };
    for (const std::string& mistake : mistakes) {
        ProfileOptions options;
        options.roles.clear();
        options.identities = fmt::format(R"("enrolled": {{{}}})", mistake);
        const std::string profile = write_profile(options, listener_.port());
        EXPECT_EQ(search({"profile", "validate", profile}).status, 2) << mistake;
        EXPECT_EQ(search({"run", profile, "-v", "--out", path("out")}).status, 2) << mistake;
    }
}

}  // namespace
}  // namespace gateproof::test
