#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <set>

#include "suites/gateway/server/suite.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/server_chain.hpp"

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

Verdict judge_hostname(const Certificate& leaf, const std::string& host) {
    if (matches_host(leaf, host)) {
        return Verdict::pass("the certificate names {}", host);
    }
    const std::string names = subject_alt_names(leaf);
    return Verdict::fail("the certificate does not name {}: {}", host,
                         names.empty() ? "it has no subject alternative names" : "it names " + names)
        .remedy("install a certificate whose subjectAltName holds the endpoint's host name (RFC 9525)");
}

Verdict judge_validity(const Validity& validity, SystemTime now, std::optional<int> warning_days) {
    if (now < validity.not_before) {
        return Verdict::fail("the certificate is not valid before {}", day_of(validity.not_before))
            .remedy("install a certificate that is valid now, and check this machine's clock");
    }
    if (now > validity.not_after) {
        return Verdict::fail("the certificate expired on {}", day_of(validity.not_after))
            .remedy("renew the server certificate");
    }
    const std::int64_t left = days_between(now, validity.not_after);
    if (left < days_of_warning(validity, warning_days)) {
        return Verdict::warning("the certificate expires in {} days, on {}", left, day_of(validity.not_after))
            .remedy("renew the server certificate before it expires");
    }
    return Verdict::pass("the certificate is valid for another {} days, until {}", left, day_of(validity.not_after));
}

Verdict judge_strength(const std::vector<Certificate>& chain, const std::vector<Certificate>& path) {
    std::string spare;
    Failures failures;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const bool root = i > 0 && is_self_signed(chain[i]);
        const std::string weakness = root ? "" : weakness_of(strength_of(chain[i]), true);
        const bool needed = path.empty() || i == 0 ||
                            std::ranges::any_of(path, [&](const Certificate& link) { return is_same(link, chain[i]); });
        if (!weakness.empty() && needed) {
            failures.add(Verdict::fail("certificate {} of the chain ({}) has {}", i, chain[i].subject(), weakness)
                             .remedy("use RSA keys of at least 2048 bits or EC keys of at least 256 bits, signed with "
                                     "SHA-256 or better"));
            continue;
        }
        if (!weakness.empty()) {
            spare += fmt::format("; certificate {} ({}) has {}, but no path needs it", i, chain[i].subject(), weakness);
        }
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    const KeyStrength leaf = strength_of(chain.front());
    return Verdict::pass("{} key of {} bits, signed with {}{}", leaf.key_type, leaf.bits,
                         leaf.signature_digest.empty() ? "a scheme of its own" : leaf.signature_digest, spare);
}

Verdict judge_usage(ServerUsage usage) {
    switch (usage) {
        case ServerUsage::allowed: return Verdict::pass("the certificate may name a TLS server");
        case ServerUsage::no_server_auth:
            return Verdict::fail("the extended key usage does not allow serverAuth")
                .remedy("install a certificate with serverAuth in its extended key usage (RFC 5280 4.2.1.12)");
        case ServerUsage::key_usage:
            return Verdict::fail("the key usage does not allow digital signatures, which every handshake needs")
                .remedy("install a certificate with digitalSignature in its key usage (RFC 8446 4.4.2.2)");
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

Verdict judge_refused_staple(const Tries& with, const Tries& without) {
    if (!without.served()) {
        return Verdict::inconclusive("the server showed no certificate: {}", with.summary());
    }
    return Verdict::fail("a ClientHello that asks for a stapled OCSP response is refused ({}), the same without is not",
                         with.summary())
        .found({fmt::format("a ClientHello that asks for a stapled OCSP response is refused: {}", with.told())})
        .remedy("update the TLS implementation of this listener: RFC 6066 8 lets it pass over status_request")
        .rests_on_resets(with.rests_on_resets());
}

Verdict judge_date(bool sent, const ClockReading& reading, const std::string& endpoint) {
    using State = ClockReading::State;
    constexpr const char* set_theirs =
        "keep the endpoint's clock by NTP on every node: what says until when it is valid is judged by it";
    if (!sent) {
        return Verdict::skipped("answers have no Date header, as those of some proxies, so there is nothing to judge");
    }
    if (reading.state == State::peer_off) {
        return Verdict::warning("{}", reading.difference).remedy(set_theirs);
    }
    if (reading.state == State::unknown || reading.peer != endpoint) {
        return Verdict::inconclusive("{}", reading.sentence)
            .remedy("see what answers in the endpoint's place: a cache must not keep these answers");
    }
    if (reading.state == State::apart) {
        return Verdict::inconclusive("{}, and one of them is wrong", reading.difference)
            .remedy(
                "set this machine's clock and run again; where it is right, keep the endpoint's clock by NTP on every "
                "node");
    }
    return Verdict::pass("{}", reading.difference.empty() ? reading.sentence : reading.difference);
}

Verdict worst_of(const std::vector<Verdict>& verdicts) {
    for (const Outcome outcome : {Outcome::fail, Outcome::warning}) {
        const auto found = std::ranges::find(verdicts, outcome, &Verdict::outcome);
        if (found != verdicts.end()) {
            return *found;
        }
    }
    return Verdict::pass("it is as good as the others");
}

Verdict judge_same_certificate(std::span<const SeenLeaf> leaves, std::size_t wanted) {
    std::set<std::string> different;
    Failures failures;
    for (const SeenLeaf& leaf : leaves) {
        different.insert(leaf.fingerprint);
        if (leaf.verdict.outcome() == Outcome::fail && leaf.fingerprint != leaves.front().fingerprint) {
            failures.add(Verdict::fail("{} connections showed different certificates, and of one of them: {}",
                                       leaves.size(), leaf.verdict.sentence())
                             .remedy("install a good certificate on every node behind this address"));
        }
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (different.size() > 1 && leaves.front().verdict.outcome() == Outcome::fail) {
        return Verdict::fail("{} connections showed different certificates, and of one of them: {}", leaves.size(),
                             leaves.front().verdict.sentence())
            .remedy("install a good certificate on every node behind this address");
    }
    if (different.size() > 1) {
        // RFC 9325 3.9 asks nodes for the same security, not for the same certificate.
        return Verdict::warning("{} connections showed {} different certificates, each of them good", leaves.size(),
                                different.size())
            .found({"different certificates, each of them good"})
            .remedy("see that this is meant: nodes that renew by themselves, or a renewal that is under way");
    }
    if (leaves.size() < wanted) {
        return Verdict::inconclusive("only {} of {} connections showed a certificate", leaves.size(), wanted);
    }
    return Verdict::pass("{} connections showed the same certificate", leaves.size());
}

Verdict judge_other_certificates(std::span<const OtherLeaf> others, std::size_t offers) {
    std::string good;
    Failures failures;
    for (const OtherLeaf& other : others) {
        const std::string who = fmt::format("clients that offer {}", other.offer);
        const bool found = other.verdict.outcome() == Outcome::fail || other.verdict.outcome() == Outcome::warning;
        if (other.named && other.verdict.outcome() == Outcome::fail) {
            failures.add(Verdict::fail("{} are shown another certificate: {}", who, other.verdict.sentence())
                             .remedy("renew that certificate too, or take it off this listener"));
        } else if (found && (other.named || other.names_host)) {
            failures.add(Verdict::warning("{} are shown another certificate: {}", who, other.verdict.sentence())
                             .remedy("renew that certificate too, or take it off this listener"));
        }
        if (!found || !(other.named || other.names_host)) {
            good += fmt::format("{}{}{}", good.empty() ? "" : ", ", other.offer,
                                other.named || other.names_host ? "" : " (one for another name)");
        }
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (good.empty()) {
        return Verdict::pass("{} offers of RSA or ECDSA alone were shown no other certificate", offers);
    }
    return Verdict::pass("another certificate, as good, is shown to clients that offer {}", good);
}

}  // namespace gateproof::suites
