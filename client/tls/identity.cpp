#include "client/tls/identity.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "client/base/files.hpp"
#include "client/base/io.hpp"

namespace gateproof::client {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Bio bio_of(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

int give_password(char* buffer, int size, int, void* given) {
    const auto& password = *static_cast<const std::string*>(given);
    const auto count = std::min(password.size(), static_cast<std::size_t>(size));
    std::memcpy(buffer, password.data(), count);
    return static_cast<int>(count);
}

Identity from_pkcs12(const IdentitySource& source, const std::string& password) {
    const std::string bytes = text_or_file(source.pkcs12, "PKCS#12 file");
    const Bio bio = bio_of(bytes);
    const std::unique_ptr<PKCS12, decltype(&PKCS12_free)> bag(d2i_PKCS12_bio(bio.get(), nullptr), PKCS12_free);
    EVP_PKEY* key = nullptr;
    X509* leaf = nullptr;
    STACK_OF(X509)* others = nullptr;
    if (!bag || PKCS12_parse(bag.get(), password.c_str(), &key, &leaf, &others) != 1 || key == nullptr ||
        leaf == nullptr) {
        ERR_clear_error();
        throw Unusable{
            "the PKCS#12 file holds no certificate with its key, or the "
            "password is not its password"};
    }
    Identity identity{{leaf, X509_free}, {key, EVP_PKEY_free}, {}};
    for (int i = 0; i < sk_X509_num(others); ++i) {
        identity.chain.emplace_back(sk_X509_value(others, i), X509_free);
    }
    sk_X509_free(others);
    return identity;
}

/// What texts say, for whoever asks again: OpenSSL 3.0 takes a millisecond over a key, and of the clients that are
/// started in one process most are given the same texts.
template <typename Meaning>
class Remembered {
public:
    using Key = std::pair<std::string, std::string>;

    template <typename Read>
    Meaning of(const Key& text, const Read& read) {
        const std::unique_lock lock(mutex_);
        if (const auto found = known_.find(text); found != known_.end()) {
            return found->second;
        }
        Meaning meaning = read();
        if (known_.size() >= most) {
            known_.clear();
        }
        known_.emplace(text, meaning);
        return meaning;
    }

private:
    static constexpr std::size_t most = 64;
    std::mutex mutex_;
    std::map<Key, Meaning> known_;
};

std::vector<CertificatePtr> read_certificates(const std::string& pem) {
    std::vector<CertificatePtr> found;
    const Bio bio = bio_of(pem);
    while (X509* const next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        found.emplace_back(next, X509_free);
    }
    ERR_clear_error();
    return found;
}

Identity read_identity(const std::string& pem, const std::string& key_pem, std::string& password) {
    const std::vector<CertificatePtr> all = read_certificates(pem);
    const Bio bio = bio_of(key_pem);
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &password), EVP_PKEY_free);
    ERR_clear_error();
    if (all.empty()) {
        throw Unusable{"the certificate file holds no certificate in PEM"};
    }
    if (!key) {
        throw Unusable{
            "the key file holds no private key in PEM, or one that its "
            "password does not open"};
    }
    if (X509_check_private_key(all.front().get(), key.get()) != 1) {
        ERR_clear_error();
        throw Unusable{"the key is not that of the first certificate in the certificate file"};
    }
    Identity identity{all.front(), std::move(key), {}};
    identity.chain.assign(all.begin() + 1, all.end());
    return identity;
}

}  // namespace

std::vector<CertificatePtr> certificates_of(const std::string& pem) {
    static Remembered<std::vector<CertificatePtr>> remembered;
    return remembered.of({pem, {}}, [&] { return read_certificates(pem); });
}

std::string der_of(X509* certificate) {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(certificate, &bytes);
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(size, 0)));
    OPENSSL_free(bytes);
    return der;
}

Identity load_identity(const IdentitySource& source) {
    std::string password =
        source.password_file.empty() ? std::string() : first_line_of_file(source.password_file, "password file");
    if (!source.pkcs12.empty()) {
        return from_pkcs12(source, password);
    }
    const std::string pem = text_or_file(source.certificate, "certificate");
    const std::string key_pem = source.key.empty() ? pem : text_or_file(source.key, "key");
    if (!password.empty()) {
        return read_identity(pem, key_pem, password);
    }
    static Remembered<Identity> remembered;
    return remembered.of({pem, key_pem}, [&] { return read_identity(pem, key_pem, password); });
}

}  // namespace gateproof::client
