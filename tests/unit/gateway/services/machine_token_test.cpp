#include "gateway/services/machine_token.hpp"

#include <gtest/gtest.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <nlohmann/json.hpp>

#include "gateway/services/jws.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::system_clock;

KeyPtr private_key(const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        BIO_free);
    return {PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
}

/// DER as EVP makes it; for ECDSA r and s side by side.
std::string sign(EVP_PKEY* key, const EVP_MD* digest, const std::string& text, int width) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::size_t size = 1024;
    std::string der(size, '\0');
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key), 1);
    EXPECT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size,
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()),
              1);
    der.resize(size);
    if (width == 0) {
        return der;
    }
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parsed(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string raw(static_cast<std::size_t>(width) * 2, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), out, width);
    BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), out + width, width);
    return raw;
}

class MachineTokenTest : public testing::Test {
protected:
    [[nodiscard]] std::string text(const char* name) const { return fixture_.reference(name).value_or(""); }

    [[nodiscard]] std::string token(const json& header, const json& claims) const {
        const std::string input = base64url(header.dump()) + "." + base64url(claims.dump());
        return input + "." + base64url(sign(key_.get(), EVP_sha256(), input, 32));
    }
    /// In the name of one role's certificate, signed by another's key.
    [[nodiscard]] std::string token_of(const std::string& named, const std::string& signer) const {
        json changed = claims();
        changed["sub"] = thumbprint_of(named);
        const std::string input = base64url(header_.dump()) + "." + base64url(changed.dump());
        return input + "." +
               base64url(sign(private_key(text((signer + ".key.pem").c_str())).get(), EVP_sha256(), input, 32));
    }
    [[nodiscard]] std::string thumbprint_of(const std::string& role) const {
        const std::string pem = text((role + ".crt.pem").c_str());
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                            BIO_free);
        const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
        return thumbprint(certificate.get());
    }
    [[nodiscard]] json claims() const {
        return {{"sub", thumbprint_}, {"iss", text("m2m.issuer")}, {"iat", at(now_)}, {"exp", at(now_ + hours(8))}};
    }
    static std::int64_t at(system_clock::time_point moment) { return system_clock::to_time_t(moment); }

    [[nodiscard]] std::optional<std::string> user(const std::string& jwt, const std::string& dsp = {}) const {
        return user_of_machine_token(jwt, {dsp, now_}, fixture_, faults_);
    }
    [[nodiscard]] std::optional<std::string> user_with(const char* claim, const json& value) const {
        json changed = claims();
        changed[claim] = value;
        return user(token(header_, changed));
    }

    Pki pki_;
    Fixture fixture_{pki_};
    FaultSet faults_;
    const KeyPtr key_ = private_key(text("m2m.key.pem"));
    const json header_{{"alg", "ES256"}, {"typ", "JWT"}, {"kid", "M2M"}};
    const system_clock::time_point now_ = system_clock::now();
    const std::string thumbprint_ = thumbprint_of("m2m");
};

TEST_F(MachineTokenTest, ActsForTheOwnerOrForTheUserOfStartLogon) {
    const std::string owner = text("user.name");
    EXPECT_EQ(user(token(header_, claims())), owner);
    EXPECT_EQ(user(token(header_, claims()), pki_.enrolled_names().front()), owner);
    EXPECT_EQ(user(token(header_, claims()), pki_.enrolled_names().back()), std::nullopt);
    EXPECT_EQ(user_with("startLogon", nullptr), owner);
    EXPECT_EQ(user_with("startLogon", text("idle-user.name")), text("idle-user.name"));
    EXPECT_EQ(user_with("startLogon", text("second-user.name")), std::nullopt);
    EXPECT_EQ(user_with("startLogon", ""), std::nullopt);
    EXPECT_EQ(user_with("startLogon", 7), std::nullopt);
}

TEST_F(MachineTokenTest, ARotatedKeyTakesThePlaceOfTheOldOne) {
    EXPECT_EQ(user(token_of("m2m-rotated", "m2m-rotated")), text("user.name"));
    EXPECT_FALSE(user(token_of("m2m-retired", "m2m-retired")));
    EXPECT_FALSE(user(token_of("m2m-rotated", "m2m-retired")));
    faults_ = FaultSet({"jwt-old-key-still-registered"});
    EXPECT_TRUE(user(token_of("m2m-retired", "m2m-retired")));
    EXPECT_FALSE(user(token_of("m2m-rotated", "m2m-retired")));
    faults_ = FaultSet({"jwt-old-key-kept-for-new-name"});
    EXPECT_TRUE(user(token_of("m2m-rotated", "m2m-retired")));
    EXPECT_FALSE(user(token_of("m2m", "m2m-retired"))) << "it was never this one's predecessor";
    EXPECT_FALSE(user(token_of("m2m-retired", "m2m-retired")));
    faults_ = FaultSet({"jwt-new-key-not-registered"});
    EXPECT_FALSE(user(token_of("m2m-rotated", "m2m-rotated")));
}

TEST_F(MachineTokenTest, TimesHaveBoundsOnBothSides) {
    EXPECT_TRUE(user_with("exp", at(now_ + hours(8))));
    EXPECT_FALSE(user_with("exp", at(now_ + hours(8) + seconds(2))));
    EXPECT_FALSE(user_with("exp", at(now_)));
    EXPECT_TRUE(user_with("iat", at(now_ + seconds(10)))) << "clocks differ a little";
    EXPECT_FALSE(user_with("iat", at(now_ + minutes(2))));
    EXPECT_FALSE(user_with("iat", at(now_ - hours(2)))) << "before its certificate, and too long";
    json old = claims();
    old["iat"] = at(now_ - hours(2));
    old["exp"] = at(now_ + hours(5));
    EXPECT_FALSE(user(token(header_, old))) << "before its certificate alone";
    old["iat"] = at(now_ - minutes(50));
    EXPECT_TRUE(user(token(header_, old)));
    for (const json& odd : {json("soon"), json(-1), json(1.5), json(std::numeric_limits<std::int64_t>::max()),
                            json(std::numeric_limits<std::uint64_t>::max()), json(nullptr), json::array()}) {
        EXPECT_FALSE(user_with("iat", odd)) << odd;
        EXPECT_FALSE(user_with("exp", odd)) << odd;
    }
}

TEST_F(MachineTokenTest, HeaderAndNamesAreExact) {
    for (const auto& [name, value] : std::vector<std::pair<const char*, json>>{{"alg", "none"},
                                                                               {"alg", "ES384"},
                                                                               {"alg", "RS256"},
                                                                               {"alg", 1},
                                                                               {"typ", "at+jwt"},
                                                                               {"kid", "m2m"},
                                                                               {"kid", nullptr},
                                                                               {"crit", json::array({"exp"})}}) {
        json header = header_;
        header[name] = value;
        EXPECT_FALSE(user(token(header, claims()))) << name << " " << value;
    }
    EXPECT_FALSE(user_with("iss", "another"));
    EXPECT_FALSE(user_with("sub", std::string(64, '0')));
    EXPECT_FALSE(user_with("sub", nullptr));
}

TEST_F(MachineTokenTest, HostileTextIsNoToken) {
    const std::string good = token(header_, claims());
    ASSERT_TRUE(user(good));
    for (std::size_t cut = 0; cut < good.size(); cut += 13) {
        EXPECT_FALSE(user(good.substr(0, cut))) << cut;
        std::string flipped = good;
        flipped[cut] = flipped[cut] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(user(flipped)) << cut;
    }
    const std::string deep = "{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}";
    for (const std::string& bad : {std::string(), std::string("."), std::string(".."), std::string("a.b.c"),
                                   good + ".x", std::string(20'000, 'A'), base64url(deep) + ".e30.e30",
                                   base64url(R"({"alg":"none","alg":"ES256"})") + ".e30.e30"}) {
        EXPECT_FALSE(user(bad)) << bad.substr(0, 60);
    }
}

TEST(VerifyJws, KnowsTheSixAlgorithmsByTheirKeys) {
    struct Row {
        const char* algorithm;
        const EVP_MD* digest;
        int width;
        const char* curve;  ///< null: RSA
    };
    const std::string text = "signed text";
    std::vector<std::pair<Row, KeyPtr>> rows;
    const KeyPtr rsa(EVP_RSA_gen(2048), EVP_PKEY_free);
    for (const Row& row : {Row{"RS256", EVP_sha256(), 0, nullptr}, Row{"RS384", EVP_sha384(), 0, nullptr},
                           Row{"RS512", EVP_sha512(), 0, nullptr}, Row{"ES256", EVP_sha256(), 32, "P-256"},
                           Row{"ES384", EVP_sha384(), 48, "P-384"}, Row{"ES512", EVP_sha512(), 66, "P-521"}}) {
        rows.emplace_back(row, row.curve == nullptr ? rsa : KeyPtr(EVP_EC_gen(row.curve), EVP_PKEY_free));
    }
    for (const auto& [row, key] : rows) {
        const std::string signature = sign(key.get(), row.digest, text, row.width);
        for (const auto& [other, other_key] : rows) {
            const bool same = std::string_view(row.algorithm) == other.algorithm;
            EXPECT_EQ(verify_jws(other.algorithm, other_key.get(), text, signature), same) << other.algorithm;
        }
        EXPECT_FALSE(verify_jws(row.algorithm, key.get(), "other text", signature));
        EXPECT_FALSE(verify_jws(row.algorithm, key.get(), text, ""));
        EXPECT_FALSE(verify_jws("none", key.get(), text, ""));
        EXPECT_FALSE(verify_jws("HS256", key.get(), text, signature));
    }
}

}  // namespace
}  // namespace gateproof::gateway
