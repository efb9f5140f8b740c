#include "evidence/signature.hpp"

#include <openssl/pem.h>  // first, because cms.h declares its own functions of PEM only behind it

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <new>
#include <stdexcept>

#include "harness/identity/openssl_handles.hpp"

namespace gateproof::evidence {
namespace {

using CmsPtr = std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)>;

void free_owned(STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}
using OwnedStack = std::unique_ptr<STACK_OF(X509), decltype(&free_owned)>;

BioHandle reading(std::string_view bytes) {
    return BioHandle(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string last_error() {
    const unsigned long code = ERR_peek_last_error();
    const char* const why = ERR_reason_error_string(code);
    ERR_clear_error();
    return why != nullptr ? why : "unknown error";
}

Certificate shared(X509* certificate) {
    X509_up_ref(certificate);
    return Certificate(CertificateHandle(certificate));
}

std::vector<Certificate> signers_of(CMS_ContentInfo* cms) {
    const BorrowedStack stack(CMS_get0_signers(cms));
    std::vector<Certificate> signers;
    for (int i = 0; stack && i < sk_X509_num(stack.get()); ++i) {
        signers.push_back(shared(sk_X509_value(stack.get(), i)));
    }
    return signers;
}

/// "2026-12-31 10:20 UTC"
std::string moment(const ASN1_TIME* time) {
    std::tm fields{};
    if (ASN1_TIME_to_tm(time, &fields) != 1) {
        return "a time that cannot be read";
    }
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday,
                       fields.tm_hour, fields.tm_min);
}

/// Why the digests that were signed prove nothing; empty: they do.
std::string weak_digest(CMS_ContentInfo* cms) {
    constexpr std::array strong{NID_sha256,   NID_sha384,   NID_sha512,  NID_sha512_256,
                                NID_sha3_256, NID_sha3_384, NID_sha3_512};
    const STACK_OF(CMS_SignerInfo)* const infos = CMS_get0_SignerInfos(cms);
    for (int i = 0; i < sk_CMS_SignerInfo_num(infos); ++i) {
        X509_ALGOR* digest = nullptr;
        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(infos, i), nullptr, nullptr, &digest, nullptr);
        const int kind = digest == nullptr ? NID_undef : OBJ_obj2nid(digest->algorithm);
        if (std::ranges::find(strong, kind) == strong.end()) {
            const char* const name = kind == NID_undef ? nullptr : OBJ_nid2ln(kind);
            return fmt::format("it is signed over a {} digest, which proves nothing: SHA-256 is the least",
                               name != nullptr ? name : "unknown");
        }
    }
    return {};
}

/// Why this certificate's key must not sign; empty: it may.
std::string unfit_signer(const Certificate& signer) {
    constexpr int least_bits = 112;  // OpenSSL's level 2: RSA of 2048 bits, curves of 224
    EVP_PKEY* const key = X509_get0_pubkey(signer.get());
    if (key == nullptr || EVP_PKEY_get_security_bits(key) < least_bits) {
        return fmt::format("the key of {} is too short to prove anything: RSA of 2048 bits is the least",
                           signer.subject());
    }
    // UINT32_MAX, all of the bits, where there is no key usage.
    if ((X509_get_key_usage(signer.get()) & static_cast<std::uint32_t>(KU_DIGITAL_SIGNATURE)) == 0) {
        return fmt::format("the certificate of {} is not for signatures: its key usage lacks digitalSignature",
                           signer.subject());
    }
    return {};
}

struct ChainProblem {
    std::string sentence;  ///< empty: the chain leads to the authorities, or is not asked for
    bool expired = false;
};

ChainProblem period_problem(const Certificate& certificate, bool over) {
    const std::string moved =
        over ? fmt::format("expired on {}", moment(X509_get0_notAfter(certificate.get())))
             : fmt::format("is not valid before {}", moment(X509_get0_notBefore(certificate.get())));
    return {fmt::format("the certificate of {} {}", certificate.subject(), moved), over};
}

std::time_t judged_at(const SignerDemand& demand) {
    return std::chrono::system_clock::to_time_t(demand.at.value_or(std::chrono::system_clock::now()));
}

/// A signer that is named by the digest of its certificate needs no authority, but its time.
ChainProblem outside_its_time(const Certificate& signer, std::time_t at) {
    if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(signer.get()), at) < 0) {
        return period_problem(signer, true);
    }
    return ASN1_TIME_cmp_time_t(X509_get0_notBefore(signer.get()), at) > 0 ? period_problem(signer, false)
                                                                           : ChainProblem{};
}

ChainProblem chain_problem(const Certificate& signer, STACK_OF(X509) * sent, const SignerDemand& demand) {
    const StoreHandle store(X509_STORE_new());
    const StoreContextHandle context(X509_STORE_CTX_new());
    if (!store || !context || X509_STORE_CTX_init(context.get(), store.get(), signer.get(), sent) != 1) {
        throw std::bad_alloc();
    }
    for (const Certificate& authority : demand.authorities) {
        X509_STORE_add_cert(store.get(), authority.get());
    }
    X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY);
    X509_VERIFY_PARAM_set_auth_level(parameters, 2);
    X509_VERIFY_PARAM_set_time(parameters, judged_at(demand));
    // An authority that the caller names is one, also where it is an intermediate.
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_verify_cert(context.get()) == 1) {
        return {};
    }
    const int error = X509_STORE_CTX_get_error(context.get());
    X509* const at_fault = X509_STORE_CTX_get_current_cert(context.get());
    ERR_clear_error();
    if (at_fault != nullptr && (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID)) {
        return period_problem(shared(at_fault), error == X509_V_ERR_CERT_HAS_EXPIRED);
    }
    std::string issuer;
    if (at_fault != nullptr && (error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                                error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE)) {
        issuer = fmt::format("; {} is neither among them nor in the pack", shared(at_fault).issuer());
    }
    return {fmt::format("the signer's certificate does not lead to the given CA: {}{}",
                        X509_verify_cert_error_string(error), issuer),
            false};
}

/// Why this signer is not whom the demand asks for.
ChainProblem distrust(const Certificate& signer, STACK_OF(X509) * sent, const SignerDemand& demand) {
    if (!demand.sha256.empty() && signer.sha256_fingerprint() != demand.sha256) {
        return {
            fmt::format("it is signed by {}, whose certificate has the SHA-256 {} and not the one that was asked for",
                        signer.subject(), signer.sha256_fingerprint()),
            false};
    }
    if (!demand.subject.empty() && signer.subject() != demand.subject) {
        return {fmt::format("it is signed by {} and not by {}", signer.subject(), demand.subject), false};
    }
    return demand.authorities.empty() ? outside_its_time(signer, judged_at(demand))
                                      : chain_problem(signer, sent, demand);
}

}  // namespace

std::string sign_detached(const Identity& identity, std::string_view content) {
    if (const std::string unfit = unfit_signer(identity.leaf); !unfit.empty()) {
        throw std::runtime_error("the identity " + identity.role + " cannot sign: " + unfit);
    }
    const BorrowedStack chain = borrowed_stack(identity.chain);
    const BioHandle data = reading(content);
    const CmsPtr cms(CMS_sign(identity.leaf.get(), identity.key.get(), chain.get(), data.get(),
                              CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP),
                     CMS_ContentInfo_free);
    const BioHandle out(BIO_new(BIO_s_mem()));
    if (!cms || PEM_write_bio_CMS(out.get(), cms.get()) != 1) {
        throw std::runtime_error("the identity " + identity.role + " cannot sign: " + last_error());
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

SignatureResult verify_detached(std::string_view cms_pem, std::string_view content, const SignerDemand& demand) {
    SignatureResult result;
    const BioHandle text = reading(cms_pem);
    const CmsPtr cms(PEM_read_bio_CMS(text.get(), nullptr, nullptr, nullptr), CMS_ContentInfo_free);
    if (!cms) {
        result.problem = "the signature is no CMS: " + last_error();
        return result;
    }
    const BioHandle data = reading(content);
    if (CMS_verify(cms.get(), nullptr, nullptr, data.get(), nullptr, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
        result.problem = "the signature does not fit the manifest: " + last_error();
        return result;
    }
    const std::vector<Certificate> signers = signers_of(cms.get());
    result.signer = signers.empty() ? "" : signers.front().subject();
    result.problem = signers.empty() ? "the signature is nobody's" : weak_digest(cms.get());
    for (const Certificate& signer : signers) {
        result.problem = result.problem.empty() ? unfit_signer(signer) : result.problem;
    }
    result.good = result.problem.empty();
    if (!result.good || !demand.is_made()) {
        return result;
    }
    const OwnedStack sent(CMS_get1_certs(cms.get()), free_owned);
    for (const Certificate& signer : signers) {
        const ChainProblem problem = distrust(signer, sent.get(), demand);
        if (!problem.sentence.empty()) {
            result.problem = problem.sentence;
            result.expired = problem.expired;
            return result;
        }
    }
    result.trusted = true;
    return result;
}

}  // namespace gateproof::evidence
