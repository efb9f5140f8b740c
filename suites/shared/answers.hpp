// Whether an answer is service or a refusal, by the error model of its operation.
#pragma once

#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/profile/permission_case.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof::suites {

struct AnswerReading {
    enum class Kind {
        served,
        refused,  ///< no service, and the peer's own doing; how exactly is judged by permission.error-shape alone
        unclear,  ///< no answer, overload, a broken server
    };
    Kind kind = Kind::unclear;
    int status = 0;       ///< of HTTP; 0: no whole answer
    std::string code;     ///< the error code that the model leads to; empty: none, or one that means success
    std::string summary;  ///< "HTTP 403 EV1022"

    [[nodiscard]] bool served() const { return kind == Kind::served; }
    [[nodiscard]] bool refused() const { return kind == Kind::refused; }
};

/// A 2xx answer without an error code is service, whatever its body: the request must not have got so far.
AnswerReading read_answer(const HttpOutcome& outcome, const Operation& operation, const ErrorModel& model);

/// The error is one that the model gives for this reason: HTTP status and code.
bool matches(const AnswerReading& reading, const ErrorModel::Reason& reason);
/// "HTTP 403 with EV1022"
std::string describe(const ErrorModel::Reason& reason);

}  // namespace gateproof::suites
