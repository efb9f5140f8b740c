#include "evidence/signature.hpp"

#include <openssl/pem.h>  // first, because cms.h declares its own functions of PEM only behind it

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace gateproof::evidence {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)>;
using StorePtr = std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)>;

void free_stack(STACK_OF(X509) * stack) {
    sk_X509_free(stack);
}
using StackPtr = std::unique_ptr<STACK_OF(X509), decltype(&free_stack)>;

BioPtr reading(std::string_view bytes) {
    return {BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), BIO_free};
}

std::string last_error() {
    const unsigned long code = ERR_peek_last_error();
    const char* const why = ERR_reason_error_string(code);
    ERR_clear_error();
    return why != nullptr ? why : "unknown error";
}

StorePtr store_of(const std::vector<Certificate>& authorities) {
    StorePtr store(X509_STORE_new(), X509_STORE_free);
    for (const Certificate& authority : authorities) {
        X509_STORE_add_cert(store.get(), authority.get());
    }
    X509_VERIFY_PARAM_set_purpose(X509_STORE_get0_param(store.get()), X509_PURPOSE_ANY);
    // An authority that the caller names is one, also where it is an intermediate.
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    return store;
}

bool verify(CMS_ContentInfo* cms, std::string_view content, X509_STORE* store, unsigned flags) {
    const BioPtr data = reading(content);
    return CMS_verify(cms, nullptr, store, data.get(), nullptr, CMS_BINARY | flags) == 1;
}

std::string signer_of(CMS_ContentInfo* cms) {
    const StackPtr signers(CMS_get0_signers(cms), free_stack);
    if (!signers || sk_X509_num(signers.get()) < 1) {
        return {};
    }
    X509* const first = sk_X509_value(signers.get(), 0);
    X509_up_ref(first);
    return Certificate(CertificateHandle(first)).subject();
}

}  // namespace

std::string sign_detached(const Identity& identity, std::string_view content) {
    const StackPtr chain(sk_X509_new_null(), free_stack);
    for (const Certificate& link : identity.chain) {
        sk_X509_push(chain.get(), link.get());
    }
    const BioPtr data = reading(content);
    const CmsPtr cms(CMS_sign(identity.leaf.get(), identity.key.get(), chain.get(), data.get(),
                              CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP),
                     CMS_ContentInfo_free);
    const BioPtr out(BIO_new(BIO_s_mem()), BIO_free);
    if (!cms || PEM_write_bio_CMS(out.get(), cms.get()) != 1) {
        throw std::runtime_error("the identity " + identity.role + " cannot sign: " + last_error());
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

SignatureResult verify_detached(std::string_view cms_pem, std::string_view content,
                                const std::vector<Certificate>& authorities) {
    SignatureResult result;
    const BioPtr text = reading(cms_pem);
    const CmsPtr cms(PEM_read_bio_CMS(text.get(), nullptr, nullptr, nullptr), CMS_ContentInfo_free);
    if (!cms) {
        result.problem = "the signature is no CMS: " + last_error();
        return result;
    }
    const StorePtr store = store_of(authorities);
    result.good = verify(cms.get(), content, store.get(), CMS_NO_SIGNER_CERT_VERIFY);
    if (!result.good) {
        result.problem = "the signature does not fit the manifest: " + last_error();
        return result;
    }
    result.signer = signer_of(cms.get());
    if (!authorities.empty()) {
        result.trusted = verify(cms.get(), content, store.get(), 0);
        result.problem =
            result.trusted ? "" : "the signer's certificate does not lead to the given CA: " + last_error();
    }
    return result;
}

}  // namespace gateproof::evidence
