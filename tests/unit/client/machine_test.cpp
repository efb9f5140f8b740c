#include "client/machine.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <nlohmann/json.hpp>

#include "client/base/io.hpp"
#include "tests/unit/client/server.hpp"

namespace gateproof::client::test {
namespace {

using nlohmann::json;

std::string from_base64url(const std::string& text) {
    std::string padded = text;
    for (char& c : padded) {
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    padded.resize((padded.size() + 3) / 4 * 4, '=');
    std::string bytes(padded.size(), '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(padded.data()), static_cast<int>(padded.size()));
    bytes.resize(static_cast<std::size_t>(size) - (padded.size() - text.size()));
    return bytes;
}

struct Parts {
    json header;
    json claims;
    std::string signed_text;
    std::string signature;
};

Parts parts_of(const std::string& token) {
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first + 1);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
              std::string::npos);
    return {json::parse(from_base64url(token.substr(0, first))),
            json::parse(from_base64url(token.substr(first + 1, second - first - 1))), token.substr(0, second),
            from_base64url(token.substr(second + 1))};
}

/// r and s become DER again, and the certificate's key verifies.
bool verifies(const Parts& parts, EVP_PKEY* key, const EVP_MD* digest) {
    std::string signature = parts.signature;
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
        const auto half = static_cast<int>(signature.size() / 2);
        const auto* const bytes = reinterpret_cast<const unsigned char*>(signature.data());
        ECDSA_SIG* const pair = ECDSA_SIG_new();
        ECDSA_SIG_set0(pair, BN_bin2bn(bytes, half, nullptr), BN_bin2bn(bytes + half, half, nullptr));
        unsigned char* der = nullptr;
        const int size = i2d_ECDSA_SIG(pair, &der);
        signature.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
        ECDSA_SIG_free(pair);
    }
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key);
    const int good =
        EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                         reinterpret_cast<const unsigned char*>(parts.signed_text.data()), parts.signed_text.size());
    EVP_MD_CTX_free(context);
    return good == 1;
}

class MachineToken : public testing::Test {
protected:
    static Identity signer(const MintOptions& options) {
        const gateproof::test::Minted minted = gateproof::test::mint(options);
        return load_identity({pem_of(minted), key_pem_of(minted), "", ""});
    }
    static Parts made(const MachineSettings& settings, const Identity& signer) {
        return parts_of(machine_token(settings, signer, FaultSet(), std::chrono::system_clock::now()));
    }
};

TEST_F(MachineToken, SaysWhatWasAgreedAndIsSignedByTheCertificatesKey) {
    struct Row {
        MintOptions key;
        std::string algorithm;
        const EVP_MD* digest;
        std::size_t signature;
    };
    for (const Row& row :
         {Row{{.curve = "P-256"}, "ES256", EVP_sha256(), 64}, Row{{.curve = "P-384"}, "ES384", EVP_sha384(), 96},
          Row{{.curve = "P-521"}, "ES512", EVP_sha512(), 132}, Row{{.rsa_bits = 2048}, "RS256", EVP_sha256(), 256}}) {
        const Identity identity = signer(row.key);
        const Parts parts = made({.issuer = "agreed"}, identity);
        EXPECT_EQ(parts.header, json({{"alg", row.algorithm}, {"typ", "JWT"}, {"kid", "M2M"}}));
        EXPECT_EQ(parts.claims.at("iss"), "agreed");
        EXPECT_FALSE(parts.claims.contains("startLogon"));
        const auto lasts = parts.claims.at("exp").get<long>() - parts.claims.at("iat").get<long>();
        EXPECT_GT(lasts, 0);
        EXPECT_LE(lasts, 8 * 3600);
        EXPECT_EQ(parts.signature.size(), row.signature);
        EXPECT_TRUE(verifies(parts, X509_get0_pubkey(identity.certificate.get()), row.digest)) << row.algorithm;
    }
    const Identity rsa = signer({.rsa_bits = 2048});
    EXPECT_TRUE(verifies(made({.algorithm = "RS512"}, rsa), X509_get0_pubkey(rsa.certificate.get()), EVP_sha512()));
}

TEST_F(MachineToken, NamesTheCertificateInThePublishedForms) {
    const Identity identity = signer({});
    const auto subject = [&identity](Thumbprint form) {
        return made({.thumbprint = form}, identity).claims.at("sub").get<std::string>();
    };
    EXPECT_EQ(subject(Thumbprint::sha256_upper).find_first_not_of("0123456789ABCDEF"), std::string::npos);
    EXPECT_EQ(subject(Thumbprint::sha256_upper).size(), 64U);
    EXPECT_EQ(subject(Thumbprint::sha256_lower).find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(subject(Thumbprint::sha1_lower).size(), 40U);
    EXPECT_EQ(subject(Thumbprint::sha1_lower).find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(subject(Thumbprint::sha1_upper).size(), 40U);
}

TEST_F(MachineToken, HasStartLogonInItsThreeForms) {
    const Identity identity = signer({});
    EXPECT_EQ(made({.start_logon = "kea"}, identity).claims.at("startLogon"), "kea");
    EXPECT_EQ(made({.start_logon = ""}, identity).claims.at("startLogon"), "");
    EXPECT_TRUE(made({.start_logon_null = true}, identity).claims.at("startLogon").is_null());
}

TEST_F(MachineToken, IsNotIssuedBeforeItsCertificate) {
    const Identity identity = signer({.not_before = 600});
    const Parts parts = made({}, identity);
    EXPECT_GE(parts.claims.at("iat").get<std::time_t>(), std::time(nullptr) + 590);
}

TEST_F(MachineToken, RefusesWhatCannotBe) {
    const Identity identity = signer({});
    EXPECT_THROW(made({.algorithm = "RS256"}, identity), Unusable);
    EXPECT_THROW(made({.algorithm = "none"}, identity), Unusable);
    EXPECT_THROW(made({.lifetime = std::chrono::hours(9)}, identity), Unusable);
}

TEST_F(MachineToken, AFaultMakesOneThingWrong) {
    const Identity identity = signer({});
    const auto now = std::chrono::system_clock::now();
    const auto token = [&](const char* fault) {
        return machine_token({.issuer = "agreed"}, identity, FaultSet({fault}), now);
    };
    EXPECT_FALSE(parts_of(token("no-kid")).header.contains("kid"));
    EXPECT_EQ(parts_of(token("alg-none")).header.at("alg"), "none");
    EXPECT_EQ(parts_of(token("alg-none")).signature, "");
    const json nine = parts_of(token("nine-hours")).claims;
    EXPECT_EQ(nine.at("exp").get<long>() - nine.at("iat").get<long>(), 9 * 3600);
    EXPECT_GT(parts_of(token("iat-ahead")).claims.at("iat").get<std::time_t>(), std::time(nullptr) + 3000);
    const auto lower = parts_of(token("lower-case-thumbprint")).claims.at("sub").get<std::string>();
    EXPECT_EQ(lower.find_first_of("ABCDEF"), std::string::npos);
    EXPECT_EQ(parts_of(token("der-signature")).signature.front(), '\x30');
    EXPECT_NE(token("padded").find('='), std::string::npos);
    const Identity other = signer({});
    const Parts named = parts_of(machine_token({}, identity, FaultSet(), now, other.certificate.get()));
    EXPECT_EQ(named.claims.at("sub"), parts_of(machine_token({}, other, FaultSet(), now)).claims.at("sub"));
}

/// The Authorization fields that come to a gateway, which refuses every JWT, and to an authority.
std::pair<std::vector<std::string>, std::vector<std::string>> jwts(const std::vector<std::string>& faults) {
    Server gateway(Scene{.answers = {answer("401 Unauthorized", "{}")}});
    Server authority{Scene()};
    Options options = gateway.options(faults);
    options.authority_url = "https://localhost:" + std::to_string(authority.port());
    const Minted signing = gateproof::test::mint({});
    options.machine.signer = {pem_of(signing), key_pem_of(signing)};
    options.machine.issuer = "agreed";
    options.ird = "049091850";
    {
        Client client(options);
        EXPECT_EQ(client.act(Act::machine).outcome, Outcome::failure);
    }
    const auto fields = [](const std::vector<std::string>& requests) {
        std::vector<std::string> found;
        for (const std::string& request : requests) {
            const std::size_t at = request.find("Authorization: ");
            if (at != std::string::npos) {
                found.push_back(request.substr(at + 15, request.find('\r', at) - at - 15));
            }
        }
        return found;
    };
    return {fields(gateway.requests()), fields(authority.requests())};
}

TEST_F(MachineToken, GoesBareAndOnceToTheGatewayAlone) {
    const auto right = jwts({});
    ASSERT_EQ(right.first.size(), 1U);
    EXPECT_TRUE(right.first.front().starts_with("eyJ")) << right.first.front();
    EXPECT_TRUE(right.second.empty());
    EXPECT_TRUE(jwts({"bearer-word"}).first.front().starts_with("Bearer eyJ"));
    EXPECT_EQ(jwts({"jwt-to-authority"}).second.size(), 1U);
    EXPECT_EQ(jwts({"machine-loops-on-401"}).first.size(), 21U);
    const auto stale = jwts({"reuses-expired"});
    EXPECT_LT(parts_of(stale.first.front()).claims.at("exp").get<std::time_t>(), std::time(nullptr));
    const auto other = jwts({"other-certificate"});
    const Minted& shown = gateproof::test::pki().client;
    EXPECT_EQ(parts_of(other.first.front()).claims.at("sub"), shown.certificate.sha256_fingerprint());
}

}  // namespace
}  // namespace gateproof::client::test
