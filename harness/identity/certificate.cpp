#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <limits>

#include "harness/identity/identity.hpp"
#include "harness/identity/openssl_errors.hpp"
#include "harness/identity/openssl_handles.hpp"

namespace gateproof {

namespace {

/// OpenSSL escapes the controls below U+0020; those of U+0080 to U+009F steer terminals too.
std::string escape_c1(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if (byte == 0xC2 && next >= 0x80 && next <= 0x9F) {
            out += fmt::format("\\C2\\{:02X}", next);
            ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string name_text(const X509_NAME* name) {
    const OpensslErrorScope errors;
    const BioHandle out(BIO_new(BIO_s_mem()));
    const unsigned long flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    if (!out || name == nullptr || X509_NAME_print_ex(out.get(), name, 0, flags) < 0) {
        return {};
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return size > 0 ? escape_c1({data, static_cast<std::size_t>(size)}) : std::string();
}

/// Upper-case hex, no colons.
std::string fingerprint(const X509& certificate, const EVP_MD* kind) {
    const OpensslErrorScope errors;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    std::string out;
    if (X509_digest(&certificate, kind, digest.data(), &size) == 1) {
        for (unsigned i = 0; i < size; ++i) {
            out += fmt::format("{:02X}", digest.at(i));
        }
    }
    return out;
}

}  // namespace

void X509Deleter::operator()(X509* certificate) const {
    X509_free(certificate);
}
void PrivateKeyDeleter::operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
}

OpensslErrorScope::OpensslErrorScope() {
    ERR_clear_error();
}
OpensslErrorScope::~OpensslErrorScope() {
    ERR_clear_error();
}

bool OpensslErrorScope::saw_unsupported() {
    for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error()) {
        const int reason = ERR_GET_REASON(error);
        if (reason == ERR_R_UNSUPPORTED ||
            (ERR_GET_LIB(error) == ERR_LIB_EVP && reason == EVP_R_UNSUPPORTED_ALGORITHM)) {
            return true;
        }
    }
    return false;
}

Certificate::Certificate(CertificateHandle handle) : handle_(handle.release(), X509Deleter{}) {}

std::string Certificate::subject() const {
    return name_text(X509_get_subject_name(handle_.get()));
}
std::string Certificate::issuer() const {
    return name_text(X509_get_issuer_name(handle_.get()));
}

std::string Certificate::common_name() const {
    const OpensslErrorScope errors;
    const X509_NAME* name = X509_get_subject_name(handle_.get());
    const int index = name == nullptr ? -1 : X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (index < 0) {
        return {};
    }
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
    std::string out;
    if (size > 0) {
        out.assign(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    }
    OPENSSL_free(text);
    return out;
}

std::string Certificate::sha256_fingerprint() const {
    return fingerprint(*handle_, EVP_sha256());
}

std::string Certificate::sha1_fingerprint() const {
    return fingerprint(*handle_, EVP_sha1());
}

std::string Certificate::der() const {
    const OpensslErrorScope errors;
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(handle_.get(), &bytes);
    std::string out;
    if (size > 0) {
        out.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
    OPENSSL_free(bytes);
    return out;
}

std::vector<Certificate> Certificate::all_from_pem(std::string_view pem) {
    const OpensslErrorScope errors;
    std::vector<Certificate> out;
    if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return out;
    }
    const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    while (in) {
        CertificateHandle one(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
        if (!one) {
            // The only good end is that no further PEM block was found.
            const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
            return at_end ? out : std::vector<Certificate>{};
        }
        out.emplace_back(std::move(one));
    }
    return out;
}

std::optional<Certificate> Certificate::from_der(std::string_view der) {
    const OpensslErrorScope errors;
    if (der.size() > static_cast<std::size_t>(std::numeric_limits<long>::max())) {
        return std::nullopt;
    }
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    CertificateHandle one(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!one || at != reinterpret_cast<const unsigned char*>(der.data()) + der.size()) {
        return std::nullopt;
    }
    return Certificate(std::move(one));
}

}  // namespace gateproof
