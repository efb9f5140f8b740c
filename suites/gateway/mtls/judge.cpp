#include <algorithm>

#include "suites/gateway/mtls/suite.hpp"

namespace gateproof::suites {

Verdict judge_served(const HttpOutcome& outcome, const Operation& operation, std::string_view who, bool tls_alive) {
    if (outcome.served(operation)) {
        return Verdict::pass("{} {} {} was served: {}", who, operation.method, operation.path, outcome.summary());
    }
    const int status = outcome.response ? outcome.response->status : 0;
    const bool whole = outcome.whole();
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

}  // namespace gateproof::suites
