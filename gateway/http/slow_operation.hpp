// The operation that takes as long as it is told to: /gateway/slow?ms=N.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "gateway/http/routes.hpp"
#include "gateway/http/timeouts.hpp"

namespace gateproof::gateway {

/// What it answers when nobody cuts it; 400 where the query names no time from 0 to 600000 ms.
Response slow_operation(const Request& request, std::string_view query);

/// How a request to it is really answered.
struct SlowPlan {
    enum class End {
        keep,   ///< as the answer says
        close,  ///< whatever the answer says
        hang,   ///< nothing more is said
    };
    std::chrono::milliseconds takes{0};  ///< what was asked for
    std::chrono::milliseconds wait{0};   ///< until it is done, or cut
    std::optional<Response> answer;      ///< empty: none at all
    std::size_t withheld = 0;            ///< bytes of the answer's end that are never sent
    End end = End::keep;
    std::optional<Response> late;  ///< given in place of the next answer on the connection
};

/// Empty: `response` is no answer of the slow operation, or an error that nobody waits for.
std::optional<SlowPlan> plan_slow_answer(const Request& request, const Response& response, const Timeouts& timeouts,
                                         const FaultSet& faults);

}  // namespace gateproof::gateway
