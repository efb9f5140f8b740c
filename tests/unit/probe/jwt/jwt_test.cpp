#include "harness/probe/jwt/jwt.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

#include "harness/text/encoding.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::jwt {
namespace {

using KeyPtr = std::shared_ptr<EVP_PKEY>;

KeyPtr key_from(const char* type, OSSL_PARAM_BLD* builder) {
    const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(OSSL_PARAM_BLD_to_param(builder),
                                                                             OSSL_PARAM_free);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
    return {key, EVP_PKEY_free};
}

/// Public keys from the coordinates of a JWK.
KeyPtr ec_key(const std::string& x, const std::string& y) {
    const std::string point = "\x04" + from_base64url(x).value() + from_base64url(y).value();
    const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                                  OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return key_from("EC", builder.get());
}

KeyPtr rsa_key(const std::string& modulus) {
    const std::string bytes = from_base64url(modulus).value();
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> n(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr),
        BN_free);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> e(BN_new(), BN_free);
    BN_set_word(e.get(), 65537);
    const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                                  OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return key_from("RSA", builder.get());
}

KeyPtr fresh_key(Algorithm algorithm) {
    test::MintOptions options;
    switch (algorithm) {
        case Algorithm::es256: options.curve = "P-256"; break;
        case Algorithm::es384: options.curve = "P-384"; break;
        case Algorithm::es512: options.curve = "P-521"; break;
        default: options.rsa_bits = 2048; break;
    }
    return test::mint(options).key;
}

const std::string claims_of_rfc =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

TEST(Jwt, VerifiesTheRsaExampleOfRfc7515) {  // appendix A.2
    const KeyPtr key = rsa_key(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
        "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
        "UTo7WTBEMa2R2CapH"
        "g665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"
        "h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4F"
        "RWyuXpoQ");
    const std::string signature =
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
        "O8W2Fp5jujGbds9uJdbF9CUAr7t"
        "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
        "xi12j"
        "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
        "IoypGlUPQ"
        "Ge77Rw";
    const std::optional<Token> token = decode("eyJhbGciOiJSUzI1NiJ9." + claims_of_rfc + "." + signature);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->header.at("alg"), "RS256");
    EXPECT_EQ(token->claims.at("exp"), 1300819380);
    EXPECT_TRUE(verify(Algorithm::rs256, key.get(), token->input, token->signature));
    EXPECT_FALSE(verify(Algorithm::rs384, key.get(), token->input, token->signature));
    EXPECT_FALSE(verify(Algorithm::es256, key.get(), token->input, token->signature));
    EXPECT_FALSE(verify(Algorithm::rs256, key.get(), token->input + " ", token->signature));
}

TEST(Jwt, VerifiesTheEcdsaExampleOfRfc7515) {  // appendix A.3
    const KeyPtr key =
        ec_key("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    const std::string text = "eyJhbGciOiJFUzI1NiJ9." + claims_of_rfc +
                             ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const std::optional<Token> token = decode(text);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->signature.size(), 64U);
    EXPECT_EQ(compact(token->input, token->signature), text);
    EXPECT_TRUE(verify(Algorithm::es256, key.get(), token->input, token->signature));
    for (std::size_t at = 0; at < token->signature.size(); at += 7) {
        std::string changed = token->signature;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(verify(Algorithm::es256, key.get(), token->input, changed)) << at;
    }
    EXPECT_FALSE(verify(Algorithm::es256, key.get(), token->input, token->signature.substr(1)));
    EXPECT_FALSE(verify(Algorithm::es256, key.get(), token->input, std::string(64, '\0')));
    EXPECT_FALSE(verify(Algorithm::es384, key.get(), token->input, token->signature));
}

TEST(Jwt, MakesTheMacExampleOfRfc7515) {  // appendix A.1: the header is not the compact form that we would write
    const std::string secret =
        from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .value();
    const std::string input = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + claims_of_rfc;
    EXPECT_EQ(compact(input, hmac_sha256(secret, input)), input + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

TEST(Jwt, EachAlgorithmSignsWhatItVerifiesAndNothingElse) {
    const Json header{{"alg", "ES256"}, {"typ", "JWT"}};
    const Json claims{{"sub", "x"}};
    std::vector<std::pair<Algorithm, KeyPtr>> keys;
    const KeyPtr rsa = fresh_key(Algorithm::rs256);
    for (const Algorithm algorithm :
         {Algorithm::rs256, Algorithm::rs384, Algorithm::rs512, Algorithm::es256, Algorithm::es384, Algorithm::es512}) {
        keys.emplace_back(algorithm, to_string(algorithm).front() == 'R' ? rsa : fresh_key(algorithm));
    }
    for (const auto& [algorithm, key] : keys) {
        EXPECT_TRUE(fits(algorithm, key.get())) << to_string(algorithm);
        EXPECT_EQ(algorithm_from(to_string(algorithm)), algorithm);
        const std::optional<std::string> made = make(algorithm, key.get(), header, claims);
        ASSERT_TRUE(made) << to_string(algorithm);
        const std::optional<Token> token = decode(*made);
        ASSERT_TRUE(token);
        EXPECT_EQ(token->header.dump(), R"({"alg":"ES256","typ":"JWT"})");
        for (const auto& [other, other_key] : keys) {
            const bool same = other == algorithm;
            EXPECT_EQ(verify(other, other_key.get(), token->input, token->signature), same) << to_string(other);
        }
    }
    EXPECT_EQ(algorithm_for(keys[4].second.get()), Algorithm::es384);
    EXPECT_EQ(algorithm_for(rsa.get()), Algorithm::rs256);
    EXPECT_FALSE(sign(Algorithm::es256, rsa.get(), "x"));
    EXPECT_FALSE(sign(Algorithm::es256, keys[4].second.get(), "x"));
    EXPECT_EQ(algorithm_from("none"), std::nullopt);
    EXPECT_EQ(algorithm_from("HS256"), std::nullopt);
}

TEST(Jwt, RefusesKeysThatAreTooShort) {
    test::MintOptions options;
    options.rsa_bits = 1024;
    const KeyPtr key = test::mint(options).key;
    EXPECT_FALSE(fits(Algorithm::rs256, key.get()));
    EXPECT_FALSE(sign(Algorithm::rs256, key.get(), "x"));
    EXPECT_EQ(algorithm_for(key.get()), std::nullopt);
}

TEST(Jwt, DecodesNothingThatIsNoToken) {
    const std::string object = base64url("{}");
    EXPECT_TRUE(decode(object + "." + object + "."));
    const std::string deep = base64url("{\"a\":" + std::string(4000, '[') + std::string(4000, ']') + "}");
    for (const std::string& bad :
         {std::string(), std::string("."), std::string(".."), object + "." + object, object + "." + object + "..",
          object + "." + base64url("[]") + ".", object + "." + base64url("null") + ".",
          base64url("{") + "." + object + ".", base64url(R"({"alg":"none","alg":"ES256"})") + "." + object + ".",
          object + "." + deep + ".", object + "." + base64url("{\"a\":\"\xff\"}") + ".",
          std::string(max_token_bytes + 1, 'A')}) {
        EXPECT_FALSE(decode(bad)) << bad.substr(0, 80);
    }
}

}  // namespace
}  // namespace gateproof::jwt
