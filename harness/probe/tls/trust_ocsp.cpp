#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <algorithm>
#include <memory>

#include "harness/identity/openssl_handles.hpp"
#include "harness/probe/tls/trust.hpp"

namespace gateproof {
namespace {

constexpr long clock_difference_seconds = 300;

template <class T, void (*free_it)(T*)>
struct Free {
    void operator()(T* value) const { free_it(value); }
};
using Response = std::unique_ptr<OCSP_RESPONSE, Free<OCSP_RESPONSE, &OCSP_RESPONSE_free>>;
using Basic = std::unique_ptr<OCSP_BASICRESP, Free<OCSP_BASICRESP, &OCSP_BASICRESP_free>>;
using CertId = std::unique_ptr<OCSP_CERTID, Free<OCSP_CERTID, &OCSP_CERTID_free>>;

/// The certificate that signed the leaf: from the chain, or an anchor that the server rightly did not send.
const Certificate* issuer_of(const std::vector<Certificate>& chain, const Trust& trust) {
    const auto issued_it = [&](const Certificate& candidate) {
        return X509_check_issued(candidate.get(), chain.front().get()) == X509_V_OK;
    };
    auto found = std::find_if(chain.begin() + 1, chain.end(), issued_it);
    if (found != chain.end()) {
        return &*found;
    }
    found = std::find_if(trust.anchors.begin(), trust.anchors.end(), issued_it);
    return found == trust.anchors.end() ? nullptr : &*found;
}

bool signed_for(OCSP_BASICRESP* basic, const Certificate& issuer) {
    // The issuer is the anchor here: RFC 6960 4.2.2.2 lets it, or one it certifies for this, sign.
    const StoreHandle store(X509_STORE_new());
    if (!store || X509_STORE_add_cert(store.get(), issuer.get()) != 1) {
        return false;
    }
    X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    const BorrowedStack known = borrowed_stack({&issuer, 1});
    return known && OCSP_basic_verify(basic, known.get(), store.get(), OCSP_PARTIAL_CHAIN) == 1;
}

bool speaks_of(const OCSP_CERTID* id, const Certificate& leaf, const Certificate* issuer) {
    auto* open_id = const_cast<OCSP_CERTID*>(id);
    ASN1_OBJECT* digest = nullptr;
    ASN1_INTEGER* serial = nullptr;
    OCSP_id_get0_info(nullptr, &digest, nullptr, &serial, open_id);
    if (issuer == nullptr) {
        return ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(leaf.get())) == 0;
    }
    const EVP_MD* algorithm = EVP_get_digestbyobj(digest);
    const CertId wanted(algorithm == nullptr ? nullptr : OCSP_cert_to_id(algorithm, leaf.get(), issuer->get()));
    return wanted && OCSP_id_cmp(wanted.get(), id) == 0;
}

OcspResult judge(const Response& response, const std::vector<Certificate>& chain, const Trust& trust, SystemTime now) {
    const int status = OCSP_response_status(response.get());
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return {OcspVerdict::unsuccessful, OCSP_response_status_str(status)};
    }
    const Basic basic(OCSP_response_get1_basic(response.get()));
    if (!basic || chain.empty()) {
        return {OcspVerdict::malformed, "no basic response inside"};
    }
    const Certificate* issuer = issuer_of(chain, trust);
    OCSP_SINGLERESP* single = nullptr;
    for (int i = 0; i < OCSP_resp_count(basic.get()) && single == nullptr; ++i) {
        OCSP_SINGLERESP* candidate = OCSP_resp_get0(basic.get(), i);
        if (speaks_of(OCSP_SINGLERESP_get0_id(candidate), chain.front(), issuer)) {
            single = candidate;
        }
    }
    if (single == nullptr) {
        return {OcspVerdict::wrong_certificate, "it speaks of another certificate"};
    }
    if (issuer != nullptr && !signed_for(basic.get(), *issuer)) {
        return {OcspVerdict::bad_signature, "its signature does not verify"};
    }
    int reason = 0;
    ASN1_GENERALIZEDTIME* revoked_at = nullptr;
    ASN1_GENERALIZEDTIME* this_update = nullptr;
    ASN1_GENERALIZEDTIME* next_update = nullptr;
    const int said = OCSP_single_get0_status(single, &reason, &revoked_at, &this_update, &next_update);
    std::time_t latest = std::chrono::system_clock::to_time_t(now) + clock_difference_seconds;
    std::time_t earliest = std::chrono::system_clock::to_time_t(now) - clock_difference_seconds;
    if (this_update == nullptr || ASN1_TIME_cmp_time_t(this_update, latest) > 0) {
        return {OcspVerdict::not_current, "it is not valid yet"};
    }
    if (next_update != nullptr && ASN1_TIME_cmp_time_t(next_update, earliest) < 0) {
        return {OcspVerdict::not_current, "it has expired"};
    }
    switch (said) {
        case V_OCSP_CERTSTATUS_GOOD:
            return {OcspVerdict::good,
                    issuer != nullptr ? "good" : "good (unsigned as far as we can tell: the issuer was not sent)"};
        case V_OCSP_CERTSTATUS_REVOKED: return {OcspVerdict::revoked, "revoked"};
        default: return {OcspVerdict::unknown, "unknown"};
    }
}

}  // namespace

OcspResult judge_ocsp(std::string_view der, const std::vector<Certificate>& chain, const Trust& trust, SystemTime now) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const Response response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
    OcspResult result{OcspVerdict::malformed, "it does not parse"};
    if (response) {
        result = judge(response, chain, trust, now);
    }
    ERR_clear_error();
    return result;
}

}  // namespace gateproof
