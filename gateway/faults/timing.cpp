#include "gateway/faults/table.hpp"

namespace gateproof::gateway {

namespace {

std::vector<Fault> operation_faults() {
    return {
        {"no-operation-timeout",
         "No operation is ever cut, however long it takes",
         {"TIMEOUT"},
         {"timeout.slow-operation-cut"}},
        {"operation-timeout-too-short",
         "Operations are cut long before the published timeout",
         {"TIMEOUT"},
         {"timeout.slow-operation-cut", "timeout.below-limit-served"}},
        {"operation-timeout-too-long",
         "Operations are cut long after the published timeout",
         {"TIMEOUT"},
         {"timeout.slow-operation-cut"}},
        {"timeout-hangs-after-head",
         "The head of the 504 is sent on time, its body never",
         {"TIMEOUT"},
         {"timeout.slow-operation-cut"}},
        {"timeout-closes-without-answer",
         "An operation that takes too long ends with a closed connection and no answer",
         {"TIMEOUT"},
         {"timeout.slow-operation-cut"}},
        {"timeout-breaks-off-success",
         "A 200 is begun when the time is up, and broken off in its body",
         {"TIMEOUT"},
         {"timeout.slow-operation-cut", "timeout.no-partial-body-as-success"}},
        {"timeout-answers-partial-success",
         "Half of the result is answered as a complete 200 when the time is up",
         {"TIMEOUT"},
         {"timeout.slow-operation-cut", "timeout.no-partial-body-as-success"}},
        {"connection-dead-after-timeout",
         "After a 504 that keeps the connection alive nothing on it is answered",
         {"TIMEOUT"},
         {"timeout.connection-usable-after"}},
        {"late-answer-after-timeout",
         "After a 504 the next request on the connection is given the late result of the one that was cut",
         {"TIMEOUT"},
         {"timeout.connection-usable-after"}},
    };
}

std::vector<Fault> phase_faults() {
    return {
        {"silent-connection-never-cut",
         "A connection on which nothing is ever said is kept for ever",
         {"TIMEOUT"},
         {"timeout.silent-connection-cut"}},
        {"handshake-never-cut",
         "A TLS handshake that is not finished is waited for for ever",
         {"TIMEOUT"},
         {"timeout.idle-handshake-cut"}},
        {"headers-never-cut", "Headers are waited for for ever", {"TIMEOUT"}, {"timeout.slow-headers-cut"}},
        {"headers-timeout-restarts",
         "Every byte of a header gives the client the whole time anew",
         {"TIMEOUT"},
         {"timeout.slow-headers-cut"}},
        {"body-never-cut",
         "A body is waited for for ever",
         {"TIMEOUT"},
         {"timeout.slow-body-cut", "timeout.trickled-body-cut"}},
        {"body-timeout-restarts",
         "Every byte of a body gives the client the whole time anew",
         {"TIMEOUT"},
         {"timeout.trickled-body-cut"}},
        {"keep-alive-never-closed",
         "An idle connection between two requests is kept for ever",
         {"TIMEOUT"},
         {"timeout.idle-keep-alive"}},
        {"keep-alive-closed-at-once",
         "A connection that was to be kept alive is closed behind each answer",
         {"TIMEOUT"},
         {"timeout.idle-keep-alive"},
         Listener::desktop},
    };
}

std::vector<Fault> firewall_faults() {
    return {
        {"no-allow-list",
         "The mock environment serves every source address",
         {"FW-NONPROD"},
         {"firewall.other-source-blocked"},
         Listener::mock},
        {"allow-list-forgets-a-source",
         "One of the allow-listed addresses is blocked",
         {"FW-NONPROD"},
         {"firewall.allowed-source-served"},
         Listener::mock},
        {"production-restricted-by-address",
         "The production endpoint serves some source addresses alone",
         {"FW-PROD"},
         {"firewall.production-any-source"},
         Listener::cloud},
    };
}

}  // namespace

std::vector<Fault> timing_faults() {
    std::vector<Fault> faults = operation_faults();
    for (const auto& part : {phase_faults(), firewall_faults()}) {
        faults.insert(faults.end(), part.begin(), part.end());
    }
    return faults;
}

}  // namespace gateproof::gateway
