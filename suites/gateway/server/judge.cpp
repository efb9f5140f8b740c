#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <set>

#include "suites/gateway/server/suite.hpp"
#include "suites/shared/certificate_words.hpp"

namespace gateproof::suites {
namespace {

bool names_ocsp_responder(const Certificate& leaf) {
    STACK_OF(OPENSSL_STRING)* const responders = X509_get1_ocsp(leaf.get());
    const bool named = sk_OPENSSL_STRING_num(responders) > 0;
    X509_email_free(responders);
    ERR_clear_error();  // what the server showed may not parse
    return named;
}

/// RFC 7633: the TLS feature extension holds status_request.
bool demands_staple(const Certificate& leaf) {
    auto* const features = static_cast<TLS_FEATURE*>(X509_get_ext_d2i(leaf.get(), NID_tlsfeature, nullptr, nullptr));
    bool demanded = false;
    for (int i = 0; i < sk_ASN1_INTEGER_num(features); ++i) {
        demanded = demanded || ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == TLSEXT_TYPE_status_request;
    }
    TLS_FEATURE_free(features);
    ERR_clear_error();
    return demanded;
}

}  // namespace

Verdict judge_chain(const ChainVerdict& verdict, std::size_t sent) {
    if (verdict.error == X509_V_OK) {
        return Verdict::pass("the chain as sent ({} certificates) leads to a trusted root", sent);
    }
    const bool incomplete = verdict.error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                            verdict.error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
                            verdict.error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
    auto failed = Verdict::fail("the chain as sent ({} certificates) does not verify: {} at depth {}", sent,
                                verdict.text, verdict.depth);
    return std::move(failed).remedy(
        incomplete ? "send every intermediate certificate with the leaf, and check that the profile's "
                     "trust names the right root"
                   : "install a certificate chain that leads to a root in the profile's trust");
}

Verdict judge_hostname(const Certificate& leaf, const std::string& host) {
    if (matches_host(leaf, host)) {
        return Verdict::pass("the certificate names {}", host);
    }
    const std::string names = subject_alt_names(leaf);
    return Verdict::fail("the certificate does not name {}: {}", host,
                         names.empty() ? "it has no subject alternative names" : "it names " + names)
        .remedy("install a certificate whose subjectAltName holds the endpoint's host name (RFC 9525)");
}

Verdict judge_validity(const Validity& validity, SystemTime now, int warning_days) {
    if (now < validity.not_before) {
        return Verdict::fail("the certificate is not valid before {}", day_of(validity.not_before))
            .remedy("install a certificate that is valid now, and check this machine's clock");
    }
    if (now > validity.not_after) {
        return Verdict::fail("the certificate expired on {}", day_of(validity.not_after))
            .remedy("renew the server certificate");
    }
    const std::int64_t left = days_between(now, validity.not_after);
    if (left < warning_days) {
        return Verdict::warning("the certificate expires in {} days, on {}", left, day_of(validity.not_after))
            .remedy("renew the server certificate before it expires");
    }
    return Verdict::pass("the certificate is valid for another {} days, until {}", left, day_of(validity.not_after));
}

Verdict judge_strength(const std::vector<Certificate>& chain) {
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const bool root = i > 0 && is_self_signed(chain[i]);
        const std::string weakness = root ? "" : weakness_of(strength_of(chain[i]), true);
        if (!weakness.empty()) {
            return Verdict::fail("certificate {} of the chain ({}) has {}", i, chain[i].subject(), weakness)
                .remedy(
                    "use RSA keys of at least 2048 bits or EC keys of at least 256 bits, signed with SHA-256 or "
                    "better");
        }
    }
    const KeyStrength leaf = strength_of(chain.front());
    return Verdict::pass("{} key of {} bits, signed with {}", leaf.key_type, leaf.bits,
                         leaf.signature_digest.empty() ? "a scheme of its own" : leaf.signature_digest);
}

Verdict judge_usage(ServerUsage usage) {
    switch (usage) {
        case ServerUsage::allowed: return Verdict::pass("the certificate may name a TLS server");
        case ServerUsage::no_server_auth:
            return Verdict::fail("the extended key usage does not allow serverAuth")
                .remedy("install a certificate with serverAuth in its extended key usage (RFC 5280 4.2.1.12)");
        case ServerUsage::key_usage:
            return Verdict::fail("the key usage allows neither digital signatures nor a key exchange")
                .remedy("install a certificate with digitalSignature in its key usage (RFC 5280 4.2.1.3)");
        case ServerUsage::ca:
            return Verdict::warning("the server certificate is a CA certificate")
                .remedy("install an end entity certificate: basicConstraints CA:FALSE");
    }
    return Verdict::error("unknown usage");
}

Verdict judge_staple(std::string_view der, const std::vector<Certificate>& chain, const Trust& trust, SystemTime now) {
    if (der.empty() && demands_staple(chain.front())) {
        return Verdict::fail("no OCSP response is stapled, though the certificate demands one (RFC 7633)")
            .remedy("switch OCSP stapling on; clients that know the TLS feature extension refuse this server");
    }
    if (der.empty() && !names_ocsp_responder(chain.front())) {
        return Verdict::skipped("the certificate names no OCSP responder, so there is nothing to staple");
    }
    if (der.empty()) {
        return Verdict::warning("no OCSP response is stapled though it was asked for")
            .remedy("switch OCSP stapling on");
    }
    const OcspResult result = judge_ocsp(der, chain, trust, now);
    if (result.verdict == OcspVerdict::good) {
        return Verdict::pass("a current OCSP response is stapled: {}", result.text);
    }
    if (result.verdict == OcspVerdict::revoked) {
        return Verdict::fail("the stapled OCSP response says that the certificate is revoked")
            .remedy("replace the server certificate");
    }
    return Verdict::fail("the stapled OCSP response is of no use: {}", result.text)
        .remedy("let the server fetch a fresh response; clients that check it refuse this one");
}

Verdict judge_same_certificate(std::span<const std::string> fingerprints, std::size_t wanted) {
    const std::set<std::string> different(fingerprints.begin(), fingerprints.end());
    if (different.size() > 1) {
        return Verdict::fail("{} connections showed {} different certificates", fingerprints.size(), different.size())
            .remedy("install the same certificate on every node behind this address");
    }
    if (fingerprints.size() < wanted) {
        return Verdict::inconclusive("only {} of {} connections showed a certificate", fingerprints.size(), wanted);
    }
    return Verdict::pass("{} connections showed the same certificate", fingerprints.size());
}

}  // namespace gateproof::suites
