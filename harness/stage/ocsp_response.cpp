#include <openssl/ocsp.h>

#include <memory>
#include <stdexcept>

#include "harness/identity/openssl_errors.hpp"
#include "harness/stage/test_pki_state.hpp"

namespace gateproof::stage {
namespace {

using MadeTime = std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)>;

MadeTime from_now(long seconds) {
    return {X509_gmtime_adj(nullptr, seconds), &ASN1_TIME_free};
}

}  // namespace

std::string ocsp_response(const Certificate& leaf, const Authority& issuer, bool revoked) {
    constexpr long hour = 3600;
    constexpr long week = 7 * 24 * hour;
    const OpensslErrorScope errors;
    const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(OCSP_BASICRESP_new(),
                                                                                &OCSP_BASICRESP_free);
    // By SHA-1, which every client knows here: it names the certificate and protects nothing (RFC 5019 2.1.1).
    const std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)> id(
        OCSP_cert_to_id(EVP_sha1(), leaf.get(), issuer.certificate.get()), &OCSP_CERTID_free);
    const MadeTime since = from_now(-hour);
    const MadeTime until = from_now(week);
    const bool said =
        basic && id && since && until &&
        OCSP_basic_add1_status(basic.get(), id.get(), revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
                               OCSP_REVOKED_STATUS_KEYCOMPROMISE, revoked ? since.get() : nullptr, since.get(),
                               until.get()) != nullptr;
    const bool is_signed =
        said && OCSP_basic_sign(basic.get(), issuer.certificate.get(), issuer.key.get(), EVP_sha256(), nullptr, 0) == 1;
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
        is_signed ? OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()) : nullptr, &OCSP_RESPONSE_free);
    unsigned char* der = nullptr;
    const int size = response ? i2d_OCSP_RESPONSE(response.get(), &der) : -1;
    if (size <= 0) {
        throw std::runtime_error("OpenSSL makes no OCSP response");
    }
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace gateproof::stage
