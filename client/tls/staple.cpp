#include "client/tls/staple.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <memory>

namespace gateproof::client {
namespace {

constexpr long clock_skew_seconds = 300;
constexpr long status_request = 5;

/// How the response calls the certificate; by its issuer, whatever the hash.
Staple status_in(OCSP_BASICRESP* response, X509* leaf, X509* issuer) {
    for (int i = 0; i < OCSP_resp_count(response); ++i) {
        OCSP_SINGLERESP* const single = OCSP_resp_get0(response, i);
        const OCSP_CERTID* const id = OCSP_SINGLERESP_get0_id(single);
        ASN1_OBJECT* digest = nullptr;
        OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
        const std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)> ours(
            OCSP_cert_to_id(EVP_get_digestbyobj(digest), leaf, issuer), OCSP_CERTID_free);
        if (!ours || OCSP_id_cmp(ours.get(), id) != 0) {
            continue;
        }
        ASN1_GENERALIZEDTIME* from = nullptr;
        ASN1_GENERALIZEDTIME* to = nullptr;
        const int status = OCSP_single_get0_status(single, nullptr, nullptr, &from, &to);
        if (status == V_OCSP_CERTSTATUS_REVOKED) {
            return Staple::revoked;
        }
        if (OCSP_check_validity(from, to, clock_skew_seconds, -1) != 1) {
            return Staple::broken;
        }
        return status == V_OCSP_CERTSTATUS_GOOD ? Staple::good : Staple::absent;
    }
    return Staple::absent;
}

}  // namespace

Staple read_staple(SSL* connection) {
    const unsigned char* bytes = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(connection, &bytes);
    STACK_OF(X509)* const chain = SSL_get0_verified_chain(connection);
    if (bytes == nullptr || size <= 0 || sk_X509_num(chain) < 2) {
        return Staple::absent;
    }
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
        d2i_OCSP_RESPONSE(nullptr, &bytes, size), OCSP_RESPONSE_free);
    const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(
        response ? OCSP_response_get1_basic(response.get()) : nullptr, OCSP_BASICRESP_free);
    Staple staple = Staple::broken;
    if (basic && OCSP_basic_verify(basic.get(), chain, SSL_CTX_get_cert_store(SSL_get_SSL_CTX(connection)), 0) == 1) {
        staple = status_in(basic.get(), sk_X509_value(chain, 0), sk_X509_value(chain, 1));
    }
    ERR_clear_error();
    return staple;
}

bool demands_staple(X509* certificate) {
    const std::unique_ptr<TLS_FEATURE, decltype(&TLS_FEATURE_free)> features(
        static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr)), TLS_FEATURE_free);
    for (int i = 0; features && i < sk_ASN1_INTEGER_num(features.get()); ++i) {
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == status_request) {
            return true;
        }
    }
    return false;
}

}  // namespace gateproof::client
