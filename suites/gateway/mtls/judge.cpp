#include "suites/gateway/mtls/suite.hpp"

namespace gateproof::suites {

Verdict judge_served(const TriedRequest& tried, const Operation& operation, std::string_view who, bool tls_alive) {
    const HttpOutcome& outcome = tried.outcome;
    const std::string answers = tried.tries.summary();
    if (outcome.served(operation)) {
        return Verdict::pass("{} {} {} was served: {}", who, operation.method, operation.path, answers);
    }
    if (tried.tries.is_refusal() && (!tried.tries.rests_on_resets() || tls_alive)) {
        return Verdict::fail("{} {} {} was refused: {}", who, operation.method, operation.path, answers)
            .remedy("check that the certificate is the enrolled one of this environment, and its enrolment");
    }
    if (outcome.whole() && tried.tries.success_count() > 0) {
        return Verdict::fail("{} {} {} was answered with {} but not as the profile expects", who, operation.method,
                             operation.path, answers)
            .remedy("compare expect_status and expect_body_contains of the operation with the answer");
    }
    return Verdict::inconclusive("{} {} {}: {}", who, operation.method, operation.path, answers);
}

}  // namespace gateproof::suites
