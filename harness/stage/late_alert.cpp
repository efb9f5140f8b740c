#include "harness/stage/late_alert.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <vector>

#include "harness/identity/openssl_errors.hpp"

namespace gateproof::stage {
namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t tag_size = 16;    // of every AEAD of RFC 8446 B.4 that is used here
constexpr std::size_t nonce_size = 12;  // RFC 8446 5.3

struct Freed {
    void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
    void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

/// RFC 8446 7.1: HKDF-Expand-Label without a context. Empty: OpenSSL cannot.
Bytes expanded(const EVP_MD* digest, std::string_view secret, std::string_view label, std::size_t size) {
    const std::unique_ptr<EVP_KDF, Freed> kdf(EVP_KDF_fetch(nullptr, "TLS13-KDF", nullptr));
    const std::unique_ptr<EVP_KDF_CTX, Freed> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    std::string prefix = "tls13 ";
    std::string key(secret);
    std::string name(label);
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    const std::array<OSSL_PARAM, 6> params{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(EVP_MD_get0_name(digest)), 0),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PREFIX, prefix.data(), prefix.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_LABEL, name.data(), name.size()),
        OSSL_PARAM_construct_end()};
    Bytes out(size);
    if (!context || EVP_KDF_derive(context.get(), out.data(), out.size(), params.data()) != 1) {
        return {};
    }
    return out;
}

const EVP_CIPHER* aead_of(const SSL_CIPHER* cipher) {
    switch (SSL_CIPHER_get_protocol_id(cipher)) {
        case 0x1301: return EVP_aes_128_gcm();
        case 0x1302: return EVP_aes_256_gcm();
        case 0x1303: return EVP_chacha20_poly1305();
        default: return nullptr;
    }
}

}  // namespace

std::string first_alert(const SSL_CIPHER* cipher, std::string_view secret, std::uint8_t description) {
    const OpensslErrorScope errors;
    const EVP_CIPHER* const aead = cipher == nullptr ? nullptr : aead_of(cipher);
    const EVP_MD* const digest = cipher == nullptr ? nullptr : SSL_CIPHER_get_handshake_digest(cipher);
    if (aead == nullptr || digest == nullptr || secret.empty()) {
        return {};
    }
    const Bytes key = expanded(digest, secret, "key", static_cast<std::size_t>(EVP_CIPHER_get_key_length(aead)));
    const Bytes nonce = expanded(digest, secret, "iv", nonce_size);  // for record number 0, as it is
    const std::unique_ptr<EVP_CIPHER_CTX, Freed> context(EVP_CIPHER_CTX_new());
    if (key.empty() || nonce.empty() || !context) {
        return {};
    }
    constexpr unsigned char fatal = 2;
    const std::array<unsigned char, 3> inner{fatal, description, SSL3_RT_ALERT};
    const std::array<unsigned char, 5> head{SSL3_RT_APPLICATION_DATA, 3, 3, 0, inner.size() + tag_size};
    std::array<unsigned char, inner.size()> hidden{};
    std::array<unsigned char, tag_size> tag{};
    int size = 0;
    const bool good =
        EVP_EncryptInit_ex(context.get(), aead, nullptr, key.data(), nonce.data()) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &size, head.data(), static_cast<int>(head.size())) == 1 &&
        EVP_EncryptUpdate(context.get(), hidden.data(), &size, inner.data(), static_cast<int>(inner.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), hidden.data() + size, &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) == 1;
    std::string record(head.begin(), head.end());
    record.append(hidden.begin(), hidden.end()).append(tag.begin(), tag.end());
    return good ? record : std::string();
}

}  // namespace gateproof::stage
