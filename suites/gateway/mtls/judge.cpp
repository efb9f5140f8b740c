#include <algorithm>

#include "suites/gateway/mtls/suite.hpp"

namespace gateproof::suites {

Verdict judge_served(const HttpOutcome& outcome, const Operation& operation, std::string_view who, bool tls_alive) {
    if (outcome.served(operation)) {
        return Verdict::pass("{} {} {} was served: {}", who, operation.method, operation.path, outcome.summary());
    }
    const int status = outcome.response ? outcome.response->status : 0;
    const bool whole = outcome.failure == HttpFailure::none && outcome.response;
    const bool told = whole || outcome.alert || tls_alive;
    if (outcome.is_refusal() && told) {
        return Verdict::fail("{} {} {} was refused: {}", who, operation.method, operation.path, outcome.summary())
            .remedy("check that the certificate is the enrolled one of this environment, and its enrolment");
    }
    if (whole && status / 100 == 2) {
        return Verdict::fail("{} {} {} was answered with {} but not as the profile expects", who, operation.method,
                             operation.path, outcome.summary())
            .remedy("compare expect_status and expect_body_contains of the operation with the answer");
    }
    return Verdict::inconclusive("{} {} {}: {}", who, operation.method, operation.path, outcome.summary());
}

Verdict judge_asked(const std::vector<AskedOutcome>& outcomes, std::size_t acceptable_cas) {
    std::string versions;
    for (const AskedOutcome& outcome : outcomes) {
        if (!outcome.served) {
            continue;
        }
        if (!outcome.asked) {
            return Verdict::fail("no client certificate was requested under {}", to_string(outcome.version))
                .remedy("let this listener send a CertificateRequest in every handshake");
        }
        versions += (versions.empty() ? "" : " and ") + to_string(outcome.version);
    }
    if (versions.empty()) {
        return Verdict::inconclusive("no handshake got far enough: {}",
                                     outcomes.empty() ? "none was tried" : outcomes.front().summary);
    }
    if (acceptable_cas == 0) {
        return Verdict::pass("a client certificate is requested under {}, of any certificate authority", versions);
    }
    return Verdict::pass("a client certificate is requested under {}, of {} named certificate authorities", versions,
                         acceptable_cas);
}

Verdict judge_not_asked(const std::vector<AskedOutcome>& outcomes) {
    std::string versions;
    for (const AskedOutcome& outcome : outcomes) {
        if (outcome.asked) {
            return Verdict::fail("a client certificate was requested under {}", to_string(outcome.version))
                .remedy("switch client authentication off on this listener: its TLS is server-side only");
        }
        if (outcome.served) {
            versions += (versions.empty() ? "" : " and ") + to_string(outcome.version);
        }
    }
    if (versions.empty()) {
        return Verdict::inconclusive("no handshake got far enough: {}",
                                     outcomes.empty() ? "none was tried" : outcomes.front().summary);
    }
    return Verdict::pass("no client certificate was requested under {}", versions);
}

}  // namespace gateproof::suites
