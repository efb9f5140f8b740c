// The declared limit of heavy use, and the caps of our own load.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

/// By what a gateway says that it tells heavy users apart. The published requirement: by the client certificate.
enum class ThrottleKey { certificate, address, token };
std::string_view to_string(ThrottleKey key);

/// What we send at most, in one check, whatever it takes to reach the limit.
struct LoadLimits {
    double requests_per_second = 50;  ///< over all identities
    std::int64_t requests = 2000;
    std::chrono::milliseconds duration{60000};
    int errors = 20;       ///< answers that never come and server errors, until we stop
    int connections = 16;  ///< open at once, for each identity
};

/// A declared limit: of requests in a time, or of calls that are open at once (`concurrency`).
struct ThrottleLimits {
    std::string operation;  ///< name of the operation to load; always a key of `operations`
    /// How many calls one DSP may have open at once. 0: the limit is one of requests in a time.
    std::int64_t concurrency = 0;
    // A DSP may send `burst` at once and then `requests` in each `window`.
    std::int64_t requests = 0;
    std::chrono::milliseconds window{1000};
    std::int64_t burst = 0;  ///< default: `requests`
    /// How far above the declared limit the real one may lie before that is a finding: 0.5 is half as much again.
    double tolerance = 0.5;
    std::vector<int> refusal_status{429};
    bool refusal_retry_after = true;  ///< the refusal has a Retry-After header
    std::string refusal_body;         ///< that its body contains; empty: any body
    std::string soap_fault;           ///< the name that a SOAP fault in its body has; empty: it need be none
    /// An IRD number that the load may use up: where the gateway counts queries of a number over a day, nothing but
    /// this one is asked for. Empty: none is set aside.
    std::string ird_set_aside;
    std::chrono::milliseconds recovery{1000};  ///< after this much quiet, requests below the limit are served again
    ThrottleKey keyed_by = ThrottleKey::certificate;
    std::vector<std::string> paths;           ///< further paths, GET, that count against the same limit
    std::vector<std::string> tokens;          ///< further values of Authorization that the operation accepts; secrets
    std::chrono::milliseconds slowdown{100};  ///< by which others may be delayed while one DSP is heavy
    LoadLimits load;

    /// How many calls at once the real limit may allow at most: the declared ones and the tolerance.
    [[nodiscard]] std::int64_t most_at_once() const {
        return concurrency + static_cast<std::int64_t>(static_cast<double>(concurrency) * tolerance);
    }
    /// Requests per second that the limit lets pass for ever.
    [[nodiscard]] double rate() const {
        return static_cast<double>(requests) * 1000.0 / static_cast<double>(window.count());
    }
};

}  // namespace gateproof
