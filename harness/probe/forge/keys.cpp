#include "harness/probe/forge/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "harness/identity/openssl_handles.hpp"

namespace gateproof::forge {

namespace {

constexpr int most_rsa_bits = 4096;

struct BuilderDeleter {
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
};
struct ParamsDeleter {
    void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
};
struct KeyContextDeleter {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Builder = std::unique_ptr<OSSL_PARAM_BLD, BuilderDeleter>;
using Params = std::unique_ptr<OSSL_PARAM, ParamsDeleter>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, KeyContextDeleter>;

KeyPtr owned(EVP_PKEY* key) {
    return key == nullptr ? nullptr : KeyPtr(key, &EVP_PKEY_free);
}

/// "RSA", "EC", "ED25519", "ED448"; null for other kinds.
const char* kind_of(const EVP_PKEY* key) {
    for (const char* kind : {"RSA", "EC", "ED25519", "ED448"}) {
        if (key != nullptr && EVP_PKEY_is_a(key, kind) == 1) {
            return kind;
        }
    }
    return nullptr;
}

std::string group_of(const EVP_PKEY* key) {
    std::array<char, 80> name{};
    std::size_t length = 0;
    return EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1 ? std::string(name.data(), length)
                                                                                : std::string();
}

BignumHandle number_of(const EVP_PKEY* key, const char* what) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, what, &number);
    return BignumHandle(number);
}

std::vector<unsigned char> octets_of(const EVP_PKEY* key, const char* what) {
    std::size_t length = 0;
    if (EVP_PKEY_get_octet_string_param(key, what, nullptr, 0, &length) != 1) {
        return {};
    }
    std::vector<unsigned char> octets(length);
    if (EVP_PKEY_get_octet_string_param(key, what, octets.data(), octets.size(), &length) != 1) {
        return {};
    }
    octets.resize(length);
    return octets;
}

KeyPtr assemble(const char* kind, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1) {
        return nullptr;
    }
    return owned(key);
}

/// Without CRT parameters, which would bring their own modulus.
KeyPtr mismatched_rsa(const EVP_PKEY* genuine, const EVP_PKEY* other) {
    const BignumHandle modulus = number_of(genuine, OSSL_PKEY_PARAM_RSA_N);
    const BignumHandle exponent = number_of(genuine, OSSL_PKEY_PARAM_RSA_E);
    const BignumHandle secret = number_of(other, OSSL_PKEY_PARAM_RSA_D);
    const Builder builder(OSSL_PARAM_BLD_new());
    const bool good = modulus && exponent && secret && builder &&
                      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
                      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1 &&
                      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_D, secret.get()) == 1;
    return good ? assemble("RSA", builder.get()) : nullptr;
}

KeyPtr mismatched_ec(const EVP_PKEY* genuine, const EVP_PKEY* other) {
    const std::string group = group_of(genuine);
    const std::vector<unsigned char> point = octets_of(genuine, OSSL_PKEY_PARAM_PUB_KEY);
    const BignumHandle secret = number_of(other, OSSL_PKEY_PARAM_PRIV_KEY);
    const Builder builder(OSSL_PARAM_BLD_new());
    const bool good =
        !point.empty() && secret && builder &&
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.c_str(), 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get()) == 1;
    return good ? assemble("EC", builder.get()) : nullptr;
}

KeyPtr mismatched_eddsa(const char* kind, const EVP_PKEY* genuine, const EVP_PKEY* other) {
    const std::vector<unsigned char> open = octets_of(genuine, OSSL_PKEY_PARAM_PUB_KEY);
    const std::vector<unsigned char> secret = octets_of(other, OSSL_PKEY_PARAM_PRIV_KEY);
    const Builder builder(OSSL_PARAM_BLD_new());
    const bool good =
        !open.empty() && !secret.empty() && builder &&
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, open.data(), open.size()) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.data(), secret.size()) == 1;
    return good ? assemble(kind, builder.get()) : nullptr;
}

}  // namespace

KeyPtr key_like(EVP_PKEY* model) {
    const char* kind = kind_of(model);
    if (kind == nullptr) {
        return nullptr;
    }
    const std::string name = kind;
    if (name == "RSA") {
        const auto bits = static_cast<std::size_t>(std::min(EVP_PKEY_get_bits(model), most_rsa_bits));
        return owned(EVP_PKEY_Q_keygen(nullptr, nullptr, kind, bits));
    }
    if (name == "EC") {
        const std::string group = group_of(model);
        return group.empty() ? nullptr : owned(EVP_PKEY_Q_keygen(nullptr, nullptr, kind, group.c_str()));
    }
    return owned(EVP_PKEY_Q_keygen(nullptr, nullptr, kind));
}

KeyPtr mismatched_key(EVP_PKEY* genuine) {
    const KeyPtr other = key_like(genuine);
    if (!other) {
        return nullptr;
    }
    const std::string kind = kind_of(genuine);
    return kind == "RSA"  ? mismatched_rsa(genuine, other.get())
           : kind == "EC" ? mismatched_ec(genuine, other.get())
                          : mismatched_eddsa(kind.c_str(), genuine, other.get());
}

const EVP_MD* digest_for(EVP_PKEY* signer, const X509* model) {
    if (EVP_PKEY_is_a(signer, "ED25519") == 1 || EVP_PKEY_is_a(signer, "ED448") == 1) {
        return nullptr;
    }
    int digest = NID_undef;
    int key = NID_undef;
    OBJ_find_sigid_algs(X509_get_signature_nid(model), &digest, &key);
    return digest == NID_sha384 ? EVP_sha384() : digest == NID_sha512 ? EVP_sha512() : EVP_sha256();
}

}  // namespace gateproof::forge
