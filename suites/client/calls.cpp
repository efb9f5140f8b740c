#include "suites/client/calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "harness/text/ascii.hpp"

namespace gateproof::suites {

using stage::RequestSeen;

namespace {

std::string_view times(std::size_t count) {
    return count == 1 ? "time" : "times";
}

}  // namespace

std::size_t repetitions(const Attempt& attempt) {
    std::map<std::string, std::size_t> counts;
    std::size_t most = 0;
    for (const RequestSeen* const request : requests_in_order(attempt)) {
        most = std::max(most, ++counts[call_of(*request)]);
    }
    return most;
}

Verdict judge_refusal_told(const Attempt& attempt, const Refusable& shown, std::size_t most) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    const std::size_t made = repetitions(attempt);
    if (made > most) {
        return Verdict::fail("told {}, it made the same call {} times", shown.what, made)
            .remedy(std::string(shown.remedy));
    }
    switch (attempt.claim.kind) {
        case Claim::Kind::success:
            return Verdict::fail("told {}, it reports success", shown.what).remedy(std::string(shown.remedy));
        case Claim::Kind::ended_by_us:
            return Verdict::inconclusive("told {}, it made the call {} {} and did not come to an end: {}", shown.what,
                                         made, times(made), attempt.summary());
        case Claim::Kind::failure:
            return Verdict::pass("told {}, it made the call {} {} and reports a failure", shown.what, made,
                                 times(made));
        default:
            return Verdict::pass("told {}, it made the call {} {}; what it makes of it, it does not say", shown.what,
                                 made, times(made));
    }
}

bool reads_descriptions(const Attempt& attempt) {
    const std::vector<const RequestSeen*> all = requests_in_order(attempt);
    return !all.empty() && std::ranges::all_of(all, [](const RequestSeen* request) {
        return request->method == "GET" && lower_case(request->target).find("/gws/") != std::string::npos;
    });
}

bool calls_none_of(const Attempt& attempt, stage::Callers callers) {
    const std::vector<const RequestSeen*> all = requests_in_order(attempt);
    return !all.empty() && std::ranges::none_of(all, [&](const RequestSeen* request) {
        return request->raw && stage::belongs(*request->raw, callers);
    });
}

}  // namespace gateproof::suites
