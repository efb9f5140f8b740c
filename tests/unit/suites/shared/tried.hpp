// The same outcome as often as a check would ask for it.
#pragma once

#include <utility>

#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

inline TriedRequest tried(HttpOutcome outcome, std::size_t times = Tries::most, const Operation& operation = {}) {
    TriedRequest request;
    for (std::size_t i = 0; i < times && !request.tries.decided(); ++i) {
        request.add(outcome, operation);
    }
    return request;
}

}  // namespace gateproof::suites
