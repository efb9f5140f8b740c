#include "client/tls/forgery.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "client/base/encoding.hpp"

namespace gateproof::client {
namespace {

std::vector<std::string> dns_names(X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    std::vector<std::string> found;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) {
            found.push_back(lower_case({reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}));
        }
    }
    return found;
}

int always_good(int, const unsigned char*, int, const unsigned char*, int, EC_KEY*) {
    return 1;
}

int always_good_signature(const unsigned char*, int, const ECDSA_SIG*, EC_KEY*) {
    return 1;
}

const EC_KEY_METHOD* credulous() {
    static EC_KEY_METHOD* const method = [] {
        EC_KEY_METHOD* const copy = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
        EC_KEY_METHOD_set_verify(copy, always_good, always_good_signature);
        return copy;
    }();
    return method;
}

}  // namespace

bool matches_any_wildcard(X509* certificate, const std::string& host) {
    const std::vector<std::string> names = dns_names(certificate);
    return std::ranges::any_of(names, [&host](const std::string& name) {
        const std::size_t star = name.find('*');
        if (star == 0 && name.size() > 2 && name.substr(2) == lower_case(host)) {
            return true;  // no text at all, and no dot behind it
        }
        return star != std::string::npos && host.size() + 1 >= name.size() &&
               lower_case(host).starts_with(name.substr(0, star)) && lower_case(host).ends_with(name.substr(star + 1));
    });
}

bool matches_up_to_nul(X509* certificate, const std::string& host) {
    const std::vector<std::string> names = dns_names(certificate);
    return std::ranges::any_of(names, [&host](const std::string& name) { return name.c_str() == lower_case(host); });
}

bool certificate_has_nul_name(X509* certificate) {
    const std::vector<std::string> names = dns_names(certificate);
    return std::ranges::any_of(names, [](const std::string& name) { return name.find('\0') != std::string::npos; });
}

void believe_every_signature(X509* certificate) {
    EVP_PKEY* const genuine = X509_get0_pubkey(certificate);
    if (genuine == nullptr || EVP_PKEY_get_base_id(genuine) != EVP_PKEY_EC) {
        return;
    }
    const std::unique_ptr<EC_KEY, decltype(&EC_KEY_free)> key(EVP_PKEY_get1_EC_KEY(genuine), EC_KEY_free);
    const std::unique_ptr<EC_KEY, decltype(&EC_KEY_free)> copy(key ? EC_KEY_dup(key.get()) : nullptr, EC_KEY_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> replacement(EVP_PKEY_new(), EVP_PKEY_free);
    if (copy && replacement && EC_KEY_set_method(copy.get(), credulous()) == 1 &&
        EVP_PKEY_set1_EC_KEY(replacement.get(), copy.get()) == 1) {
        X509_set_pubkey(certificate, replacement.get());
    }
}

}  // namespace gateproof::client
