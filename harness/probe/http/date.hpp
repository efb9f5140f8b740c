// Times in header fields (RFC 9110 5.6.7).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "harness/probe/http/http.hpp"

namespace gateproof {

/// "Sun, 06 Nov 1994 08:49:37 GMT", and the older forms; empty: it is no date.
std::optional<std::chrono::system_clock::time_point> http_date(std::string_view text);

/// When the answer's Date header was true, as seen now: one that a cache has kept (RFC 9111 5.1) is as old as its Age
/// says. Empty: there is no Date header, or it is none.
std::optional<std::chrono::system_clock::time_point> date_of(const HttpResponse& response);

}  // namespace gateproof
