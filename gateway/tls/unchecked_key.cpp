#include "gateway/tls/unchecked_key.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <memory>

namespace gateproof::gateway {
namespace {

int always_good(int, const unsigned char*, int, const unsigned char*, int, EC_KEY*) {
    return 1;
}

int always_good_signature(const unsigned char*, int, const ECDSA_SIG*, EC_KEY*) {
    return 1;
}

const EC_KEY_METHOD* method() {
    static const std::unique_ptr<EC_KEY_METHOD, decltype(&EC_KEY_METHOD_free)> made = [] {
        std::unique_ptr<EC_KEY_METHOD, decltype(&EC_KEY_METHOD_free)> copy(EC_KEY_METHOD_new(EC_KEY_OpenSSL()),
                                                                           EC_KEY_METHOD_free);
        if (copy) {
            EC_KEY_METHOD_set_verify(copy.get(), always_good, always_good_signature);
        }
        return copy;
    }();
    return made.get();
}

}  // namespace

bool stop_checking_signatures(X509* certificate) {
    EVP_PKEY* const genuine = X509_get0_pubkey(certificate);
    if (genuine == nullptr || EVP_PKEY_get_base_id(genuine) != EVP_PKEY_EC) {
        return false;
    }
    const std::unique_ptr<EC_KEY, decltype(&EC_KEY_free)> key(EVP_PKEY_get1_EC_KEY(genuine), EC_KEY_free);
    const std::unique_ptr<EC_KEY, decltype(&EC_KEY_free)> copy(key ? EC_KEY_dup(key.get()) : nullptr, EC_KEY_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> replacement(EVP_PKEY_new(), EVP_PKEY_free);
    return copy && replacement && method() != nullptr && EC_KEY_set_method(copy.get(), method()) == 1 &&
           EVP_PKEY_set1_EC_KEY(replacement.get(), copy.get()) == 1 &&
           X509_set_pubkey(certificate, replacement.get()) == 1;
}

}  // namespace gateproof::gateway
