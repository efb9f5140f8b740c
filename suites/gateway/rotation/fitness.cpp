#include "suites/gateway/rotation/fitness.hpp"

#include <fmt/format.h>
#include <openssl/x509.h>

#include "suites/shared/certificate_words.hpp"

namespace gateproof::suites {
namespace {

/// Access: "must match exactly".
Finding common_name_kept(const Rotation& rotation) {
    const std::string& declared = rotation.expectations.common_name;
    return examine_exact_name(rotation.fresh.leaf, declared.empty() ? rotation.old.leaf.common_name() : declared);
}

/// It may begin later where the rotation is still ahead, and should outlive the old certificate.
Finding validity_beside_old(const Rotation& rotation) {
    Finding finding = examine_validity(rotation.fresh.leaf, rotation.now, rotation.warning_days);
    const std::optional<Validity> period = validity_of(rotation.fresh.leaf);
    if (period && rotation.now < period->not_before && rotation.expectations.moment == RotationMoment::before) {
        finding.outcome = Outcome::warning;
    }
    const std::optional<Validity> before = validity_of(rotation.old.leaf);
    if (finding.outcome == Outcome::pass && before && days_between(period->not_after, before->not_after) > 0) {
        return {"validity", Outcome::warning,
                fmt::format("it expires on {}, before the old one does", day_of(period->not_after)),
                "check that old and new certificate are not mixed up"};
    }
    return finding;
}

Finding key_changed(const Rotation& rotation) {
    if (X509_cmp(rotation.fresh.leaf.get(), rotation.old.leaf.get()) == 0) {
        return {"key_changed", Outcome::fail, "it is the old certificate itself",
                "give the new certificate, not the old one again"};
    }
    if (same_public_key(rotation.fresh.leaf, rotation.old.leaf)) {
        return {"key_changed", Outcome::fail, "it has the old certificate's key",
                "make a new key for each certificate: whoever got hold of the old key could go on"};
    }
    return {"key_changed", Outcome::pass, "its key is a new one"};
}

/// As for the old certificate, where that was served alone.
Finding chain_as_before(const Rotation& rotation) {
    const bool alone = rotation.old.chain.empty() && rotation.old.leaf.issuer() == rotation.fresh.leaf.issuer();
    return examine_chain(rotation.fresh, {.known = rotation.known_authorities, .served_alone_before = alone},
                         rotation.now);
}

}  // namespace

std::vector<Finding> examine_new_certificate(const Rotation& rotation) {
    return {examine_client_auth(rotation.fresh.leaf),
            common_name_kept(rotation),
            key_changed(rotation),
            validity_beside_old(rotation),
            examine_key_matches(rotation.fresh),
            chain_as_before(rotation),
            examine_authority(rotation.fresh.leaf, rotation.expectations.approved_authorities),
            examine_strength(rotation.fresh, {}, rotation.now)};
}

Verdict judge_new_certificate(const std::vector<Finding>& findings, const Certificate& leaf) {
    return judge_fitness(findings, "the new certificate",
                         fmt::format("the new certificate of {} is fit: clientAuth, common name, new key, period, "
                                     "chain, authority and strength",
                                     leaf.common_name()));
}

}  // namespace gateproof::suites
