#include "suites/gateway/mtls/suite.hpp"

#include <cstdint>

namespace gateproof::suites {

namespace {

constexpr std::uint8_t alert_handshake_failure = 40;
constexpr std::uint8_t alert_protocol_version = 70;
constexpr std::uint8_t alert_internal_error = 80;

/// The handshake ended over something else than a certificate.
bool ended_before_certificates(const HttpOutcome& outcome) {
    return !outcome.response && outcome.alert &&
           (outcome.alert->description == alert_protocol_version || outcome.alert->description == alert_internal_error);
}

}  // namespace

Verdict judge_http_2_alone(const TriedRequest& tried, const Operation& operation, std::string_view who) {
    return Verdict::inconclusive(
               "{} {} {}: {}, but the server speaks HTTP/2 alone (it chooses h2 by ALPN, and not http/1.1), so this says "
               "nothing of the client",
               who, operation.method, operation.path, tried.tries.summary())
        .remedy("let this listener speak HTTP/1.1 as well: gateproof, like many a client, speaks no other");
}

Verdict judge_served(const TriedRequest& tried, const Operation& operation, std::string_view who, bool cut_by_tls) {
    const HttpOutcome& outcome = tried.outcome;
    const std::string answers = tried.tries.summary();
    if (outcome.served(operation)) {
        return Verdict::pass("{} {} {} was served: {}", who, operation.method, operation.path, answers);
    }
    if (ended_before_certificates(outcome) && tried.tries.is_refusal()) {
        return Verdict::inconclusive("{} {} {}: {}, before any certificate was looked at", who, operation.method,
                                     operation.path, answers)
            .remedy("mend the handshake first: what the checks of the tls suite say of versions, suites and groups");
    }
    if (tried.tries.is_refusal() && (!tried.tries.rests_on_resets() || cut_by_tls)) {
        const bool may_be_the_suites = outcome.alert && outcome.alert->description == alert_handshake_failure;
        return Verdict::fail("{} {} {} was refused: {}", who, operation.method, operation.path, answers)
            .remedy(
                may_be_the_suites
                    ? "see whether versions, suites and groups fit (the tls suite), and what the certificate suite "
                      "says of the certificate itself; then check its enrolment in this environment"
                : outcome.whole()
                    ? "TLS took the certificate, and the refusal came over HTTP: see what the certificate suite says of "
                      "it, then that it is the enrolled one of this environment; where it is, that every proxy between "
                      "TLS and the service passes it on"
                    : "see what the certificate suite says of the certificate itself; then check that it is the "
                      "enrolled one of this environment, and its enrolment")
            .found(
                {fmt::format("{} {} {} was refused: {}", who, operation.method, operation.path, tried.tries.told())});
    }
    if (tried.tries.rests_on_resets()) {
        return Verdict::inconclusive(
                   "{} {} {}: {}, which a server does that refuses the certificate without a word, and a terminator "
                   "of TLS whose service is gone",
                   who, operation.method, operation.path, answers)
            .remedy("see that the service behind TLS runs and speaks HTTP/1.1; then check the certificate's enrolment");
    }
    if (outcome.whole() && tried.tries.success_count() > 0) {
        return Verdict::fail("{} {} {} was answered with {} but not as the profile expects", who, operation.method,
                             operation.path, answers)
            .remedy("compare expect.status and expect.body_contains of the operation in the profile with the answer")
            .found({fmt::format("{} {} {} was answered otherwise than expected: {}", who, operation.method,
                                operation.path, tried.tries.told())});
    }
    Verdict unknown = Verdict::inconclusive("{} {} {}: {}", who, operation.method, operation.path, answers);
    if (outcome.end == Ending::timeout) {
        return std::move(unknown).remedy(
            "see that the service answers; where it may take longer, raise limits.probe_timeout_ms of the profile, which "
            "is how long an answer is waited for");
    }
    return unknown;
}

}  // namespace gateproof::suites
