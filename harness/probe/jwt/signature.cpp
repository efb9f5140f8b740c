// The signatures of RFC 7518: EVP makes and verifies them, ECDSA's DER form is turned into fixed-width r and s.
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>

#include "harness/probe/jwt/jwt.hpp"

namespace gateproof::jwt {
namespace {

struct Shape {
    Algorithm algorithm;
    std::string_view name;
    const EVP_MD* (*digest)();
    const char* curve;  ///< null: RSA
    int width;          ///< bytes of r and of s
};

constexpr std::array shapes{
    Shape{Algorithm::rs256, "RS256", EVP_sha256, nullptr, 0},
    Shape{Algorithm::rs384, "RS384", EVP_sha384, nullptr, 0},
    Shape{Algorithm::rs512, "RS512", EVP_sha512, nullptr, 0},
    Shape{Algorithm::es256, "ES256", EVP_sha256, "prime256v1", 32},
    Shape{Algorithm::es384, "ES384", EVP_sha384, "secp384r1", 48},
    Shape{Algorithm::es512, "ES512", EVP_sha512, "secp521r1", 66},
};

const Shape& shape_of(Algorithm algorithm) {
    return shapes[static_cast<std::size_t>(algorithm)];
}

constexpr int least_rsa_bits = 2048;

/// "prime256v1", "P-256" ...: providers differ, so the object identifier behind the name counts.
bool is_on_curve(EVP_PKEY* key, const char* curve) {
    std::array<char, 64> name{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) {
        return false;
    }
    const auto number = [](const char* text) {
        const int known = OBJ_txt2nid(text);
        return known != NID_undef ? known : EC_curve_nist2nid(text);
    };
    return number(name.data()) == OBJ_txt2nid(curve);
}

using DigestPtr = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using EcSignature = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

std::optional<std::string> raw_from_der(const std::string& der, int width) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string raw(static_cast<std::size_t>(width) * 2, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(raw.data());
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, width) != width ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + width, width) != width) {
        return std::nullopt;
    }
    return raw;
}

std::optional<std::string> der_from_raw(std::string_view raw, int width) {
    if (raw.size() != static_cast<std::size_t>(width) * 2) {
        return std::nullopt;
    }
    const auto* const bytes = reinterpret_cast<const unsigned char*>(raw.data());
    const EcSignature signature(ECDSA_SIG_new(), ECDSA_SIG_free);
    BIGNUM* const r = BN_bin2bn(bytes, width, nullptr);
    BIGNUM* const s = BN_bin2bn(bytes + width, width, nullptr);
    if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return std::nullopt;
    }
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) {
        return std::nullopt;
    }
    std::string bytes_of_der(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes_of_der;
}

}  // namespace

std::string_view to_string(Algorithm algorithm) {
    return shape_of(algorithm).name;
}

std::optional<Algorithm> algorithm_from(std::string_view name) {
    for (const Shape& shape : shapes) {
        if (shape.name == name) {
            return shape.algorithm;
        }
    }
    return std::nullopt;
}

bool fits(Algorithm algorithm, EVP_PKEY* key) {
    const Shape& shape = shape_of(algorithm);
    if (shape.curve == nullptr) {
        return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= least_rsa_bits;
    }
    return EVP_PKEY_is_a(key, "EC") == 1 && is_on_curve(key, shape.curve);
}

std::optional<Algorithm> algorithm_for(EVP_PKEY* key) {
    for (const Shape& shape : shapes) {
        if (fits(shape.algorithm, key)) {
            return shape.algorithm;
        }
    }
    return std::nullopt;
}

std::optional<std::string> sign(Algorithm algorithm, EVP_PKEY* key, std::string_view input) {
    const Shape& shape = shape_of(algorithm);
    const DigestPtr context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(input.data());
    std::size_t size = 0;
    if (!fits(algorithm, key) || !context ||
        EVP_DigestSignInit(context.get(), nullptr, shape.digest(), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, input.size()) != 1) {
        ERR_clear_error();
        return std::nullopt;
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, input.size()) !=
        1) {
        ERR_clear_error();
        return std::nullopt;
    }
    signature.resize(size);
    return shape.curve == nullptr ? std::optional(std::move(signature)) : raw_from_der(signature, shape.width);
}

bool verify(Algorithm algorithm, EVP_PKEY* key, std::string_view input, std::string_view signature) {
    const Shape& shape = shape_of(algorithm);
    const std::optional<std::string> der =
        shape.curve == nullptr ? std::optional(std::string(signature)) : der_from_raw(signature, shape.width);
    const DigestPtr context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const bool good = der && context && fits(algorithm, key) &&
                      EVP_DigestVerifyInit(context.get(), nullptr, shape.digest(), nullptr, key) == 1 &&
                      EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(der->data()), der->size(),
                                       reinterpret_cast<const unsigned char*>(input.data()), input.size()) == 1;
    ERR_clear_error();
    return good;
}

std::string hmac_sha256(std::string_view secret, std::string_view input) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data(), &size);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace gateproof::jwt
