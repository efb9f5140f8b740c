// The same outcome as often as a check would ask for it.
#pragma once

#include <utility>

#include "suites/shared/tries.hpp"

namespace gateproof::suites {

inline TriedRequest tried(HttpOutcome outcome, std::size_t times = Tries::most) {
    TriedRequest request;
    for (std::size_t i = 0; i < times && !request.tries.decided(); ++i) {
        request.tries.add(try_end_of(outcome), outcome.summary());
    }
    request.outcome = std::move(outcome);
    return request;
}

}  // namespace gateproof::suites
