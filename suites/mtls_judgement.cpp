#include <algorithm>

#include "suites/mtls.hpp"

namespace gateproof::suites {

Verdict judge_no_certificate(const std::vector<VersionOutcome>& outcomes, const Operation& operation) {
    std::string how;
    bool at_http_level = false;
    for (const VersionOutcome& outcome : outcomes) {
        if (!outcome.without_certificate) {
            continue;
        }
        const HttpOutcome& without = *outcome.without_certificate;
        const bool success = without.response && without.response->status / 100 == 2;
        if (without.served(operation) || success) {
            return Verdict::fail("{} {} was answered with {} under {} without a client certificate", operation.method,
                                 operation.path, without.summary(), to_string(outcome.version))
                .remedy("require and verify a client certificate on this listener");
        }
        if (!without.is_refusal()) {
            return Verdict::inconclusive(
                "without a client certificate under {}: {}, which is neither service nor a refusal",
                to_string(outcome.version), without.summary());
        }
        at_http_level = at_http_level || without.response;
        how += (how.empty() ? "" : ", ") + to_string(outcome.version) + ": " + without.summary();
    }
    if (how.empty()) {
        return Verdict::inconclusive(
            "the enrolled certificate was served under no version, so a refusal proves nothing: {}",
            outcomes.empty() ? "nothing was tried" : outcomes.front().with_certificate.summary());
    }
    return Verdict::pass("refused without a client certificate ({}){}", how,
                         at_http_level ? "; the connection itself was accepted and refused at HTTP level" : "");
}

Verdict judge_served(const HttpOutcome& outcome, const Operation& operation, std::string_view who, bool tls_alive) {
    if (outcome.served(operation)) {
        return Verdict::pass("{} {} {} was served: {}", who, operation.method, operation.path, outcome.summary());
    }
    const int status = outcome.response ? outcome.response->status : 0;
    const bool whole = outcome.failure == HttpFailure::none && outcome.response;
    const bool told = whole || outcome.alert || outcome.handshake_done || tls_alive;
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
