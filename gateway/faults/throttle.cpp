#include "gateway/faults/table.hpp"

namespace gateproof::gateway {

std::vector<Fault> throttle_faults() {
    const auto row = [](std::string_view name, std::string_view title, std::string_view requirement,
                        std::vector<std::string_view> caught_by) {
        return Fault{name, title, {requirement}, std::move(caught_by), Listener::cloud};
    };
    constexpr std::string_view throttle = "CLOUD-THROTTLE";
    constexpr std::string_view isolation = "CLOUD-THROTTLE-ISOLATION";
    return {
        row("throttle-off", "heavy use is never throttled", throttle, {"throttle.engages"}),
        row("throttle-too-low", "a DSP is throttled at half of its declared limit", throttle,
            {"throttle.below-limit-untouched"}),
        row("throttle-answers-503", "heavy use is refused with 503 instead of 429", throttle,
            {"throttle.response-shape"}),
        row("throttle-as-success", "heavy use is refused with an error body under status 200", throttle,
            {"throttle.response-shape"}),
        row("throttle-no-retry-after", "the refusal of heavy use does not say when to come again", throttle,
            {"throttle.response-shape"}),
        row("throttle-odd-retry-after", "Retry-After of a limit by the second says a year", throttle,
            {"throttle.response-shape"}),
        row("throttle-empty-refusal", "the refusal of heavy use has no error body", throttle,
            {"throttle.response-shape"}),
        row("throttle-never-recovers", "a DSP that was throttled once is refused for ever", throttle,
            {"throttle.below-limit-untouched", "throttle.recovers"}),
        row("throttle-by-connection", "each connection has a limit of its own", throttle, {"throttle.not-evadable"}),
        row("throttle-forgets-resumed", "requests on resumed sessions are not counted", throttle,
            {"throttle.not-evadable"}),
        row("throttle-by-path", "each path has a limit of its own", throttle, {"throttle.not-evadable"}),
        row("throttle-by-spelling", "a path in other letters or slashes is served, and counted apart", throttle,
            {"throttle.not-evadable"}),
        row("throttle-by-token", "each token of a DSP has a limit of its own", throttle,
            {"throttle.not-evadable", "throttle.keyed-by-certificate"}),
        row("throttle-by-address", "DSPs behind one address share one limit", isolation,
            {"throttle.isolates", "throttle.keyed-by-certificate"}),
        row("throttle-global", "all DSPs share one limit", isolation,
            {"throttle.isolates", "throttle.keyed-by-certificate"}),
        row("throttle-slows-others", "while one DSP is throttled the others wait half a second", isolation,
            {"throttle.isolates"}),
    };
}

}  // namespace gateproof::gateway
