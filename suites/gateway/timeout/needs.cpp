#include "suites/gateway/timeout/needs.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "harness/profile/profile.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

/// `key`: of the phase in timeouts.phases.
Need cut_in(std::string_view name, PhaseLimit Timing::*phase, std::string_view key) {
    return {name, [phase, key](const Profile& profile) {
                return (profile.timing.*phase).cut
                           ? std::string()
                           : fmt::format("the profile expects no cut there: timeouts.phases.{}.cut is false", key);
            }};
}

}  // namespace

Need slow_operation() {
    return need("slow operation",
                "needs an operation that takes longer than the gateway's timeout; give timeouts.slow in the profile",
                [](const Profile& profile) { return profile.timing.slow.has_value(); });
}

Need operation_below_timeout() {
    return need("operation below the timeout",
                "needs an operation that takes long, but less than the gateway's timeout; give timeouts.below_limit in "
                "the profile",
                [](const Profile& profile) { return profile.timing.below_limit.has_value(); });
}

Need slow_write() {
    return need("slow write",
                "needs a write that takes longer than the gateway's timeout, and an operation that says what became of "
                "it; give timeouts.slow_write, and \"status\" in its operation",
                [](const Profile& profile) { return profile.timing.slow_write.has_value(); });
}

Need cut_in_handshake() {
    return cut_in("cut of unfinished handshakes", &Timing::handshake, "handshake");
}

Need cut_in_headers() {
    return cut_in("cut of unfinished headers", &Timing::headers, "headers");
}

Need cut_in_body() {
    return cut_in("cut of unfinished bodies", &Timing::body, "body");
}

Need cut_of_keep_alive() {
    return cut_in("cut of idle connections", &Timing::keep_alive, "keep_alive");
}

}  // namespace gateproof::suites
