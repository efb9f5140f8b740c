// What a server may have answered, made without one.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof::suites {

inline HttpOutcome answered(int status, std::string body = "") {
    HttpOutcome outcome;
    outcome.response = HttpResponse{status, {}, std::move(body), false};
    outcome.handshake_done = true;
    return outcome;
}

inline HttpOutcome failed(Ending end, std::optional<Alert> alert = std::nullopt) {
    HttpOutcome outcome;
    outcome.end = end;
    outcome.alert = alert;
    return outcome;
}

/// Served is 200 with "OK" in the body.
inline Operation status_operation() {
    Operation operation;
    operation.path = "/status";
    operation.expect_body_contains = "OK";
    return operation;
}

}  // namespace gateproof::suites
