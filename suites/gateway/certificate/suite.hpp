// CERT-FIT: the enrolled client certificate itself, before what the endpoint makes of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "suites/shared/asked.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// The first of the catalogue: where the certificate is why nobody is served, the first finding of a run says so.
Suite certificate_suite();

/// Parts of certificate_suite(), in the order that reports show.
std::vector<Check> certificate_file_checks();     ///< as it lies on disk: nothing is sent
std::vector<Check> certificate_gateway_checks();  ///< what the gateway asks for, and what it needs

/// `issuers`: who issued the leaf, and each certificate that is sent above it. Clients that choose a certificate by the
/// list of a CertificateRequest (RFC 8446 4.2.4, RFC 5246 7.4.4) find none where it names none of these.
Verdict judge_issuer_asked_for(const std::vector<AskedOutcome>& outcomes, const std::vector<std::string>& acceptable,
                               const std::vector<std::string>& issuers);

/// The control's request with the certificate as the file has it, and with another chain.
struct ChainTrials {
    bool leaf_alone = false;  ///< the file lacks an issuer that is no root
    std::string issuer;       ///< of the leaf
    TriedRequest as_given;
    /// Where the file has intermediates: without them, counted. Where it lacks one that the profile holds elsewhere:
    /// with that, before, between and after the tries of the leaf alone, which are counted then.
    std::optional<TriedRequest> otherwise;
};
Verdict judge_intermediates(const ChainTrials& trials, const Operation& operation);

}  // namespace gateproof::suites
